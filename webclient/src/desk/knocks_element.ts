// <sz-knocks>: who waits without an appointment for this clerk, seen, said and, if wished, heard; one press calls them in.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { getJson, ProblemReply, postJson } from "../server";
import { clockTime, text } from "../texts";
import { Chime } from "./chime";

const pollEvery = 5000;
const soundWish = "sz-arrivals-sound";

interface Knocking {
  knock: string;
  name: string;
  service: string;
  spoken?: string;
  since: string;
  first: boolean;
}

/** Attributes: `src` (the list; below it `{knock}/take`), `room` (address of a room with {appointment} in it). */
export class SzKnocks extends LitElement {
  #knocks: Knocking[] | null = null;
  #said = "";
  #wrong = "";
  #timer: ReturnType<typeof setInterval> | undefined;
  #chime = new Chime();

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
    this.#timer = setInterval(() => void this.#poll(), pollEvery);
    void this.#poll();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render(): TemplateResult {
    const knocks = this.#knocks ?? [];
    return html`<div class="sz-arrivals" data-testid="knocks" data-count=${knocks.length}>
      <p class="kern-sr-only" role="status">${this.#said}</p>
      ${this.#wrong === "" ? nothing : html`<p class="kern-body" role="alert">${this.#wrong}</p>`}
      ${
        knocks.length === 0
          ? html`<p class="kern-body">${text("knocks.none")}</p>`
          : html`<ul class="sz-arrivals__list">${repeat(
              knocks,
              (one) => one.knock,
              (one) => this.#row(one),
            )}</ul>`
      }
    </div>`;
  }

  #row(one: Knocking): TemplateResult {
    const since = new Date(one.since);
    return html`<li data-testid="knocking">
      <strong>${one.name}</strong> · ${one.service}${one.spoken ? ` (${one.spoken})` : ""} ·
      ${text("arrivals.since", { time: clockTime(since) })}
      ${
        one.first
          ? html`<button type="button" class="kern-btn kern-btn--primary" data-testid="take"
              aria-label=${text("knocks.take.name", { name: one.name })} @click=${() => void this.#take(one)}>
              <span class="kern-label">${text("knocks.take")}</span></button>`
          : nothing
      }
    </li>`;
  }

  async #poll(): Promise<void> {
    try {
      const reply = (await getJson(this.getAttribute("src") ?? "")) as { knocks?: Knocking[] };
      const now = reply.knocks ?? [];
      const known = new Set((this.#knocks ?? now).map((one) => one.knock));
      const fresh = now.filter((one) => !known.has(one.knock));
      this.#knocks = now;
      if (fresh.length > 0) {
        this.#said = fresh.map((one) => text("knocks.new", { name: one.name })).join(" ");
        if (localStorage.getItem(soundWish) === "on") this.#chime.play();
      }
    } catch {
      // What is shown stays until the next look.
    }
    this.requestUpdate();
  }

  async #take(one: Knocking): Promise<void> {
    try {
      const path = `${this.getAttribute("src")}/${encodeURIComponent(one.knock)}/take`;
      const { appointment } = (await postJson(path, {})) as { appointment: string };
      const room = this.getAttribute("room") ?? "/office/appointments/{appointment}/room";
      location.assign(room.replace("{appointment}", encodeURIComponent(appointment)));
    } catch (error) {
      this.#wrong = error instanceof ProblemReply ? error.detail : text("knocks.failed");
      void this.#poll();
    }
    this.requestUpdate();
  }
}
