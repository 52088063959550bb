// Looks at every open connection now and then and keeps how good each one is; the figures come from statistics.ts.
import type { RoomSession } from "./session";
import { type LinkStatistics, type Quality, qualityBetween, summarize } from "./statistics";

const measureEvery = 3000;

/** Numbers about every connection that is open or prepared, newest figures of the browser. */
export function measure(session: RoomSession | null): Promise<LinkStatistics[]> {
  const links = [...(session?.links.values() ?? [])];
  return Promise.all(links.map((link) => summarize(link.peer.id, link.peer.name, link.connection)));
}

export class Measuring {
  readonly qualities = new Map<string, Quality>();
  #measured = new Map<string, LinkStatistics>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly session: () => RoomSession | null,
    private readonly changed: () => void,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.#measure(), measureEvery);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  forget(): void {
    this.qualities.clear();
    this.#measured.clear();
  }

  async #measure(): Promise<void> {
    const session = this.session();
    if (session?.phase !== "call") return;
    for (const now of await measure(session)) {
      const before = this.#measured.get(now.peer);
      this.#measured.set(now.peer, now);
      if (before === undefined || now.connectionState !== "connected") continue;
      const peer = session.links.get(now.peer)?.peer;
      const expecting = peer?.audio === true || peer?.video === true;
      this.qualities.set(now.peer, qualityBetween(before, now, expecting));
    }
    this.changed();
  }
}
