// <sz-upload>: around a plain multipart form, sends the file in parts that survive a broken line, shows how far it is and
// what is wrong with a file before it is sent. Without script the form inside is sent by the browser; what is accepted is
// the server's decision alone.
import type { ProblemReply } from "../server";
import { text } from "../texts";
import { fileProblem } from "./file_rules";
import { ResumableSending } from "./resumable";

/** Attributes: `limit`, the largest size in bytes; `endpoint`, where uploads in parts are begun; `back`, the page to show
 * afterwards (without: this one). Children: a `<form method=post enctype=multipart/form-data>`. */
export class SzUpload extends HTMLElement {
  #status: HTMLElement | null = null;
  #bar: HTMLProgressElement | null = null;
  #cancel: HTMLButtonElement | null = null;
  #sending: ResumableSending | null = null;

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (form === null || this.#status !== null) return;
    this.#build(form);
    form.addEventListener("change", () => this.#hint(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#hint(form)) this.#send(form);
    });
  }

  #build(form: HTMLFormElement): void {
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.hidden = true;
    bar.className = "sz-upload__bar";
    const status = document.createElement("p");
    status.className = "kern-body sz-upload__status";
    status.setAttribute("role", "status");
    status.dataset.testid = "upload-status";
    status.id = `sz-upload-${crypto.randomUUID()}`;
    bar.setAttribute("aria-labelledby", status.id);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.hidden = true;
    cancel.className = "kern-btn kern-btn--tertiary";
    const label = document.createElement("span");
    label.className = "kern-label";
    label.textContent = text("upload.cancel");
    cancel.append(label);
    cancel.addEventListener("click", () => void this.#stop(form));
    form.after(bar, status, cancel);
    [this.#bar, this.#status, this.#cancel] = [bar, status, cancel];
  }

  #files(form: HTMLFormElement): { file: File; accept: string }[] {
    const fields = form.querySelectorAll<HTMLInputElement>('input[type="file"]');
    return [...fields].flatMap((field) =>
      [...(field.files ?? [])].map((file) => ({ file, accept: field.accept })),
    );
  }

  #hint(form: HTMLFormElement): boolean {
    const limit = Number(this.getAttribute("limit") ?? 0);
    const problems = this.#files(form).map(({ file, accept }) => fileProblem(file, accept, limit));
    const first = problems.find((problem) => problem !== null);
    this.#say(first ?? "", first !== undefined);
    this.#mark(form, first !== undefined);
    return first === undefined;
  }

  #say(words: string, wrong = false): void {
    if (this.#status === null) return;
    this.#status.textContent = words;
    this.#status.classList.toggle("sz-upload__status--wrong", wrong);
  }

  /** Ties the words about a refused file to its field, for who comes back to it without seeing them (WCAG 3.3.1). */
  #mark(form: HTMLFormElement, wrong: boolean): void {
    const field = form.querySelector('input[type="file"]');
    if (field === null || this.#status === null) return;
    const told = (field.getAttribute("aria-describedby") ?? "").split(" ");
    const others = told.filter((id) => id !== "" && id !== this.#status?.id);
    field.setAttribute("aria-describedby", (wrong ? [this.#status.id, ...others] : others).join(" "));
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  #busy(busy: boolean, form: HTMLFormElement): void {
    if (this.#bar !== null) this.#bar.hidden = !busy;
    if (this.#cancel !== null) this.#cancel.hidden = !busy;
    for (const button of form.querySelectorAll<HTMLButtonElement>("button[type=submit]"))
      button.disabled = busy;
  }

  #send(form: HTMLFormElement): void {
    const file = this.#files(form)[0]?.file;
    const endpoint = this.getAttribute("endpoint");
    if (file === undefined || endpoint === null) {
      form.submit();
      return;
    }
    const item = form.querySelector<HTMLSelectElement>('[name="item"]')?.value ?? "";
    this.#busy(true, form);
    this.#sending = new ResumableSending(file, endpoint, item, {
      progress: (sent, total) => this.#progress(file.name, sent, total),
      waiting: () => this.#say(text("upload.waiting")),
      done: () => this.#arrived(form),
      failed: (problem) => this.#refused(form, problem),
    });
    void this.#sending.start();
  }

  #progress(name: string, sent: number, total: number): void {
    if (this.#bar === null || total === 0) return;
    const share = Math.floor((100 * sent) / total);
    this.#bar.value = share;
    // Every tenth is said: a screen reader shall not count aloud.
    const said = share - (share % 10);
    this.#say(share === 100 ? text("upload.checking") : text("upload.sending", { name, share: said }));
  }

  #arrived(form: HTMLFormElement): void {
    this.#busy(false, form);
    this.#say(text("upload.done"));
    form.reset();
    const done = new CustomEvent("sz-uploaded", { bubbles: true, cancelable: true });
    if (!this.dispatchEvent(done)) return;
    // The page with the new list, as after the form itself.
    const page = this.getAttribute("back");
    if (page === null) location.reload();
    else location.assign(page);
  }

  #refused(form: HTMLFormElement, problem: ProblemReply | null): void {
    const status = problem?.status ?? 0;
    this.#mark(form, status >= 400 && status < 500);
    this.#failed(form, problem?.detail || text(problem === null ? "upload.offline" : "upload.failed"));
  }

  async #stop(form: HTMLFormElement): Promise<void> {
    await this.#sending?.cancel();
    this.#failed(form, text("upload.cancelled"));
  }

  #failed(form: HTMLFormElement, words: string): void {
    this.#busy(false, form);
    this.#say(words, true);
  }
}
