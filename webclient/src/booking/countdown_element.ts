// <sz-countdown>: how long a held time is still kept, beside the server's own words, which stay when there is no script.
import { text } from "../texts";

/** Whole minutes that are left, rounded up; 0 when it is over. */
export function minutesLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 60_000));
}

export function remainingWords(minutes: number): string {
  if (minutes === 0) return text("countdown.over");
  return minutes === 1 ? text("countdown.minute") : text("countdown.minutes", { minutes });
}

/** What is said aloud when `minutes` are left after `before`: only the last two minutes and the end. */
export function announcement(before: number | null, minutes: number): string | null {
  if (before === minutes) return null;
  if (minutes === 0) return text("countdown.over");
  return minutes <= 2 && (before === null || before > 2) ? text("countdown.soon") : null;
}

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
