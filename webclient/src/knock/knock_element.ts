// <sz-knock>: the page of somebody who waits without an appointment. It keeps the place by asking, says how far it is,
// and goes into the room by itself.
import { html, LitElement, type TemplateResult } from "lit";
import { getJson, ProblemReply } from "../server";
import { text } from "../texts";

const askEvery = 5000;

interface Place {
  state: "waiting" | "called" | "gone";
  position: number;
  expected_minutes?: number;
  room?: string;
}

/** The position and the time that it takes, as one sentence or two. */
export function placeWords(place: Place): string {
  const line =
    place.position <= 1 ? text("knock.next") : text("knock.position", { position: place.position });
  const minutes = place.expected_minutes ?? 0;
  return minutes > 0 ? `${line} ${text("knock.minutes", { minutes })}` : line;
}

/** Attribute: `src`, the own place in the line. */
export class SzKnock extends LitElement {
  #place: Place | null = null;
  #lost = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => void this.#ask(), askEvery);
    document.addEventListener("visibilitychange", this.#seenAgain);
    addEventListener("online", this.#seenAgain);
    void this.#ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#seenAgain);
    removeEventListener("online", this.#seenAgain);
  }

  override shouldUpdate(): boolean {
    return this.#place !== null;
  }

  override render(): TemplateResult {
    const words = this.#place === null ? "" : placeWords(this.#place);
    return html`<p class="kern-body kern-body--large" role="status" data-testid="knock-place">${
      this.#lost ? text("knock.lost") : words
    }</p>`;
  }

  readonly #seenAgain = (): void => void this.#ask();

  async #ask(): Promise<void> {
    try {
      const place = (await getJson(this.getAttribute("src") ?? "")) as Place;
      this.#lost = false;
      if (place.state === "called" && place.room !== undefined) {
        clearInterval(this.#timer);
        location.assign(place.room);
        return;
      }
      if (place.state === "gone") {
        clearInterval(this.#timer);
        location.reload();
        return;
      }
      if (this.#place === null) this.replaceChildren();
      this.#place = place;
    } catch (error) {
      this.#lost = !(error instanceof ProblemReply && error.status === 404);
    }
    this.requestUpdate();
  }
}
