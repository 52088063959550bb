// When what else is said over a connection may begin: after admission, after the first picture, and for the answering side
// only with the offer that brings it, so that both sides never offer at once.
import type { LinkExtension } from "./link_extension";
import type { PeerLink } from "./peer_link";

/** Milliseconds for which talk lets the first picture go ahead. */
const talkAfter = 500;

export class TalkGate {
  #state: "shut" | "open" | "replaced" = "shut";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly talk: LinkExtension,
    private readonly link: PeerLink,
  ) {}

  /** Somebody was let in. */
  admitted(): void {
    if (this.link.peer.polite && !this.#offered()) return;
    this.#timer = setTimeout(() => this.#open(), talkAfter);
  }

  /** An offer was applied and is about to be answered. */
  answering(): void {
    if (this.#state === "replaced" || this.#offered()) this.#open();
  }

  /** There is a new connection; `offering`: this side's first offer for it is about to be made. */
  replaced(offering: boolean): void {
    if (this.#state === "open") this.#state = "replaced";
    if (offering && this.#state === "replaced") this.#open();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.talk.close();
  }

  #offered(): boolean {
    return this.link.connection.remoteDescription?.sdp.includes("\nm=application") === true;
  }

  #open(): void {
    if (!this.link.open || this.#state === "open") return;
    const before = this.#state;
    this.#state = "open";
    if (before === "replaced") this.talk.replaced(this.link.connection);
    else this.talk.open(this.link.connection, this.link);
  }
}
