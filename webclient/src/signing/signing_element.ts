// <sz-signing>: the citizen's panel beside the room, in which a form is read and signed without leaving the call. What it
// shows is always the server's state, asked again whenever the clerk's page says that something changed.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { ControlMessage } from "../room/link_extension";
import { ProblemReply } from "../server";
import { type Form, FormApi, isOpen } from "./form_api";
import type { SzPad } from "./pad_element";
import { panel, type Steps } from "./views";
import { words } from "./words";

interface Room extends Element {
  control(message: ControlMessage): void;
}

const lookAgain = 1500;

/** Attribute `api`: the appointment in the API, below the citizen's own link. */
export class SzSigning extends LitElement {
  #api = new FormApi("");
  #form: Form | null = null;
  #open = false;
  #busy = false;
  #problem = "";
  #said = "";
  #phase = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  // An answer to an earlier question may come later, and says less.
  #turn = 0;

  readonly #steps: Steps = {
    hide: () => this.#show(false),
    code: (read) => void this.#code(read),
    sign: (event) => void this.#sign(event),
    refuse: () => void this.#attempt(async (form) => this.#api.refuse(form)),
    picture: (form, page) => this.#api.picture(form, page),
    document: (form) => this.#api.document(form),
  };

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
    this.#api = new FormApi(this.getAttribute("api") ?? "");
    document.addEventListener("sz-control", this.#heard);
    document.addEventListener("sz-opened", this.#opened);
    document.addEventListener("sz-phase", this.#phaseChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    document.removeEventListener("sz-control", this.#heard);
    document.removeEventListener("sz-opened", this.#opened);
    document.removeEventListener("sz-phase", this.#phaseChanged);
  }

  override render(): TemplateResult {
    const form = this.#form;
    const shown = this.#open && form !== null;
    return html`<p class="kern-sr-only" role="status" data-testid="sign-said">${this.#said}</p>
      ${
        shown
          ? panel(form, { busy: this.#busy, problem: this.#problem }, this.#steps)
          : form !== null && isOpen(form)
            ? html`<div class="sz-sign__closed"><button type="button" class="kern-btn kern-btn--primary" data-testid="sign-show"
                @click=${() => this.#show(true)}><span class="kern-label">${words("show")}</span></button></div>`
            : nothing
      }`;
  }

  readonly #heard = (event: Event): void => {
    const { message } = (event as CustomEvent<{ message: ControlMessage }>).detail;
    if (message.kind !== "form" && message.kind !== "form-state") return;
    if (typeof message.id !== "string" || !/^[0-9a-f]{32}$/.test(message.id)) return;
    if (message.kind === "form" || message.id === this.#form?.id) void this.#look(message.id);
  };

  /** A word that was on its way when the connection was replaced is lost. */
  readonly #opened = (): void => void this.#findOpen();

  /** In the call, what lies ready is asked for. */
  readonly #phaseChanged = (event: Event): void => {
    const { phase } = (event as CustomEvent<{ phase: string }>).detail;
    if (phase === "call" && this.#phase !== "call") void this.#findOpen();
    this.#phase = phase;
  };

  async #findOpen(): Promise<void> {
    try {
      const open = (await this.#api.all()).filter(isOpen).at(-1);
      const id = open?.id ?? this.#form?.id;
      if (id !== undefined) await this.#look(id);
    } catch {
      // The page of the appointment shows them too.
    }
  }

  async #look(id: string): Promise<void> {
    clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    let before: Form | null;
    try {
      const found = await this.#api.one(id);
      if (turn !== this.#turn) return;
      before = this.#form;
      this.#take(found);
    } catch (error) {
      if (turn !== this.#turn) return;
      // A form that is none of this citizen's is not asked for again.
      const gone = error instanceof ProblemReply && error.status < 500;
      if (!gone) this.#timer = setTimeout(() => void this.#look(id), lookAgain);
      return;
    }
    const form = this.#form;
    if (form === null) return;
    if (before?.id !== id && isOpen(form)) {
      this.#said = words("came", { title: form.title });
      this.#show(true);
    } else if (before?.version !== form.version && isOpen(form)) this.#said = words("changed");
    if (before?.id !== id || before.status !== form.status || before.version !== form.version) this.#tell();
  }

  #take(form: Form): void {
    this.#form = form;
    // Sealing is the house's work: nobody says when it is done.
    if (form.status === "signed") this.#timer = setTimeout(() => void this.#look(form.id), lookAgain);
    if (form.status === "signed" || form.status === "sealed") this.#said = words(`state.${form.status}`);
    this.requestUpdate();
  }

  /** The clerk's page asks the server anew. */
  #tell(): void {
    if (this.#form === null) return;
    document.querySelector<Room>("sz-room")?.control({ kind: "form-state", id: this.#form.id });
  }

  #show(open: boolean): void {
    this.#open = open;
    this.requestUpdate();
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(open ? "#sz-sign-title" : "[data-testid=sign-show]")?.focus(),
    );
  }

  async #code(read: boolean): Promise<void> {
    if (!read) return this.#wrong(words("read.first"));
    await this.#attempt((form) => this.#api.code(form));
    this.querySelector<HTMLElement>("#sz-sign-state")?.focus();
  }

  async #sign(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const said = (name: string): string => String(data.get(name) ?? "").trim();
    const lines = this.querySelector<SzPad>("sz-pad")?.lines ?? [];
    const how = lines.length > 0 ? { lines } : { name: said("name") };
    const code = said("code").replace(/\s/g, "");
    await this.#attempt((form) => this.#api.sign(form, { code, ...how }));
  }

  async #attempt(work: (form: Form) => Promise<unknown>): Promise<void> {
    const form = this.#form;
    if (form === null || this.#busy) return;
    this.#busy = true;
    this.#problem = "";
    this.requestUpdate();
    try {
      await work(form);
    } catch (error) {
      this.#wrong(error instanceof ProblemReply && error.detail !== "" ? error.detail : words("failed"));
    }
    this.#busy = false;
    await this.#look(form.id);
    await this.updateComplete;
  }

  #wrong(problem: string): void {
    this.#problem = problem;
    this.requestUpdate();
  }
}
