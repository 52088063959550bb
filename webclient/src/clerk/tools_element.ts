// <sz-clerk-tools>: what the clerk can do beside the talking: invite, hand over, book on site, end at once. It talks to
// <sz-room> by its events and methods alone; each tool is a file of its own.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { ControlMessage } from "../room/link_extension";
import { LayingBefore } from "../signing/desk_tool";
import { BookingOnsite } from "./book_onsite";
import { EndingAtOnce } from "./end_at_once";
import { HandingOver } from "./hand_over";
import { Inviting } from "./invite";
import { OfficeApi } from "./office_api";
import { button, type Surroundings, type Tool } from "./tool";
import { words } from "./words";

interface Room extends Element {
  end(): void;
  control(message: ControlMessage): void;
}

interface Tools {
  invite: Inviting;
  transfer: HandingOver;
  onsite: BookingOnsite;
  sign: LayingBefore;
  end: EndingAtOnce;
}

/** Attributes: `api` (the meeting in the office's API), `handing` (the colleague to whom it is being handed over),
 * `only` (the names of the tools to offer; all without it). */
export class SzClerkTools extends LitElement {
  #api: OfficeApi | null = null;
  #tools: Tools | null = null;
  #open: Tool | null = null;
  #said = "";
  #over = false;
  #ended = "";

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
    document.addEventListener("sz-phase", this.#phase);
    document.addEventListener("sz-control", this.#heard);
    document.addEventListener("sz-opened", this.#opened);
    this.#api = new OfficeApi(this.getAttribute("api") ?? "");
    const around = this.#surroundings(this.#api);
    this.#tools = {
      invite: new Inviting(around),
      transfer: new HandingOver(around),
      onsite: new BookingOnsite(around),
      sign: new LayingBefore(around, this.getAttribute("api") ?? ""),
      end: new EndingAtOnce(around),
    };
    this.#tools.transfer.to = this.getAttribute("handing") ?? "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("sz-phase", this.#phase);
    document.removeEventListener("sz-control", this.#heard);
    document.removeEventListener("sz-opened", this.#opened);
    this.#tools?.sign.close();
  }

  #surroundings(api: OfficeApi): Surroundings {
    return {
      api,
      changed: () => this.requestUpdate(),
      tell: (message) => {
        this.#said = message;
        this.requestUpdate();
      },
      control: (message) => this.#room()?.control(message),
      endRoom: () => this.#room()?.end(),
      close: () => this.querySelector("dialog")?.close(),
    };
  }

  #room(): Room | null {
    return document.querySelector<Room>("sz-room");
  }

  readonly #phase = (event: Event): void => {
    const { phase, ended } = (event as CustomEvent<{ phase: string; ended: string | null }>).detail;
    this.#over = phase === "over" || phase === "refused";
    this.#ended = ended ?? "";
    if (this.#tools !== null && phase === "over" && ended === "host") this.#tools.end.over = true;
    this.requestUpdate();
  };

  readonly #heard = (event: Event): void => {
    this.#tools?.sign.heard((event as CustomEvent<{ message: ControlMessage }>).detail.message);
  };

  readonly #opened = (): void => this.#tools?.sign.missed();

  override render(): TemplateResult | typeof nothing {
    if (this.#tools === null) return nothing;
    return html`<section class="sz-clerk" aria-label=${words("tools")} data-testid="clerk-tools">
      ${this.#ended === "handed-over" ? nothing : this.#bar(this.#tools)}
      ${this.#handing()}
      ${this.#open === null ? this.#saying(this.#ended === "handed-over" ? words("transfer.done") : this.#said) : nothing}
      ${this.#dialog()}
    </section>`;
  }

  /** What lies behind an open dialog is not read out: so it is said inside. */
  #saying(said: string): TemplateResult {
    return html`<p class="kern-body sz-clerk__said" role="status" data-testid="clerk-said">${said}</p>`;
  }

  #bar({ invite, transfer, onsite, sign, end }: Tools): TemplateResult {
    const on = !this.#over;
    const shown = [
      on ? this.#opener("invite", words("invite"), invite) : nothing,
      on && transfer.to === "" ? this.#opener("transfer", words("transfer"), transfer) : nothing,
      this.#opener("onsite", words("onsite"), onsite),
      on ? this.#opener("sign", words("sign"), sign) : nothing,
      this.#opener("end", end.over ? words("report") : words("end"), end, "secondary sz-clerk__end"),
    ];
    return html`<div class="sz-clerk__bar">${shown}</div>`;
  }

  /** The button of one tool; outside of the room not every tool makes sense. */
  #opener(name: string, label: string, tool: Tool, kind = "secondary"): TemplateResult | typeof nothing {
    const only = this.getAttribute("only")?.split(" ");
    return only === undefined || only.includes(name)
      ? button(label, `tool-${name}`, () => this.#show(tool), kind)
      : nothing;
  }

  #handing(): TemplateResult | typeof nothing {
    const transfer = this.#tools?.transfer;
    if (transfer === undefined || transfer.to === "" || this.#over) return nothing;
    return html`<div class="kern-alert kern-alert--info" role="status" data-testid="handing-over">
      <div class="kern-alert__header">
        <span class="kern-icon kern-icon--info" aria-hidden="true"></span>
        <span class="kern-title">${words("transfer.waiting", { name: transfer.to })}</span>
      </div>
      <div class="kern-alert__body">
        ${button(words("transfer.back"), "transfer-back", () => void transfer.takeBack())}
        ${transfer.problem === "" ? nothing : html`<p class="kern-body">${transfer.problem}</p>`}
      </div>
    </div>`;
  }

  #dialog(): TemplateResult {
    const tool = this.#open;
    return html`<dialog class="kern-dialog sz-clerk__dialog" aria-labelledby="sz-clerk-title" @close=${() => this.#closed()}>
      ${
        tool === null
          ? nothing
          : html`<header class="kern-dialog__header">
                <h2 class="kern-title kern-title--large" id="sz-clerk-title">${words(tool.title)}</h2>
              </header>
              <section class="kern-dialog__body" aria-busy=${tool.busy ? "true" : "false"}>
                ${
                  tool.problem === ""
                    ? nothing
                    : html`<div class="kern-alert kern-alert--danger" role="alert" data-testid="tool-problem">
                        <div class="kern-alert__header"><span class="kern-icon kern-icon--danger" aria-hidden="true"></span>
                          <span class="kern-title">${tool.problem}</span></div>
                      </div>`
                }
                ${tool.body()} ${this.#saying(this.#said)}
              </section>
              <footer class="kern-dialog__footer">
                ${button(words("close"), "tool-close", () => this.querySelector("dialog")?.close())}
              </footer>`
      }
    </dialog>`;
  }

  #show(tool: Tool): void {
    this.#open = tool;
    tool.problem = "";
    this.#said = "";
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const dialog = this.querySelector("dialog");
      if (dialog !== null && !dialog.open) dialog.showModal();
      void tool.opened().then(() => this.#focusFirst());
    });
  }

  /** What came late is what the dialog is for: the keyboard begins there. */
  async #focusFirst(): Promise<void> {
    await this.updateComplete;
    const body = this.querySelector(".kern-dialog__body");
    if (body === null || body.contains(document.activeElement)) return;
    const chosen = body.querySelector<HTMLElement>("input:checked");
    (chosen ?? body.querySelector<HTMLElement>("input, select, textarea, button"))?.focus();
  }

  #closed(): void {
    // Browsers say so with the next picture they draw: by then another tool may have been opened.
    if (this.querySelector("dialog")?.open) return;
    this.#open = null;
    this.#said = "";
    this.requestUpdate();
  }
}
