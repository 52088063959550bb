// Captions under the picture: the newest lines of real-time text that others have typed, for a while. Whether and how
// large they are shown is this person's choice.
import type { PeerInfo } from "../../messages";
import type { LiveText } from "./live_text";

export const captionSizes = ["normal", "large", "huge"] as const;
export type CaptionSize = (typeof captionSizes)[number];

export interface Caption {
  peer: PeerInfo;
  text: string;
}

const shownFor = 30_000;
const shownLines = 3;

export class Captions {
  on = true;
  size: CaptionSize = "normal";
  /** Lines finished before this one are not shown any more. */
  #from = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly text: LiveText,
    private readonly changed: () => void,
  ) {}

  get lines(): Caption[] {
    if (!this.on) return [];
    const finished = this.text.finished
      .slice(this.#from)
      .filter((line): line is Caption => line.peer !== null);
    return [...finished, ...this.text.current].slice(-shownLines);
  }

  /** Something came in. */
  refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#from = this.text.finished.length;
      this.changed();
    }, shownFor);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
