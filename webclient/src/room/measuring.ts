// Looks at every open connection now and then, keeps how good each one is in both directions, and lets a picture sink
// before the sound breaks. What the figures mean is quality.ts.
import {
  floating,
  incoming,
  outgoing,
  type Quality,
  qualityOf,
  type Shown,
  type Sinking,
  settle,
  sink,
} from "./quality";
import type { RoomSession } from "./session";
import { type LinkStatistics, summarize } from "./statistics";

const measureEvery = 2000;

/** Numbers about every connection that is open or prepared, newest figures of the browser. */
export function measure(session: RoomSession | null): Promise<LinkStatistics[]> {
  const links = [...(session?.links.values() ?? [])];
  return Promise.all(links.map((link) => summarize(link.peer.id, link.peer.name, link.connection)));
}

interface Watched {
  at: number;
  figures: LinkStatistics;
  theirs?: Shown;
  own?: Shown;
  sinking: Sinking;
  /** Samples in which a picture was promised and none came. */
  missing: number;
}

export class Measuring {
  #watched = new Map<string, Watched>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly session: () => RoomSession | null,
    /** Own pictures begin or cease to be sent to `weak`. */
    private readonly sunk: (weak: ReadonlySet<string>) => void,
    private readonly changed: () => void,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.#measure(), measureEvery);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  forget(): void {
    this.#watched.clear();
  }

  /** How well the other side is received. */
  quality(peer: string): Quality | undefined {
    return this.#watched.get(peer)?.theirs?.quality;
  }

  /** How well this side is received, the worst of all connections. */
  get ownQuality(): Quality | undefined {
    const all = [...this.#watched.values()].flatMap(({ own }) => (own === undefined ? [] : [own.quality]));
    return (["poor", "fair", "good"] as const).find((quality) => all.includes(quality));
  }

  /** A picture is promised and none comes. */
  standsStill(peer: string): boolean {
    return (this.#watched.get(peer)?.missing ?? 0) >= 2;
  }

  async #measure(): Promise<void> {
    const session = this.session();
    if (session?.phase !== "call") return;
    const weak = new Set<string>();
    for (const figures of await measure(session)) {
      const link = session.links.get(figures.peer);
      if (link === undefined || !link.open || link.peer.role === "recorder") continue;
      const watched = this.#watch(figures, link.peer);
      this.#watched.set(figures.peer, watched);
      if (watched.sinking.paused) weak.add(figures.peer);
    }
    for (const peer of this.#watched.keys()) if (!session.links.has(peer)) this.#watched.delete(peer);
    this.sunk(weak);
    this.changed();
  }

  #watch(figures: LinkStatistics, peer: { audio: boolean; video: boolean }): Watched {
    const at = performance.now();
    const before = this.#watched.get(figures.peer);
    const sinking = before?.sinking ?? floating;
    // A new connection counts from nothing; one that is down says nothing about how good it will be.
    const begun = before !== undefined && figures.packetsReceived >= before.figures.packetsReceived;
    if (!begun || figures.connectionState !== "connected")
      return { ...before, at, figures, sinking, missing: 0 };
    const expecting = peer.audio || peer.video;
    const theirs = incoming(before.figures, figures, (at - before.at) / 1000, expecting);
    const own = outgoing(figures);
    const still = peer.video && figures.framesDecoded === before.figures.framesDecoded;
    return {
      at,
      figures,
      theirs: settle(before.theirs, qualityOf(theirs)),
      own: settle(before.own, qualityOf(own)),
      sinking: sink(sinking, own, figures.mayCarry),
      missing: still ? before.missing + 1 : 0,
    };
  }
}
