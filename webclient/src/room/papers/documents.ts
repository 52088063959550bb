// The documents of the case as this page knows them: read from the server, read anew when something was handed over, when
// reading failed, and every few seconds while the scanner has one in hand. What is done with them is papers.ts.
import { ProblemReply } from "../../server";
import { text } from "../../texts";
import type { CaseApi, Paper } from "./case_api";

export interface DocumentsSurroundings {
  changed(): void;
  /** These are new, or in another state than in `before`. */
  moved(papers: Paper[], before: Paper[]): void;
}

const lookAgainAfter = 3000;

/** Nobody may look at it yet. */
export function isShut({ state }: Paper): boolean {
  return state === "receiving" || state === "quarantine";
}

export function problemWords(error: unknown): string {
  return error instanceof ProblemReply && error.detail !== "" ? error.detail : text("papers.failed");
}

/** Those of `now` that `before` does not have in the same state. */
export function movedBetween(before: Paper[], now: Paper[]): Paper[] {
  return now.filter((one) => before.find(({ id }) => id === one.id)?.state !== one.state);
}

export class Documents {
  list: Paper[] | null = null;
  problem = "";
  /** Somebody looks at the list. */
  #watched = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(
    private readonly api: CaseApi,
    private readonly around: DocumentsSurroundings,
  ) {}

  get(id: string): Paper | undefined {
    return this.list?.find((one) => one.id === id);
  }

  watch(on: boolean): void {
    this.#watched = on;
    if (on) void this.refresh();
  }

  /** Reads the list anew; asked for while it is being read, it is read once more after that. */
  refresh(): Promise<void> {
    if (this.#asking !== null) this.#again = true;
    this.#asking ??= this.#read().finally(() => {
      this.#asking = null;
      const again = this.#again;
      this.#again = false;
      if (again) void this.refresh();
    });
    return this.#asking;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const now = await this.api.list();
      const before = this.list ?? now;
      this.list = now;
      this.problem = "";
      const moved = movedBetween(before, now);
      if (moved.length > 0) this.around.moved(moved, before);
    } catch (error) {
      this.problem = problemWords(error);
    }
    if (!this.#closed && (this.problem !== "" || (this.#watched && this.list?.some(isShut)))) {
      this.#timer = setTimeout(() => void this.refresh(), lookAgainAfter);
    }
    this.around.changed();
  }
}
