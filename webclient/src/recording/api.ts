// What a page asks of the server about recording this meeting, below one address for each side. When it asks is watch.ts.
import { getJson, postJson, remove } from "../server";

/** How it stands. `mine`: what this person said; nobody learns what others said. */
export interface Standing {
  permitted: boolean;
  state: "none" | "asked" | "running" | "kept" | "gone";
  reason?: "refused" | "withdrawn" | "expired" | "failed" | null;
  mine?: boolean | null;
  /** There is a recording that this person agreed to, of this or an earlier question. */
  kept: boolean;
  /** The words of the question in the page's language, and which words they are. */
  question: string;
  version: string;
}

export class RecordingApi {
  constructor(private readonly base: string) {}

  read(): Promise<Standing> {
    return getJson(this.base) as Promise<Standing>;
  }

  answer(agreed: boolean, version: string): Promise<Standing> {
    return postJson(this.base, { agreed, version }) as Promise<Standing>;
  }

  /** Every yes is taken back, and what was recorded by it deleted. */
  forget(): Promise<Standing> {
    return remove(this.base) as Promise<Standing>;
  }

  /** Everybody is asked; for the clerk alone, who agrees by asking. */
  request(): Promise<Standing> {
    return postJson(`${this.base}/request`, {}) as Promise<Standing>;
  }

  /** What was recorded so far is kept; for the clerk alone. */
  async end(): Promise<void> {
    await postJson(`${this.base}/end`, {});
  }
}
