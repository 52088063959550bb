// The connection to one other participant: an RTCPeerConnection prepared without tracks, negotiated by the rules of
// negotiation.ts, repaired when it breaks. It knows no signaling socket and draws nothing.
import type { CandidateFields, DescriptionKind, PeerInfo } from "../messages";
import { withStartBitrate } from "./bitrate";
import type { LinkExtension, MakeExtension } from "./link_extension";
import { judge, originOf, remedy } from "./negotiation";
import { Receiving } from "./receiving";
import { ScreenSending } from "./screen_sending";
import { type OwnTracks, Sending } from "./sending";

export interface LinkSurroundings {
  configuration: RTCConfiguration;
  sendDescription(to: string, kind: DescriptionKind, sdp: string): void;
  sendCandidate(to: string, candidate: CandidateFields): void;
  extend: MakeExtension;
  changed(): void;
  now(): number;
}

const checkEvery = 1000;
const askAgainAfter = 5000;
/** Milliseconds: what else is said over the connection lets the first picture go ahead. */
const talkAfter = 500;

export class PeerLink {
  connection: RTCPeerConnection;
  /** What the other side sends; null until the host has admitted, so that nothing can be played before. */
  media: MediaStream | null = null;
  /** The other side's shared screen; null as long as `media` is. */
  screen: MediaStream | null = null;
  open = false;
  readonly talk: LinkExtension;
  /** Whether a word to the other side would arrive now: both have their line, and the server named this pair. */
  #reachable = true;
  #receiving = new Receiving();
  #sending = new Sending();
  #screen = new ScreenSending();
  #talkTimer: ReturnType<typeof setTimeout> | undefined;
  #talking: "no" | "yes" | "replaced" = "no";
  #buffered: RTCIceCandidateInit[] = [];
  #makingOffer = false;
  #settingAnswer = false;
  #ignoring = false;
  #restarted = false;
  #since: number;
  #offeredAt = 0;
  #droppedOrigin: string | null = null;
  #timer: ReturnType<typeof setInterval>;
  #work: Promise<void> = Promise.resolve();

  constructor(
    readonly peer: PeerInfo,
    private readonly around: LinkSurroundings,
  ) {
    this.#since = around.now();
    this.talk = around.extend(this);
    this.connection = this.#connect();
    this.#timer = setInterval(() => this.#check(), checkEvery);
    if (!peer.polite) this.#addSections();
  }

  get state(): RTCPeerConnectionState {
    return this.connection.connectionState;
  }

  /** Lets media flow: own tracks are put into the prepared senders, what comes in may be shown. */
  openMedia(tracks: OwnTracks): void {
    this.open = true;
    this.#receiving.open();
    this.media = this.#receiving.media;
    this.screen = this.#receiving.screen;
    this.#sending.open(tracks, !this.peer.polite);
    // The polite side follows when the offer with a section for data comes, so that both do not offer at once.
    if (!this.peer.polite || this.#offersData())
      this.#talkTimer = setTimeout(() => this.#openTalk(), talkAfter);
    this.around.changed();
  }

  setTracks(tracks: OwnTracks): void {
    this.#sending.setTracks(tracks);
  }

  /** Shows a screen to the other side, or takes it back. Only for a link that is open. */
  shareScreen(stream: MediaStream | null): void {
    if (this.open) this.#screen.share(stream);
  }

  /** Once words get through again, what may have been lost on the way is said again. */
  set reachable(reachable: boolean) {
    this.#reachable = reachable;
    if (!reachable) return;
    if (this.connection.signalingState === "have-local-offer") this.#sayDescription();
    if (this.state === "failed" || this.state === "disconnected") this.#restart();
  }

  /** Descriptions and candidates are handled one after the other, in the order in which they came. */
  receiveDescription(kind: DescriptionKind, sdp: string): Promise<void> {
    return this.#inOrder(() => this.#describe(kind, sdp));
  }

  receiveCandidate(fields: CandidateFields): Promise<void> {
    return this.#inOrder(() => this.#addCandidate(fields));
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#talkTimer);
    this.talk.close();
    this.#abandon(this.connection);
    this.#sending.close();
    this.media = null;
    this.screen = null;
    this.open = false;
  }

  #inOrder(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(step).catch(() => undefined);
    return this.#work;
  }

  #connect(): RTCPeerConnection {
    const connection = new RTCPeerConnection({ ...this.around.configuration, bundlePolicy: "max-bundle" });
    connection.onnegotiationneeded = () => void this.#offer(connection);
    connection.onicecandidate = (event) => this.#sayCandidate(event.candidate);
    connection.onconnectionstatechange = () => this.#stateChanged();
    connection.ontrack = (event) => {
      this.#receiving.take(event, connection);
      this.around.changed();
    };
    return connection;
  }

  #abandon(connection: RTCPeerConnection): void {
    connection.onnegotiationneeded = null;
    connection.onicecandidate = null;
    connection.onconnectionstatechange = null;
    connection.ontrack = null;
    connection.close();
  }

  /** For the side that offers: camera and microphone come first, a shared screen after them. */
  #addSections(): void {
    this.#sending.addTransceivers(this.connection);
    this.#screen.use(this.connection);
  }

  #offersData(): boolean {
    return this.connection.remoteDescription?.sdp.includes("\nm=application") === true;
  }

  #openTalk(): void {
    if (!this.open || this.#talking === "yes") return;
    const before = this.#talking;
    this.#talking = "yes";
    if (before === "replaced") this.talk.replaced(this.connection);
    else this.talk.open(this.connection, this);
  }

  async #offer(connection: RTCPeerConnection): Promise<void> {
    try {
      this.#makingOffer = true;
      await connection.setLocalDescription();
      if (connection === this.connection) this.#sayDescription();
    } catch {
      // The connection was closed or an offer of the other side came first; negotiationneeded fires again.
    } finally {
      this.#makingOffer = false;
    }
  }

  #sayDescription(): void {
    const description = this.connection.localDescription;
    if (description === null || description.type === "rollback" || description.type === "pranswer") return;
    if (description.type === "offer") this.#offeredAt = this.around.now();
    this.around.sendDescription(this.peer.id, description.type, description.sdp);
  }

  #sayCandidate(candidate: RTCIceCandidate | null): void {
    this.around.sendCandidate(this.peer.id, {
      candidate: candidate?.candidate ?? "",
      sdp_mid: candidate?.sdpMid ?? null,
      sdp_m_line_index: candidate?.sdpMLineIndex ?? null,
      username_fragment: candidate?.usernameFragment ?? null,
    });
  }

  async #describe(kind: DescriptionKind, sdp: string): Promise<void> {
    const verdict = judge({
      kind,
      polite: this.peer.polite,
      makingOffer: this.#makingOffer,
      settingAnswer: this.#settingAnswer,
      signalingState: this.connection.signalingState,
      origin: originOf(sdp),
      knownOrigin: this.#knownOrigin(),
      droppedOrigin: this.#droppedOrigin,
    });
    if (kind === "offer") this.#ignoring = verdict === "ignore";
    if (verdict === "ignore") return;
    if (verdict === "replace") this.#rebuild(false);
    const connection = this.connection;
    this.#settingAnswer = kind === "answer";
    try {
      await connection.setRemoteDescription({ type: kind, sdp: withStartBitrate(sdp) });
    } finally {
      this.#settingAnswer = false;
    }
    await this.#addBuffered();
    if (kind !== "offer" || connection !== this.connection) return;
    this.#sending.adoptTransceivers(connection);
    this.#screen.use(connection);
    if (this.#talking === "replaced" || this.#offersData()) this.#openTalk();
    await connection.setLocalDescription();
    this.#sayDescription();
  }

  #knownOrigin(): string | null {
    const description = this.connection.remoteDescription;
    return description === null ? null : originOf(description.sdp);
  }

  async #addCandidate(fields: CandidateFields): Promise<void> {
    const candidate: RTCIceCandidateInit = {
      candidate: fields.candidate,
      sdpMid: fields.sdp_mid,
      sdpMLineIndex: fields.sdp_m_line_index,
      usernameFragment: fields.username_fragment,
    };
    if (this.connection.remoteDescription === null) {
      this.#buffered.push(candidate);
      return;
    }
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      // Belongs to an offer that was ignored, or to a connection given up: nothing is missing.
      if (!this.#ignoring && this.#droppedOrigin === null) throw error;
    }
  }

  async #addBuffered(): Promise<void> {
    const buffered = this.#buffered;
    this.#buffered = [];
    for (const candidate of buffered) await this.connection.addIceCandidate(candidate).catch(() => undefined);
  }

  #stateChanged(): void {
    this.#since = this.around.now();
    if (this.state === "connected") {
      this.#restarted = false;
      this.#sending.preferFluency();
    }
    this.around.changed();
    this.#check();
  }

  #check(): void {
    if (!this.#reachable) return;
    const now = this.around.now();
    if (this.connection.signalingState === "have-local-offer" && now - this.#offeredAt >= askAgainAfter) {
      this.#sayDescription();
    }
    const step = remedy(this.state, now - this.#since, this.peer.polite, this.#restarted);
    if (step === "restart") this.#restart();
    if (step === "rebuild") this.#rebuild(true);
  }

  #restart(): void {
    this.#restarted = true;
    this.#since = this.around.now();
    this.connection.restartIce();
  }

  /** A new connection in the place of one that no restart repairs, or because the other side has begun a new one. */
  #rebuild(offering: boolean): void {
    this.#droppedOrigin = this.#knownOrigin() ?? this.#droppedOrigin;
    this.#abandon(this.connection);
    this.#sending.forgetSenders();
    this.#buffered = [];
    this.#restarted = offering;
    this.#ignoring = false;
    this.#since = this.around.now();
    this.connection = this.#connect();
    if (this.#talking === "yes") this.#talking = "replaced";
    if (offering) {
      this.#addSections();
      if (this.#talking === "replaced") this.#openTalk();
    }
    this.around.changed();
  }
}
