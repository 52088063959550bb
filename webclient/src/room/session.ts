// One participant's stay in a room: what the server's messages make of it, and what this page says to the server. The
// connections to the others are links.ts. It draws nothing; every change is told to `changed`.
import type { EndReason, PeerInfo, Role, ServerMessage, WaitingGuest, Welcome } from "../messages";
import type { MakeExtension } from "./link_extension";
import { handOverTakes, Links } from "./links";
import type { PeerLink } from "./peer_link";
import type { OwnTracks, PictureRules } from "./sending";
import {
  type EntryRefused,
  type LineState,
  type OwnIds,
  SignalingClient,
  type SignalingSurroundings,
} from "./signaling_client";

export type Phase = "joining" | "waiting" | "call" | "over" | "refused";

export interface SessionEvents {
  changed(): void;
  /** Something to be told to those who do not see the screen. */
  happened(event: "arrived" | "joined" | "left" | "sent-back", name: string): void;
}

export class RoomSession {
  welcome: Welcome | null = null;
  admitted = false;
  /** The clerk has sent this guest back into the waiting room. */
  sentBack = false;
  /** There was somebody to talk to in this stay. */
  met = false;
  position = 0;
  guests: WaitingGuest[] = [];
  ended: EndReason | null = null;
  refused: EntryRefused | null = null;
  readonly client: SignalingClient;
  readonly #links: Links;
  #media = { audio: false, video: false, screen: false };
  // Asked for on this line already: whom this page has let in, it lets in again when the server's memory begins anew.
  #asked = new Set<string>();
  #silent: () => void = () => undefined;

  constructor(
    own: OwnIds,
    private readonly events: SessionEvents,
    surroundings: Omit<SignalingSurroundings, "urgent">,
    extend: MakeExtension,
  ) {
    this.#links = new Links({
      welcome: () => this.welcome,
      extend,
      sendDescription: (to, kind, sdp) => this.client.send({ type: "description", to, kind, sdp }),
      sendCandidate: (to, candidate) => this.client.send({ type: "candidate", to, ...candidate }),
      changed: () => events.changed(),
      broken: (ms) => this.client.doubt(ms),
      happened: (event, name) => {
        if (event === "joined") this.met = true;
        events.happened(event, name);
      },
    });
    this.client = new SignalingClient(
      own,
      {
        message: (message) => this.#receive(message),
        state: (state) => this.#lineChanged(state),
        refused: (reason) => this.#refuse(reason),
      },
      { ...surroundings, urgent: () => this.openLinks.some((link) => !link.alive) },
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

  /** Every connection there is, the prepared ones too, by the other side's id. */
  get links(): ReadonlyMap<string, PeerLink> {
    return this.#links.all;
  }

  /** Those to the people in the call; the recorder is none of them. */
  get openLinks(): PeerLink[] {
    return this.#links.open.filter(({ peer }) => peer.role !== "recorder");
  }

  /** The recorder, as long as it is in the room: then this meeting is recorded, whatever else is known. */
  get recorder(): PeerInfo | null {
    return [...this.#links.all.values()].find(({ peer }) => peer.role === "recorder")?.peer ?? null;
  }

  get hostPresent(): boolean {
    return this.#links.hostPresent;
  }

  setTracks(tracks: OwnTracks): void {
    this.#links.setTracks(tracks);
  }

  /** Shows a screen to everybody in the call, now and later; null takes it back. */
  shareScreen(stream: MediaStream | null): void {
    this.#links.shareScreen(stream);
    this.#sayMedia({ ...this.#media, screen: stream !== null });
    this.events.changed();
  }

  /** The screen that this page shares now. */
  get sharing(): MediaStream | null {
    return this.#links.sharing;
  }

  /** How pictures go over each connection, now and for those who come later. */
  setPictures(rules: (peer: string) => PictureRules): void {
    this.#links.setPictures(rules);
  }

  /** Tells the others whether they hear and see this side. */
  sayMedia(audio: boolean, video: boolean): void {
    this.#sayMedia({ ...this.#media, audio, video });
  }

  #sayMedia(media: { audio: boolean; video: boolean; screen: boolean }): void {
    const before = this.#media;
    if (media.audio === before.audio && media.video === before.video && media.screen === before.screen)
      return;
    this.#media = media;
    if (this.welcome !== null) this.client.send({ type: "media", ...media });
  }

  admit(guest: string): void {
    performance.mark("sz-admitted");
    this.client.send({ type: "admit", guest });
    if (this.client.state === "open") this.#links.sendAhead(guest);
  }

  /** Out of the room, and for good. */
  remove(guest: string): void {
    this.client.send({ type: "remove", guest });
  }

  /** Back into the waiting room. */
  sendBack(guest: string): void {
    this.client.send({ type: "send_back", guest });
  }

  leave(): void {
    this.client.close({ type: "leave" });
    this.#finish("left");
  }

  end(): void {
    this.client.close({ type: "end" });
    this.#finish("host");
  }

  #lineChanged(state: LineState): void {
    if (state !== "open") this.#links.lineLost();
    this.events.changed();
  }

  #refuse(reason: EntryRefused): void {
    if (this.ended === null) this.refused = reason;
    this.#links.close();
    this.events.changed();
  }

  #finish(reason: EndReason): void {
    this.ended = reason;
    // Whoever hands over is seen and heard until the colleague is.
    if (reason === "handed-over") setTimeout(() => this.#silence(), handOverTakes);
    else this.#links.close();
    this.events.changed();
  }

  /** Calls `done` once nothing of this side is sent any more, after a hand-over. */
  whenSilent(done: () => void): void {
    this.#silent = done;
  }

  #silence(): void {
    this.#links.close();
    this.#silent();
  }

  #receive(message: ServerMessage): void {
    if (this.ended !== null) return;
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
        this.sentBack = false;
        break;
      case "sent-back":
        this.admitted = false;
        this.sentBack = true;
        this.#links.close();
        this.events.happened("sent-back", "");
        break;
      case "snapshot":
        this.#restore(message);
        break;
      case "peer":
        this.#links.named(message);
        break;
      case "left":
        this.#links.left(message.id);
        break;
      case "ended":
        this.client.stop();
        this.#finish(message.reason);
        return;
      default:
        this.#links.receive(message);
    }
    this.events.changed();
  }

  #welcomed(message: Welcome): void {
    this.welcome = message;
    this.admitted = message.state === "admitted";
    this.position = message.position;
    if (message.resumed) {
      this.#links.lineResumed();
      return;
    }
    this.guests = [];
    this.#asked.clear();
    this.#links.lineBegun();
    this.client.send({ type: "media", ...this.#media });
  }

  #queued(guests: WaitingGuest[]): void {
    const known = new Set(this.guests.map((guest) => guest.id));
    this.guests = guests;
    for (const guest of guests) {
      if (this.#links.wasLetIn(guest.id, guest.instance)) this.#letInAgain(guest);
      else if (!known.has(guest.id)) this.events.happened("arrived", guest.name);
    }
  }

  #letInAgain(guest: WaitingGuest): void {
    if (this.#asked.has(guest.id)) return;
    this.#asked.add(guest.id);
    this.client.send({ type: "admit", guest: guest.id });
  }

  #restore(message: Extract<ServerMessage, { type: "snapshot" }>): void {
    this.admitted = message.state === "admitted";
    this.position = message.position;
    this.guests = message.guests;
    this.#links.restore(message.peers);
  }
}
