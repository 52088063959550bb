// <sz-upload>: around a plain multipart form, shows how far the sending is and what is wrong with a file before it is
// sent. Without script the form inside is sent by the browser; what is accepted is the server's decision alone.
import { csrfToken, problemOf } from "../server";
import { text } from "../texts";
import { fileProblem } from "./file_rules";

/** The server's reason: the detail of problem+json, or what its page says as an alert; empty when it gives none. */
function refusal(request: XMLHttpRequest): string {
  if (request.responseType !== "document") return problemOf(request.status, request.responseText).detail;
  return request.responseXML?.querySelector('[role="alert"]')?.textContent?.trim() ?? "";
}

/** Attribute: `limit`, the largest size in bytes. Children: a `<form method=post enctype=multipart/form-data>`. */
export class SzUpload extends HTMLElement {
  #status: HTMLElement | null = null;
  #bar: HTMLProgressElement | null = null;
  #cancel: HTMLButtonElement | null = null;
  #request: XMLHttpRequest | null = null;

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
    cancel.addEventListener("click", () => this.#request?.abort());
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
    const name = this.#files(form)[0]?.file.name ?? "";
    const request = new XMLHttpRequest();
    this.#request = request;
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/problem+json, text/html;q=0.5");
    const token = csrfToken();
    if (token !== "") request.setRequestHeader("X-CSRF-Token", token);
    request.onreadystatechange = () => {
      // Read as a page by the browser itself: no script here may make one from text.
      const type = request.getResponseHeader("Content-Type") ?? "";
      if (request.readyState === XMLHttpRequest.HEADERS_RECEIVED && type.startsWith("text/html")) {
        request.responseType = "document";
      }
    };
    request.upload.onprogress = (event) => this.#progress(name, event);
    request.onload = () => this.#answered(form, request);
    request.onerror = () => this.#failed(form, text("upload.offline"));
    request.onabort = () => this.#failed(form, text("upload.cancelled"));
    this.#busy(true, form);
    request.send(new FormData(form));
  }

  #progress(name: string, event: ProgressEvent): void {
    if (!event.lengthComputable || this.#bar === null) return;
    const share = Math.floor((100 * event.loaded) / event.total);
    this.#bar.value = share;
    // Every tenth is said: a screen reader shall not count aloud.
    const said = share - (share % 10);
    this.#say(share === 100 ? text("upload.checking") : text("upload.sending", { name, share: said }));
  }

  #answered(form: HTMLFormElement, request: XMLHttpRequest): void {
    if (request.status >= 400) {
      this.#mark(form, request.status < 500);
      this.#failed(form, refusal(request) || text("upload.failed"));
      return;
    }
    this.#busy(false, form);
    this.#say(text("upload.done"));
    form.reset();
    const done = new CustomEvent("sz-uploaded", { bubbles: true, cancelable: true });
    // The form's answer is the page with the new list: shown as the browser itself would have.
    if (!this.dispatchEvent(done)) return;
    const shown = request.responseURL;
    if (shown !== "" && shown !== location.href.split("#")[0] && shown !== form.action)
      location.assign(shown);
    else location.reload();
  }

  #failed(form: HTMLFormElement, words: string): void {
    this.#busy(false, form);
    this.#say(words, true);
  }
}
