// <sz-arrivals>: who waits in the clerk's rooms right now, seen, said and, if wished, heard.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { getJson } from "../server";
import { clockTime, text } from "../texts";
import { type Arrival, keyOf, newcomers, parseArrivals } from "./arrivals";
import { Chime } from "./chime";
import { TitleFlash } from "./title_flash";

const pollEvery = 5000;
const soundWish = "sz-arrivals-sound";

function saying({ name, handed_by }: Arrival): string {
  return handed_by ? text("arrivals.handover", { from: handed_by, name }) : name;
}

function newWords({ state }: Arrival): "arrivals.call.new" | "arrivals.new" {
  return state === "call-back" ? "arrivals.call.new" : "arrivals.new";
}

/** Attributes: `src` (the list), `room` (address of a room with {appointment} in it). */
export class SzArrivals extends LitElement {
  #arrivals: Arrival[] | null = null;
  #lost = false;
  #said = "";
  #sound = localStorage.getItem(soundWish) === "on";
  #chime = new Chime();
  #flash = new TitleFlash();
  #timer: ReturnType<typeof setInterval> | undefined;

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#seenAgain);
    this.#timer = setInterval(() => void this.#poll(), pollEvery);
    void this.#poll();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#seenAgain);
    clearInterval(this.#timer);
    this.#flash.stop();
  }

  override render(): TemplateResult {
    const arrivals = this.#arrivals ?? [];
    return html`<div class="sz-arrivals" data-testid="arrivals" data-count=${arrivals.length}>
      <p class="kern-sr-only" role="status">${this.#said}</p>
      ${this.#lost ? html`<p class="kern-body" role="status">${text("arrivals.lost")}</p>` : nothing}
      ${
        arrivals.length === 0
          ? html`<p class="kern-body">${text("arrivals.none")}</p>`
          : html`<ul class="sz-arrivals__list">${repeat(arrivals, keyOf, (arrival) =>
              this.#row(arrival),
            )}</ul>`
      }
      <button type="button" class="kern-btn kern-btn--tertiary" data-testid="arrivals-sound"
        aria-pressed=${this.#sound ? "true" : "false"} @click=${() => this.#toggleSound()}>
        <span class="kern-label">${text("arrivals.sound")}</span>
      </button>
    </div>`;
  }

  #row(arrival: Arrival): TemplateResult {
    const pattern = this.getAttribute("room") ?? "/office/room/{appointment}";
    const room = arrival.room ?? pattern.replace("{appointment}", encodeURIComponent(arrival.appointment));
    const since = new Date(arrival.since);
    return html`<li>
      <a class="kern-link" href=${room} data-testid="arrival" data-state=${arrival.state}>${saying(arrival)}</a>
      ${arrival.state === "call-back" ? html`<strong>${text("arrivals.call")}</strong>` : nothing}
      ${arrival.note ? html`<span class="kern-body note" data-testid="arrival-note">${arrival.note}</span>` : nothing}
      ${Number.isNaN(since.getTime()) ? nothing : text("arrivals.since", { time: clockTime(since) })}
    </li>`;
  }

  readonly #seenAgain = (): void => {
    if (document.visibilityState !== "visible") return;
    this.#flash.stop();
    void this.#poll();
  };

  async #poll(): Promise<void> {
    try {
      const now = parseArrivals(await getJson(this.getAttribute("src") ?? ""));
      const fresh = newcomers(this.#arrivals, now);
      this.#arrivals = now;
      this.#lost = false;
      if (fresh.length > 0) this.#announce(fresh);
      if (now.length === 0) this.#flash.stop();
    } catch {
      this.#lost = true;
    }
    this.requestUpdate();
  }

  #announce(fresh: Arrival[]): void {
    this.#said = fresh
      .map((one) => (one.handed_by ? saying(one) : text(newWords(one), { name: one.name })))
      .join(" ");
    if (this.#sound) this.#chime.play();
    this.#flash.start(text("arrivals.title", { count: this.#arrivals?.length ?? 0 }));
  }

  #toggleSound(): void {
    this.#sound = !this.#sound;
    localStorage.setItem(soundWish, this.#sound ? "on" : "off");
    if (this.#sound) this.#chime.play();
    this.requestUpdate();
  }
}
