// <sz-countdown>: how long a held time is still kept, beside the server's own words, which stay when there is no script.
import { announcement, minutesLeft, remainingWords } from "./countdown";

/** Attribute: `until`, ISO 8601. `data-state` is running, soon or over. */
export class SzCountdown extends HTMLElement {
  #shown = document.createElement("span");
  #said = document.createElement("span");
  #minutes: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    this.#shown.className = "sz-countdown__left";
    this.#shown.dataset.testid = "countdown";
    this.#said.className = "kern-sr-only";
    this.#said.setAttribute("role", "status");
    if (!this.#shown.isConnected) this.append(" ", this.#shown, this.#said);
    this.#timer = setInterval(() => this.#tell(), 1000);
    this.#tell();
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    const until = Date.parse(this.getAttribute("until") ?? "");
    if (Number.isNaN(until)) return;
    const minutes = minutesLeft(until, Date.now());
    const aloud = announcement(this.#minutes, minutes);
    if (this.#minutes !== minutes) this.#shown.textContent = remainingWords(minutes);
    if (aloud !== null) this.#said.textContent = aloud;
    this.#minutes = minutes;
    this.dataset.state = minutes === 0 ? "over" : minutes <= 2 ? "soon" : "running";
    if (minutes === 0) clearInterval(this.#timer);
  }
}
