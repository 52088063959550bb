// The forms of the papers' panel: one file at a time, chosen or photographed; nothing is sent without one. The clerk's file
// goes in one request, the citizen's by <sz-upload> in parts.
import { text } from "../../texts";
import { problemWords } from "./documents";
import type { Papers } from "./papers";

/** Sending in parts is a script of its own, fetched when somebody opens the panel. */
export async function loadUpload(): Promise<void> {
  await import("../../upload/main");
}

export class Giving {
  problem = "";
  /** A file is on its way. */
  busy = false;
  readonly #accepting = new Set<string>();

  constructor(
    private readonly papers: Papers,
    private readonly changed: () => void,
  ) {}

  /** One file: a photo takes the place of what was chosen, and the other way round. */
  readonly chose = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    this.#say("");
    for (const other of field.form?.querySelectorAll<HTMLInputElement>('input[type="file"]') ?? []) {
      if (other !== field && (field.files?.length ?? 0) > 0) other.value = "";
    }
  };

  /** Before <sz-upload>: a form without a file, or without that script, would leave the room's page. */
  readonly guard = (event: Event): void => {
    const able = customElements.get("sz-upload") !== undefined;
    const chosen = this.#fileOf(event) !== null;
    if (able && chosen) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (chosen) void this.#late(event.target as HTMLFormElement);
    else this.#missing(event);
  };

  /** The citizen's file is there: the page stays, the list is read anew. */
  readonly arrived = (event: Event): void => {
    event.preventDefault();
    void this.papers.documents.refresh();
  };

  readonly give = (event: Event): void => {
    event.preventDefault();
    const file = this.#fileOf(event);
    if (file === null) this.#missing(event);
    else void this.#send(event.target as HTMLFormElement, file);
  };

  /** While a file is on its way too; pressed twice it is said once. */
  async accept(document: string): Promise<void> {
    if (this.#accepting.has(document)) return;
    this.#accepting.add(document);
    await this.#attempt(() => this.papers.api.accept(document));
    this.#accepting.delete(document);
    await this.papers.documents.refresh();
  }

  /** The script was slower than the citizen: what was pressed happens when it is there. */
  async #late(form: HTMLFormElement): Promise<void> {
    try {
      await loadUpload();
      form.requestSubmit();
    } catch {
      this.#say(text("papers.failed"));
    }
  }

  async #send(form: HTMLFormElement, file: File): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await this.#attempt(async () => {
      await this.papers.api.give(file);
      form.reset();
    });
    this.busy = false;
    this.changed();
    await this.papers.documents.refresh();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.#say("");
    try {
      await work();
    } catch (error) {
      this.#say(problemWords(error));
    }
  }

  #fileOf(event: Event): File | null {
    const fields = (event.target as HTMLFormElement).querySelectorAll<HTMLInputElement>('input[type="file"]');
    return [...fields].flatMap((field) => [...(field.files ?? [])])[0] ?? null;
  }

  #missing(event: Event): void {
    this.#say(text("papers.missing"));
    (event.target as HTMLFormElement).querySelector<HTMLInputElement>("#sz-paper-file")?.focus();
  }

  #say(problem: string): void {
    this.problem = problem;
    this.changed();
  }
}
