// The identity check in the call: the clerk leads through the steps, the citizen's page shows what to hold where. It is
// looked at as it passes; nothing here takes a picture, and only level and method are noted.
import type { PeerInfo } from "../../messages";
import type { Level, Method } from "./case_api";
import { problemWords } from "./documents";
import { type Step, steps, type Word } from "./words";

export interface IdentitySurroundings {
  changed(): void;
  /** Says `message` to those who have a right to the case. */
  tell(message: object): void;
  note(level: Level, method: Method): Promise<void>;
  /** The citizen's page is led to this step. */
  led(step: Step): void;
  over(how: "noted" | "stopped" | "declined"): void;
  /** While a card is held into the camera, nobody but clerks gets the picture. */
  keepFromOthers(on: boolean): void;
}

export type Missing = "steps" | "level" | null;

/** Why this can't be noted yet: a document was seen only when all of it was. */
export function missingFor(marks: ReadonlySet<Step>, level: Level, method: Method): Missing {
  if ((level === "none") !== (method === "refused")) return "level";
  const document = method === "card" || method === "passport" || method === "permit";
  return document && marks.size < steps.length ? "steps" : null;
}

export class Identity {
  /** The step that the citizen is being led through; on the citizen's page the one to be shown. */
  step: Step | null = null;
  /** What the clerk has seen and found right. */
  marks = new Set<Step>();
  missing: Missing = null;
  problem = "";
  busy = false;
  outcome: "noted" | "declined" | null = null;
  #leader: PeerInfo | null = null;

  constructor(private readonly around: IdentitySurroundings) {}

  /** For the clerk: the citizen is shown this step. */
  lead(step: Step): void {
    if (this.step === null) this.outcome = null;
    this.step = step;
    this.around.tell({ kind: "identity", step });
    this.around.changed();
  }

  /** Found right, or not; after the step at hand comes the next one. */
  mark(step: Step, right: boolean): void {
    if (right) this.marks.add(step);
    else this.marks.delete(step);
    this.missing = null;
    const next = steps[steps.indexOf(step) + 1];
    if (right && step === this.step && next !== undefined) this.lead(next);
    this.around.changed();
  }

  stop(): void {
    this.#end(false);
    this.around.over("stopped");
  }

  async note(level: Level, method: Method): Promise<void> {
    this.missing = missingFor(this.marks, level, method);
    this.problem = "";
    if (this.missing === null && !this.busy) {
      this.busy = true;
      this.around.changed();
      try {
        await this.around.note(level, method);
        this.#end(true);
        this.outcome = "noted";
        this.around.over("noted");
      } catch (error) {
        this.problem = problemWords(error);
      }
      this.busy = false;
    }
    this.around.changed();
  }

  /** For the citizen: not this way. */
  decline(): void {
    this.#leave();
    this.around.tell({ kind: "identity-no" });
  }

  hear(from: PeerInfo, word: Word, side: "clerk" | "citizen" | "other"): void {
    if (word.kind === "identity" && side === "clerk") this.#led(from, word.step);
    if (word.kind === "identity-end" && from.id === this.#leader?.id) {
      this.#leave();
      this.around.over(word.noted ? "noted" : "stopped");
    }
    if (word.kind === "identity-no" && side === "citizen" && this.step !== null) this.#declined();
  }

  again(tell: (message: object) => void): void {
    if (this.step !== null && this.#leader === null) tell({ kind: "identity", step: this.step });
  }

  gone(from: PeerInfo): void {
    if (from.id === this.#leader?.id) this.#leave();
  }

  close(): void {
    this.#leave();
  }

  #led(from: PeerInfo, step: Step): void {
    const news = step !== this.step;
    this.#leader = from;
    this.step = step;
    this.around.keepFromOthers(true);
    if (news) this.around.led(step);
    this.around.changed();
  }

  /** The next step may have been on its way to the citizen, who would be led on by it. */
  #declined(): void {
    this.step = null;
    this.outcome = "declined";
    this.around.tell({ kind: "identity-end", noted: false });
    this.around.over("declined");
    this.around.changed();
  }

  #leave(): void {
    if (this.#leader !== null) this.around.keepFromOthers(false);
    this.#leader = null;
    this.step = null;
    this.around.changed();
  }

  #end(noted: boolean): void {
    this.step = null;
    this.marks = new Set();
    this.missing = null;
    this.around.tell({ kind: "identity-end", noted });
    this.around.changed();
  }
}
