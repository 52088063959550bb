// One participant's stay in a room: what the server's messages make of it, which connections there are, who may be
// seen and heard. It draws nothing; every change is told to `changed`.
import type { EndReason, PeerInfo, Role, ServerMessage, WaitingGuest, Welcome } from "../messages";
import { PeerLink } from "./peer_link";
import type { OwnTracks } from "./sending";
import {
  type EntryRefused,
  type LineState,
  SignalingClient,
  type SignalingSurroundings,
} from "./signaling_client";

export type Phase = "joining" | "waiting" | "call" | "over" | "refused";

export interface SessionEvents {
  changed(): void;
  /** Something to be told to those who do not see the screen. */
  happened(event: "arrived" | "joined" | "left", name: string): void;
}

export class RoomSession {
  welcome: Welcome | null = null;
  admitted = false;
  position = 0;
  guests: WaitingGuest[] = [];
  ended: EndReason | null = null;
  refused: EntryRefused | null = null;
  readonly links = new Map<string, PeerLink>();
  readonly away = new Set<string>();
  readonly client: SignalingClient;
  #tracks: OwnTracks = { audio: null, video: null };
  #media = { audio: false, video: false };
  #unconfirmed = new Set<string>();
  // A server that was restarted asks again: whom this page has let in, it lets in again, as long as it is the same page.
  #letIn = new Set<string>();
  #asked = new Set<string>();

  constructor(
    instance: string,
    private readonly events: SessionEvents,
    surroundings: SignalingSurroundings,
  ) {
    this.client = new SignalingClient(
      instance,
      {
        message: (message) => this.#receive(message),
        state: (state) => this.#lineChanged(state),
        refused: (reason) => this.#refuse(reason),
      },
      surroundings,
    );
  }

  get role(): Role | null {
    return this.welcome?.role ?? null;
  }

  get phase(): Phase {
    if (this.ended !== null) return "over";
    if (this.refused !== null) return "refused";
    if (this.openLinks.length > 0) return "call";
    if (this.welcome === null) return "joining";
    return this.admitted && this.role === "guest" ? "call" : "waiting";
  }

  get openLinks(): PeerLink[] {
    return [...this.links.values()].filter((link) => link.open);
  }

  get hostPresent(): boolean {
    return [...this.links.values()].some((link) => link.peer.role === "host" && !this.away.has(link.peer.id));
  }

  setTracks(tracks: OwnTracks): void {
    this.#tracks = tracks;
    for (const link of this.links.values()) link.setTracks(tracks);
  }

  /** Tells the others whether they hear and see this side. */
  sayMedia(audio: boolean, video: boolean): void {
    if (audio === this.#media.audio && video === this.#media.video) return;
    this.#media = { audio, video };
    if (this.welcome !== null) this.client.send({ type: "media", audio, video });
  }

  admit(guest: string): void {
    performance.mark("sz-admitted");
    this.client.send({ type: "admit", guest });
  }

  leave(): void {
    this.client.send({ type: "leave" });
    this.#finish("left");
  }

  end(): void {
    this.client.send({ type: "end" });
    this.#finish("host");
  }

  #lineChanged(state: LineState): void {
    if (state !== "open") for (const link of this.links.values()) link.reachable = false;
    this.events.changed();
  }

  #refuse(reason: EntryRefused): void {
    if (this.ended === null) this.refused = reason;
    this.#closeLinks();
    this.events.changed();
  }

  #finish(reason: EndReason): void {
    this.ended = reason;
    this.#closeLinks();
    this.client.stop();
    this.events.changed();
  }

  #closeLinks(): void {
    for (const link of this.links.values()) link.close();
    this.links.clear();
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.#welcomed(message);
        break;
      case "waiting":
        this.position = message.position;
        break;
      case "queue":
        this.#queued(message.guests);
        break;
      case "admitted":
        performance.mark("sz-admitted");
        this.admitted = true;
        break;
      case "snapshot":
        this.#restore(message);
        break;
      case "peer":
        this.#named(message);
        break;
      case "left":
        this.#forget(message.id);
        break;
      case "ended":
        this.#finish(message.reason);
        return;
      default:
        this.#fromPeer(message);
    }
    this.events.changed();
  }

  #fromPeer(message: ServerMessage): void {
    if (message.type === "presence") {
      const link = this.links.get(message.id);
      if (message.connected) this.away.delete(message.id);
      else this.away.add(message.id);
      if (link !== undefined) link.reachable = message.connected;
      return;
    }
    if (!("from" in message)) return;
    const link = this.links.get(message.from);
    if (link === undefined) return;
    if (message.type === "description") void link.receiveDescription(message.kind, message.sdp);
    if (message.type === "candidate") void link.receiveCandidate(message);
    if (message.type === "media") {
      link.peer.audio = message.audio;
      link.peer.video = message.video;
    }
  }

  #welcomed(message: Welcome): void {
    this.welcome = message;
    this.admitted = message.state === "admitted";
    this.position = message.position;
    if (message.resumed) {
      for (const link of this.links.values()) link.reachable = !this.away.has(link.peer.id);
      return;
    }
    this.guests = [];
    this.away.clear();
    this.#asked.clear();
    // Connections outlive the server's memory; they count until the server has named their other ends again.
    this.#unconfirmed = new Set(this.links.keys());
    this.client.send({ type: "media", ...this.#media });
  }

  #queued(guests: WaitingGuest[]): void {
    const known = new Set(this.guests.map((guest) => guest.id));
    this.guests = guests;
    for (const guest of guests) {
      if (!known.has(guest.id) && !this.links.get(guest.id)?.open)
        this.events.happened("arrived", guest.name);
    }
  }

  #restore(message: Extract<ServerMessage, { type: "snapshot" }>): void {
    this.admitted = message.state === "admitted";
    this.position = message.position;
    this.guests = message.guests;
    const named = new Set(message.peers.map((peer) => peer.id));
    for (const id of [...this.links.keys()]) if (!named.has(id)) this.#forget(id);
    for (const peer of message.peers) this.#named(peer);
  }

  #named(peer: PeerInfo): void {
    let link = this.links.get(peer.id);
    this.away.delete(peer.id);
    this.#unconfirmed.delete(peer.id);
    if (link !== undefined && link.peer.instance !== peer.instance) {
      link.close();
      link = undefined;
    }
    if (link === undefined) {
      link = this.#link(peer);
      this.links.set(peer.id, link);
    } else {
      Object.assign(link.peer, { polite: peer.polite });
      if (!peer.prepared) Object.assign(link.peer, { audio: peer.audio, video: peer.video, name: peer.name });
      link.reachable = true;
    }
    if (!peer.prepared) this.#letFlow(link);
  }

  #letFlow(link: PeerLink): void {
    if (this.role === "host") this.#letIn.add(`${link.peer.id} ${link.peer.instance}`);
    if (link.open) return;
    link.openMedia(this.#tracks);
    this.events.happened("joined", link.peer.name);
  }

  #link(peer: PeerInfo): PeerLink {
    const { id, name, role, polite, instance, prepared, audio, video } = peer;
    return new PeerLink(
      { id, name, role, polite, instance, prepared, audio, video },
      {
        configuration: {
          iceServers: this.welcome?.ice_servers ?? [],
          iceTransportPolicy: this.welcome?.ice_transport_policy ?? "all",
        },
        sendDescription: (to, kind, sdp) => this.client.send({ type: "description", to, kind, sdp }),
        sendCandidate: (to, candidate) => this.client.send({ type: "candidate", to, ...candidate }),
        changed: () => this.#linkChanged(id),
        now: () => performance.now(),
      },
    );
  }

  #linkChanged(id: string): void {
    const state = this.links.get(id)?.state;
    if (this.#unconfirmed.has(id) && (state === "failed" || state === "closed")) this.#forget(id);
    this.events.changed();
  }

  #forget(id: string): void {
    const link = this.links.get(id);
    if (link === undefined) return;
    if (link.open) this.events.happened("left", link.peer.name);
    this.#letIn.delete(`${id} ${link.peer.instance}`);
    this.away.delete(id);
    link.close();
    this.links.delete(id);
  }
}
