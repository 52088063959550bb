// The connections to the others in a room: made, kept and given up as the server names people. What a page may do is
// session.ts.
import type { CandidateFields, DescriptionKind, PeerInfo, ServerMessage, Welcome } from "../messages";
import { type MakeExtension, nothingSaid } from "./link_extension";
import { PeerLink } from "./peer_link";
import type { OwnTracks, PictureRules } from "./sending";

export interface LinksSurroundings {
  welcome(): Welcome | null;
  extend: MakeExtension;
  sendDescription(to: string, kind: DescriptionKind, sdp: string): void;
  sendCandidate(to: string, candidate: CandidateFields): void;
  changed(): void;
  broken(ms: number): void;
  happened(event: "joined" | "left", name: string): void;
}

/** Milliseconds for which a clerk who has handed over stays in the call, until the colleague is seen and heard. */
export const handOverTakes = 5000;
const firstPictureTakes = 700;

/** Milliseconds in which the server tells of somebody who was let in, or nobody was. */
const toldWithin = 3000;

/** A second device of the same person has a number behind the id, and loses it when the server's memory begins anew. */
function samePage(id: string, instance: string): string {
  return `${id.slice(0, 22)} ${instance}`;
}

export class Links {
  readonly all = new Map<string, PeerLink>();
  readonly away = new Set<string>();
  #tracks: OwnTracks = { audio: null, video: null };
  #screen: MediaStream | null = null;
  #pictures: ((peer: string) => PictureRules) | null = null;
  #leaving = new Map<string, ReturnType<typeof setTimeout>>();
  #unconfirmed = new Set<string>();
  // A server that was restarted asks again: whom this page has let in, it lets in again, as long as it is the same page.
  #letIn = new Set<string>();

  constructor(private readonly around: LinksSurroundings) {}

  get open(): PeerLink[] {
    return [...this.all.values()].filter((link) => link.open);
  }

  get hostPresent(): boolean {
    const hosts = [...this.all.values()].filter(({ peer }) => peer.role === "host");
    return hosts.some(({ peer }) => !this.away.has(peer.id) && !this.#leaving.has(peer.id));
  }

  setTracks(tracks: OwnTracks): void {
    this.#tracks = tracks;
    for (const link of this.all.values()) link.setTracks(tracks);
  }

  get sharing(): MediaStream | null {
    return this.#screen;
  }

  setPictures(rules: (peer: string) => PictureRules): void {
    this.#pictures = rules;
    for (const link of this.open) link.setPictures(rules(link.peer.id));
  }

  shareScreen(stream: MediaStream | null): void {
    this.#screen = stream;
    for (const link of this.all.values()) link.shareScreen(stream);
  }

  /** Whom this page lets in gets its picture at once, not only when the server has told both sides: a whole way there and back
   * sooner. Nothing is shown there before, and nobody else's picture goes. */
  sendAhead(id: string): void {
    const link = this.all.get(id);
    if (link?.state !== "connected" || link.open || this.#pictures?.(id).send === false) return;
    setTimeout(link.sendAhead(this.#tracks), toldWithin);
  }

  wasLetIn(id: string, instance: string): boolean {
    return this.#letIn.has(samePage(id, instance));
  }

  lineLost(): void {
    for (const link of this.all.values()) link.reachable = false;
  }

  lineResumed(): void {
    for (const link of this.all.values()) link.reachable = !this.away.has(link.peer.id);
  }

  /** The server's memory begins anew; connections outlive it and count until it has named their other ends again. */
  lineBegun(): void {
    this.away.clear();
    this.#unconfirmed = new Set(this.all.keys());
  }

  /** A snapshot: these are all there are. */
  restore(peers: PeerInfo[]): void {
    const named = new Set(peers.map((peer) => peer.id));
    for (const id of [...this.all.keys()]) if (!named.has(id)) this.left(id);
    for (const peer of peers) this.named(peer);
  }

  named(peer: PeerInfo): void {
    let link = this.all.get(peer.id);
    this.away.delete(peer.id);
    this.#unconfirmed.delete(peer.id);
    if (link !== undefined && (link.peer.instance !== peer.instance || this.#leaving.has(peer.id))) {
      this.#drop(link);
      link = undefined;
    }
    if (link === undefined) {
      link = this.#link(peer);
      this.all.set(peer.id, link);
    } else {
      Object.assign(link.peer, { polite: peer.polite });
      if (!peer.prepared) {
        const { audio, video, screen, name, part } = peer;
        Object.assign(link.peer, { audio, video, screen, name, part });
      }
      link.reachable = true;
    }
    if (!peer.prepared) this.#letFlow(link);
  }

  /** Somebody is gone. A clerk who leaves may have handed over: the old picture stays until the colleague's is there. */
  left(id: string): void {
    const link = this.all.get(id);
    if (link === undefined || this.#leaving.has(id)) return;
    this.#letIn.delete(samePage(id, link.peer.instance));
    if (!link.open) {
      this.#drop(link);
      return;
    }
    if (link.peer.role !== "recorder") this.around.happened("left", link.peer.name);
    const stays = link.peer.role === "host" && link.state === "connected";
    if (stays)
      this.#leaving.set(
        id,
        setTimeout(() => this.#drop(link), handOverTakes),
      );
    else this.#drop(link);
  }

  /** Once somebody else is connected, those who have left need not be shown any more. */
  #relieve(newcomer: PeerLink): void {
    if (newcomer.peer.role !== "host" || newcomer.state !== "connected" || !newcomer.open) return;
    for (const [id, timer] of this.#leaving) {
      const link = this.all.get(id);
      if (link === undefined || link === newcomer) continue;
      clearTimeout(timer);
      this.#leaving.set(
        id,
        setTimeout(() => this.#drop(link), firstPictureTakes),
      );
    }
  }

  #drop(link: PeerLink): void {
    const { id } = link.peer;
    clearTimeout(this.#leaving.get(id));
    this.#leaving.delete(id);
    this.away.delete(id);
    link.close();
    if (this.all.get(id) === link) this.all.delete(id);
    this.around.changed();
  }

  close(): void {
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
    for (const link of this.all.values()) link.close();
    this.all.clear();
  }

  /** What comes from a peer or is about its presence; other messages are passed over. */
  receive(message: ServerMessage): void {
    if (message.type === "presence") {
      if (message.connected) this.away.delete(message.id);
      else this.away.add(message.id);
      const link = this.all.get(message.id);
      if (link !== undefined) link.reachable = message.connected;
      return;
    }
    if (!("from" in message)) return;
    const link = this.all.get(message.from);
    if (link === undefined) return;
    if (message.type === "description") void link.receiveDescription(message.kind, message.sdp);
    if (message.type === "candidate") void link.receiveCandidate(message);
    if (message.type === "media") {
      link.peer.audio = message.audio;
      link.peer.video = message.video;
      link.peer.screen = message.screen;
    }
  }

  #letFlow(link: PeerLink): void {
    if (this.around.welcome()?.role === "host") this.#letIn.add(samePage(link.peer.id, link.peer.instance));
    if (link.open) return;
    link.openMedia(this.#tracks);
    if (this.#screen !== null) link.shareScreen(this.#screen);
    if (this.#pictures !== null) this.setPictures(this.#pictures);
    if (link.peer.role !== "recorder") this.around.happened("joined", link.peer.name);
  }

  #link(peer: PeerInfo): PeerLink {
    const { id, name, role, part, polite, instance, prepared, audio, video, screen } = peer;
    return new PeerLink(
      { id, name, role, part, polite, instance, prepared, audio, video, screen },
      {
        configuration: () => this.#configuration(),
        sendDescription: this.around.sendDescription,
        sendCandidate: this.around.sendCandidate,
        // A recorder takes sound and picture and nothing else, and sends nothing whose absence would mean anything.
        extend: role === "recorder" ? () => nothingSaid : this.around.extend,
        changed: () => this.#linkChanged(id),
        broken: role === "recorder" ? () => undefined : this.around.broken,
        now: () => performance.now(),
      },
    );
  }

  #configuration(): RTCConfiguration {
    const welcome = this.around.welcome();
    return {
      iceServers: welcome?.ice_servers ?? [],
      iceTransportPolicy: welcome?.ice_transport_policy ?? "all",
    };
  }

  #linkChanged(id: string): void {
    const link = this.all.get(id);
    if (link !== undefined) this.#relieve(link);
    // The same page may come back over a new connection and is let in again then.
    if (link?.state === "failed" && this.#unconfirmed.has(id)) this.#drop(link);
    this.around.changed();
  }
}
