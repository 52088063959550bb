// What this person types, on its way to one other: sent in blocks, at most one every 300 ms (RFC 8865, 5.2), the first
// keystroke at once. It keeps in mind what the other side has been sent, so that a block is the difference alone.
import { editsBetween, newLine } from "./t140";

export const blockEvery = 300;

/** What has been typed in this room: finished lines, and the one under the cursor. */
export interface Typed {
  lines: string[];
  line: string;
}

export class TypingTo {
  #sentLines: number;
  #sentLine = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastSent = Number.NEGATIVE_INFINITY;

  /** Whoever comes later does not get what was typed before: only the line under the cursor. */
  constructor(
    private readonly typed: Typed,
    private readonly send: (block: string) => boolean,
    private readonly now: () => number,
  ) {
    this.#sentLines = typed.lines.length;
  }

  /** Something was typed. */
  changed(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#lastSent + blockEvery - this.now();
    if (wait <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  /** A new channel in the place of a broken one: the other side has begun a new line, and so do we. */
  reopened(): void {
    this.#sentLine = "";
    this.changed();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    this.close();
    const block = this.#block();
    if (block === "" || !this.send(block)) return;
    this.#sentLines = this.typed.lines.length;
    this.#sentLine = this.typed.line;
    this.#lastSent = this.now();
  }

  #block(): string {
    let block = "";
    let sent = this.#sentLine;
    for (const line of this.typed.lines.slice(this.#sentLines)) {
      block += editsBetween(sent, line) + newLine;
      sent = "";
    }
    return block + editsBetween(sent, this.typed.line);
  }
}
