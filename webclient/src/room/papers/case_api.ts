// What the room asks of the server about the documents of its case: the same paths for citizen and clerk below another
// beginning. The citizen's own uploads go another way: ../../upload/resumable.ts.
import { csrfToken, getJson, postJson, problemOf } from "../../server";

export interface Paper {
  id: string;
  item: string;
  name: string;
  state: "receiving" | "quarantine" | "checking" | "accepted" | "resend" | "refused";
  direction?: "in" | "out";
  pages?: number | null;
  reason?: string | null;
  text?: string | null;
}

export type Level = "none" | "low" | "substantial" | "high";
export type Method = "card" | "passport" | "permit" | "known" | "refused";

/** What the page says of its case, in `<script type="application/json" id="sz-case">`. */
export interface CaseOfPage {
  /** The appointment's address in the API: the citizen's or the office's. */
  base: string;
  /** Where the clerk decides on a document, without its id; null for the citizen. */
  desk: string | null;
  /** Points of the checklist: key and name. */
  items: [string, string][];
  limit_mb: number;
}

export function caseOfPage(): CaseOfPage | null {
  const said = document.getElementById("sz-case")?.textContent;
  return said ? (JSON.parse(said) as CaseOfPage) : null;
}

export class CaseApi {
  constructor(readonly page: CaseOfPage) {}

  get documents(): string {
    return `${this.page.base}/documents`;
  }

  list(): Promise<Paper[]> {
    return getJson(this.documents) as Promise<Paper[]>;
  }

  original(id: string): string {
    return `${this.documents}/${id}`;
  }

  picture(id: string, page: number): string {
    return `${this.documents}/${id}/pages/${page}`;
  }

  /** A document of the city's for the citizen; for the clerk alone. */
  async give(file: File): Promise<Paper> {
    const form = new FormData();
    form.append("file", file);
    const headers = { Accept: "application/json", "X-CSRF-Token": csrfToken() };
    const answer = await fetch(this.documents, { method: "POST", headers, body: form });
    if (!answer.ok) throw problemOf(answer.status, await answer.text());
    return (await answer.json()) as Paper;
  }

  async accept(id: string): Promise<void> {
    await postJson(`${this.documents}/${id}/decision`, { decision: "accepted" });
  }

  async noteIdentity(level: Level, method: Method): Promise<void> {
    await postJson(`${this.page.base}/identity`, { level, method });
  }
}
