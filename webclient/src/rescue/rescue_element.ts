// <sz-rescue>: beside the room and the check, the next way before the citizen is lost: sound alone, a call back, a time
// on site, the city's telephone. When it is offered by itself is reason.ts.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { ProblemReply, postJson, remove } from "../server";
import { text } from "../texts";
import { type Reason, RescueWatch, type Seen } from "./reason";

const lookEvery = 1000;

interface Room extends HTMLElement {
  statistics?(): Promise<{ connectionState: string }[]>;
}

/**
 * Attributes: `call-back` (where the wish for a call is put), `asked` (there is one already), `number` (proposed),
 * `onsite` (the page that exchanges the appointment; missing when that is over), `check`, `phone` (the city's),
 * `starts` and `opens` (ISO 8601).
 */
export class SzRescue extends LitElement {
  #watch = new RescueWatch();
  #reason: Reason | null = null;
  #phase = "";
  #ended: string | null = null;
  #asked = false;
  #wrong = "";
  #timer: ReturnType<typeof setInterval> | undefined;

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    this.#asked = this.hasAttribute("asked");
    super.connectedCallback();
    document.addEventListener("sz-phase", this.#phaseChanged);
    document.addEventListener("sz-check", this.#checked);
    this.#timer = setInterval(() => void this.#look(), lookEvery);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("sz-phase", this.#phaseChanged);
    document.removeEventListener("sz-check", this.#checked);
    clearInterval(this.#timer);
  }

  override render(): TemplateResult {
    const reason = this.#reason;
    const ways = html`${this.#soundAlone()} ${this.#callBack()} ${this.#onSite()} ${this.#telephone()}`;
    return html`<section class="sz-rescue" data-testid="rescue" data-reason=${reason ?? ""} aria-label=${text("rescue.title")}>
      <div role="status">
        ${
          reason === null
            ? nothing
            : html`<p class="kern-body sz-rescue__reason" data-testid="rescue-reason">${text(`rescue.${reason}`)}</p>`
        }
      </div>
      ${
        reason === null
          ? html`<details class="sz-rescue__more" ?open=${this.#asked}><summary>${text("rescue.title")}</summary>
              <div class="sz-rescue__ways">${ways}</div></details>`
          : html`<div class="sz-rescue__ways">${ways}</div>`
      }
    </section>`;
  }

  readonly #phaseChanged = (event: Event): void => {
    const { phase, ended } = (event as CustomEvent<{ phase: string; ended: string | null }>).detail;
    this.#phase = phase;
    this.#ended = ended;
    // A meeting that was brought to its end has no way left to offer.
    this.hidden = phase === "over" && (ended === "host" || ended === "removed");
    void this.#look();
  };

  readonly #checked = (event: Event): void => {
    const { result } = (event as CustomEvent<{ result: string }>).detail;
    this.#reason = result === "ok" ? null : "check";
    this.requestUpdate();
  };

  async #look(): Promise<void> {
    const room = document.querySelector<Room>("sz-room");
    // The room may have spoken before this element was there.
    if (this.#phase === "")
      this.#phase = room?.querySelector<HTMLElement>("[data-phase]")?.dataset.phase ?? "";
    if (room === null || this.#phase === "") return;
    const reason = this.#watch.look(await this.#seen(room), Date.now());
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.requestUpdate();
  }

  async #seen(room: Room): Promise<Seen> {
    const links = this.#phase === "call" ? ((await room.statistics?.()) ?? []) : [];
    const qualities = [...room.querySelectorAll<HTMLElement>("[data-quality]")];
    return {
      phase: this.#phase,
      ended: this.#ended,
      line: room.querySelector<HTMLElement>("[data-line]")?.dataset.line !== "lost",
      devices: room.querySelector(".kern-alert[data-testid=device-help]") !== null,
      media: links.some((link) => link.connectionState === "connected"),
      poor: qualities.some((one) => one.dataset.quality === "poor"),
      starts: this.#instant("starts"),
      opens: this.#instant("opens"),
    };
  }

  #instant(name: string): number | null {
    const when = Date.parse(this.getAttribute(name) ?? "");
    return Number.isNaN(when) ? null : when;
  }

  /** The camera is switched off with the room's own button, so that everything about it stays true. */
  #soundAlone(): TemplateResult | typeof nothing {
    const toggle = document.querySelector<HTMLButtonElement>("sz-room [data-testid=mute-video]");
    if (this.#reason !== "quality" || toggle === null || toggle.ariaPressed === "true") return nothing;
    return this.#button("primary", "rescue-sound", text("rescue.sound"), () => {
      toggle.click();
      this.requestUpdate();
    });
  }

  #callBack(): TemplateResult | typeof nothing {
    if (!this.hasAttribute("call-back")) return nothing;
    if (this.#asked)
      return html`<div class="sz-rescue__way" data-testid="call-back-asked">
        <p class="kern-body">${text("rescue.call.asked")}</p>
        ${this.#button("secondary", "call-back-withdraw", text("rescue.call.withdraw"), () => void this.#withdraw())}
      </div>`;
    return html`<form class="sz-rescue__way" @submit=${(event: Event) => void this.#ask(event)}>
      <p class="kern-body" id="sz-call-explain">${text("rescue.call.explain")}</p>
      <div class="kern-form-input ${this.#wrong === "" ? "" : "kern-form-input--error"}">
        <label class="kern-label" for="sz-call-number">${text("rescue.call.number")}</label>
        <input class="kern-form-input__input" id="sz-call-number" name="phone" type="tel" autocomplete="tel" required
          maxlength="30" .value=${this.getAttribute("number") ?? ""} aria-describedby="sz-call-explain sz-call-wrong"
          aria-invalid=${this.#wrong === "" ? "false" : "true"}>
        <p class="kern-error" id="sz-call-wrong" role="alert">${this.#wrong}</p>
      </div>
      <button type="submit" class="kern-btn kern-btn--secondary" data-testid="call-back">
        <span class="kern-label">${text("rescue.call.ask")}</span>
      </button>
    </form>`;
  }

  #onSite(): TemplateResult | typeof nothing {
    const onsite = this.getAttribute("onsite");
    if (onsite === null) return nothing;
    return html`<div class="sz-rescue__way">
      <p class="kern-body">${text("rescue.onsite.explain")}</p>
      <a class="kern-btn kern-btn--secondary" href=${onsite} data-testid="rescue-onsite"
        ><span class="kern-label">${text("rescue.onsite")}</span></a>
    </div>`;
  }

  #telephone(): TemplateResult {
    const phone = this.getAttribute("phone") ?? "";
    const check = this.getAttribute("check");
    return html`<p class="kern-body">${text("rescue.phone")}
      <a class="kern-link" href="tel:${phone.replaceAll(" ", "")}">${phone}</a>
      ${check === null ? nothing : html`<br><a class="kern-link" href=${check} data-testid="rescue-check">${text("rescue.tocheck")}</a>`}
    </p>`;
  }

  async #ask(event: Event): Promise<void> {
    event.preventDefault();
    const phone = new FormData(event.target as HTMLFormElement).get("phone");
    await this.#send(() => postJson(this.getAttribute("call-back") ?? "", { phone }), true);
  }

  async #withdraw(): Promise<void> {
    await this.#send(() => remove(this.getAttribute("call-back") ?? ""), false);
  }

  async #send(request: () => Promise<unknown>, asked: boolean): Promise<void> {
    try {
      await request();
      this.#asked = asked;
      this.#wrong = "";
    } catch (error) {
      const said = error instanceof ProblemReply ? error : null;
      this.#wrong = text(said?.status === 422 ? "rescue.call.wrong" : "rescue.call.failed");
      if (said?.status === 409) this.#wrong = said.detail;
    }
    this.requestUpdate();
  }

  #button(kind: string, id: string, label: string, action: () => void): TemplateResult {
    return html`<button type="button" class="kern-btn kern-btn--${kind}" data-testid=${id} @click=${action}>
      <span class="kern-label">${label}</span>
    </button>`;
  }
}
