// When a broken connection is restarted, built anew, or told of: the times and counts behind the rule in negotiation.ts.
import { type Remedy, remedy } from "./negotiation";

const brokenAfter = 900;

export class Repair {
  #restarted = false;
  #since: number;
  #brokenSince: number | null = null;

  constructor(private readonly now: () => number) {
    this.#since = now();
  }

  /** The connection's state is another one. */
  changed(state: RTCPeerConnectionState): void {
    this.#since = this.now();
    if (state === "connected") this.#restarted = false;
  }

  restarted(): void {
    this.#restarted = true;
    this.#since = this.now();
  }

  /** There is a new connection; `offering`: this side has begun it and waits for the other. */
  rebuilt(offering: boolean): void {
    this.#restarted = offering;
    this.#since = this.now();
  }

  step(state: RTCPeerConnectionState, polite: boolean, answered: boolean): Remedy {
    return remedy(state, this.now() - this.#since, polite, this.#restarted, answered);
  }

  /** For how many milliseconds nothing has been carried; null while it is too early to say so. */
  brokenFor(state: RTCPeerConnectionState): number | null {
    const broken = state === "disconnected" || state === "failed";
    if (!broken) this.#brokenSince = null;
    else this.#brokenSince ??= this.now();
    const ms = this.#brokenSince === null ? 0 : this.now() - this.#brokenSince;
    return ms >= brokenAfter ? ms : null;
  }
}
