// The connections to the others in a room: made, kept and given up as the server names people. What a page may do is
// session.ts.
import type { CandidateFields, DescriptionKind, PeerInfo, ServerMessage, Welcome } from "../messages";
import type { MakeExtension } from "./link_extension";
import { PeerLink } from "./peer_link";
import type { OwnTracks } from "./sending";

export interface LinksSurroundings {
  welcome(): Welcome | null;
  extend: MakeExtension;
  sendDescription(to: string, kind: DescriptionKind, sdp: string): void;
  sendCandidate(to: string, candidate: CandidateFields): void;
  changed(): void;
  happened(event: "joined" | "left", name: string): void;
}

export class Links {
  readonly all = new Map<string, PeerLink>();
  readonly away = new Set<string>();
  #tracks: OwnTracks = { audio: null, video: null };
  #screen: MediaStream | null = null;
  #unconfirmed = new Set<string>();
  // A server that was restarted asks again: whom this page has let in, it lets in again, as long as it is the same page.
  #letIn = new Set<string>();

  constructor(private readonly around: LinksSurroundings) {}

  get open(): PeerLink[] {
    return [...this.all.values()].filter((link) => link.open);
  }

  setTracks(tracks: OwnTracks): void {
    this.#tracks = tracks;
    for (const link of this.all.values()) link.setTracks(tracks);
  }

  shareScreen(stream: MediaStream | null): void {
    this.#screen = stream;
    for (const link of this.all.values()) link.shareScreen(stream);
  }

  wasLetIn(id: string, instance: string): boolean {
    return this.#letIn.has(`${id} ${instance}`);
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
    for (const id of [...this.all.keys()]) if (!named.has(id)) this.forget(id);
    for (const peer of peers) this.named(peer);
  }

  named(peer: PeerInfo): void {
    let link = this.all.get(peer.id);
    this.away.delete(peer.id);
    this.#unconfirmed.delete(peer.id);
    if (link !== undefined && link.peer.instance !== peer.instance) {
      link.close();
      link = undefined;
    }
    if (link === undefined) {
      link = this.#link(peer);
      this.all.set(peer.id, link);
    } else {
      Object.assign(link.peer, { polite: peer.polite });
      if (!peer.prepared) {
        const { audio, video, name } = peer;
        Object.assign(link.peer, { audio, video, name });
      }
      link.reachable = true;
    }
    if (!peer.prepared) this.#letFlow(link);
  }

  forget(id: string): void {
    const link = this.all.get(id);
    if (link === undefined) return;
    if (link.open) this.around.happened("left", link.peer.name);
    this.#letIn.delete(`${id} ${link.peer.instance}`);
    this.#drop(link);
  }

  #drop(link: PeerLink): void {
    this.away.delete(link.peer.id);
    link.close();
    this.all.delete(link.peer.id);
  }

  close(): void {
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
    }
  }

  #letFlow(link: PeerLink): void {
    if (this.around.welcome()?.role === "host") this.#letIn.add(`${link.peer.id} ${link.peer.instance}`);
    if (link.open) return;
    link.openMedia(this.#tracks);
    if (this.#screen !== null) link.shareScreen(this.#screen);
    this.around.happened("joined", link.peer.name);
  }

  #link(peer: PeerInfo): PeerLink {
    const { id, name, role, part, polite, instance, prepared, audio, video, screen } = peer;
    const welcome = this.around.welcome();
    return new PeerLink(
      { id, name, role, part, polite, instance, prepared, audio, video, screen },
      {
        configuration: {
          iceServers: welcome?.ice_servers ?? [],
          iceTransportPolicy: welcome?.ice_transport_policy ?? "all",
        },
        sendDescription: this.around.sendDescription,
        sendCandidate: this.around.sendCandidate,
        extend: this.around.extend,
        changed: () => this.#linkChanged(id),
        now: () => performance.now(),
      },
    );
  }

  #linkChanged(id: string): void {
    const link = this.all.get(id);
    // The same page may come back over a new connection and is let in again then.
    if (link?.state === "failed" && this.#unconfirmed.has(id)) this.#drop(link);
    this.around.changed();
  }
}
