// <sz-call-back>: in the clerk's room, that the citizen would rather be called, and the number once the clerk asks for it.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { getJson } from "../server";
import { text } from "../texts";
import { parseArrivals } from "./arrivals";
import { Chime } from "./chime";

const pollEvery = 5000;

/** Attributes: `appointment`, `src` (the list of arrivals), `number` (where the number is asked for). */
export class SzCallBack extends LitElement {
  #name: string | null = null;
  #phone = "";
  #timer: ReturnType<typeof setInterval> | undefined;
  #chime = new Chime();

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => void this.#poll(), pollEvery);
    void this.#poll();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render(): TemplateResult {
    return html`<div role="status">${this.#name === null ? nothing : this.#wish(this.#name)}</div>`;
  }

  #wish(name: string): TemplateResult {
    return html`<div class="kern-alert kern-alert--warning" data-testid="call-back-wish">
      <div class="kern-alert__header">
        <span class="kern-icon kern-icon--warning" aria-hidden="true"></span>
        <span class="kern-title">${text("arrivals.call.new", { name })}</span>
      </div>
      <div class="kern-alert__body">
        ${
          this.#phone === ""
            ? html`<button type="button" class="kern-btn kern-btn--secondary" data-testid="call-back-number"
                @click=${() => void this.#show()}><span class="kern-label">${text("arrivals.call.show")}</span></button>`
            : html`<a class="kern-link" href="tel:${this.#phone.replace(/[^0-9+]/g, "")}">${this.#phone}</a>`
        }
      </div>
    </div>`;
  }

  async #poll(): Promise<void> {
    try {
      const arrivals = parseArrivals(await getJson(this.getAttribute("src") ?? ""));
      const own = arrivals.find(
        (one) => one.state === "call-back" && one.appointment === this.getAttribute("appointment"),
      );
      if (own !== undefined && this.#name === null) this.#chime.play();
      this.#name = own?.name ?? null;
      if (own === undefined) this.#phone = "";
      this.requestUpdate();
    } catch {
      // The next look may succeed; what is shown stays true until then.
    }
  }

  async #show(): Promise<void> {
    try {
      const reply = (await getJson(this.getAttribute("number") ?? "")) as { phone?: string };
      this.#phone = reply.phone ?? "";
    } catch {
      this.#name = null; // taken back meanwhile
    }
    this.requestUpdate();
  }
}
