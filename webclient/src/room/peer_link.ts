// The connection to one other participant: an RTCPeerConnection prepared without tracks, negotiated by the rules of
// negotiation.ts, repaired when it breaks. It knows no signaling socket and draws nothing.
import type { CandidateFields, DescriptionKind, PeerInfo } from "../messages";
import { withStartBitrate } from "./bitrate";
import { Candidates } from "./candidates";
import type { LinkExtension, MakeExtension } from "./link_extension";
import { judge, knownOrigin, originOf, takesBack } from "./negotiation";
import { Pulse } from "./pulse";
import { Receiving } from "./receiving";
import { Repair } from "./repair";
import { ScreenSending } from "./screen_sending";
import { type OwnTracks, type PictureRules, Sending } from "./sending";
import { TalkGate } from "./talk_gate";

export interface LinkSurroundings {
  /** Asked for at each new start: the relay's credentials have their time. */
  configuration(): RTCConfiguration;
  sendDescription(to: string, kind: DescriptionKind, sdp: string): void;
  sendCandidate(to: string, candidate: CandidateFields): void;
  extend: MakeExtension;
  changed(): void;
  /** The connection has carried nothing for `ms`, and nobody has said why. */
  broken(ms: number): void;
  now(): number;
}

const checkEvery = 1000;
const askAgainAfter = 5000;
const politeWaits = 600;

export class PeerLink {
  connection: RTCPeerConnection;
  /** What the other side sends; null until the host has admitted, so that nothing can be played before. */
  media: MediaStream | null = null;
  sound: MediaStream | null = null;
  /** The other side's shared screen; null as long as `media` is. */
  screen: MediaStream | null = null;
  open = false;
  readonly talk: LinkExtension;
  /** Whether a word to the other side would arrive now: both have their line, and the server named this pair. */
  #reachable = true;
  #receiving = new Receiving();
  #sending = new Sending();
  #screen = new ScreenSending();
  #talkGate: TalkGate;
  #pulse: Pulse;
  #candidates = new Candidates();
  #makingOffer = false;
  #settingAnswer = false;
  #ignoring = false;
  #spoilt = false;
  #repair: Repair;
  #offeredAt = 0;
  #droppedOrigin: string | null = null;
  #timer: ReturnType<typeof setInterval>;
  #work: Promise<void> = Promise.resolve();

  constructor(
    readonly peer: PeerInfo,
    private readonly around: LinkSurroundings,
  ) {
    this.#repair = new Repair(() => around.now());
    this.#pulse = new Pulse(() => around.now());
    this.talk = around.extend(this);
    this.#talkGate = new TalkGate(this.talk, this);
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
    this.sound = this.#receiving.sound;
    this.screen = this.#receiving.screen;
    this.#sending.open(tracks, !this.peer.polite);
    this.#talkGate.admitted();
    this.#pulse.reset();
    this.around.changed();
  }

  /** Own tracks flow while the other side is not yet told whom to show. What is returned takes them back if it never is. */
  sendAhead(tracks: OwnTracks): () => void {
    this.#sending.open(tracks, !this.peer.polite);
    return () => this.open || this.#sending.takeBack();
  }

  setTracks(tracks: OwnTracks): void {
    this.#sending.setTracks(tracks);
  }

  setPictures(rules: PictureRules): void {
    this.#sending.setRules(rules);
  }

  shareScreen(stream: MediaStream | null): void {
    if (this.open) this.#screen.share(stream);
  }

  /** Once words get through again, what may have been lost on the way is said again. */
  set reachable(reachable: boolean) {
    this.#reachable = reachable;
    if (!reachable) return;
    if (this.connection.signalingState === "have-local-offer") this.#sayDescription();
    // The impolite side goes first where it knows as well, so that offers do not meet.
    else setTimeout(() => this.#lineBack(), this.peer.polite ? politeWaits : 0);
  }

  /** Carries something, as far as one can tell. */
  get alive(): boolean {
    return this.state === "connected" && this.#silentFor === null;
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
    this.#talkGate.close();
    this.#abandon(this.connection);
    this.#sending.close();
    this.media = this.sound = this.screen = null;
    this.open = false;
  }

  #inOrder(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(step).catch(() => undefined);
    return this.#work;
  }

  #connect(): RTCPeerConnection {
    const connection = new RTCPeerConnection({ ...this.around.configuration(), bundlePolicy: "max-bundle" });
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
    connection.onnegotiationneeded = connection.onicecandidate = null;
    connection.onconnectionstatechange = connection.ontrack = null;
    connection.close();
  }

  #addSections(): void {
    this.#sending.addTransceivers(this.connection);
    this.#screen.use(this.connection); // after camera and microphone
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
      knownOrigin: knownOrigin(this.connection),
      droppedOrigin: this.#droppedOrigin,
    });
    if (kind === "offer") this.#ignoring = verdict === "ignore";
    if (verdict === "ignore") return;
    if (verdict === "replace") this.#rebuild(false);
    const connection = this.connection;
    if (takesBack(kind, connection)) this.#spoilt = true;
    this.#settingAnswer = kind === "answer";
    try {
      await connection.setRemoteDescription({ type: kind, sdp: withStartBitrate(sdp) });
    } finally {
      this.#settingAnswer = false;
    }
    await this.#candidates.described(connection);
    if (kind !== "offer" || connection !== this.connection) return;
    this.#sending.adoptTransceivers(connection);
    this.#screen.use(connection);
    this.#talkGate.answering();
    await connection.setLocalDescription();
    this.#sayDescription();
    this.#check();
  }

  async #addCandidate(fields: CandidateFields): Promise<void> {
    try {
      await this.#candidates.add(this.connection, fields);
    } catch (error) {
      // Belongs to an offer that was ignored, or to a connection given up: nothing is missing.
      if (!this.#ignoring && this.#droppedOrigin === null) throw error;
    }
  }

  #stateChanged(): void {
    this.#repair.changed(this.state);
    if (this.state === "connected") this.#sending.preferFluency();
    this.around.changed();
    this.#check();
  }

  #check(): void {
    if (!this.#reachable) return;
    const now = this.around.now();
    if (this.connection.signalingState === "have-local-offer" && now - this.#offeredAt >= askAgainAfter) {
      this.#sayDescription();
    }
    // The line to the server has probably gone the same way, and is needed to repair this one.
    if (this.open && this.state === "connected") void this.#pulse.look(this.connection);
    const broken = this.#repair.brokenFor(this.state) ?? this.#silentFor;
    if (broken !== null) this.around.broken(broken);
    const answered = this.connection.signalingState !== "have-local-offer";
    const step = this.#repair.step(this.state, this.peer.polite, answered);
    if (step === "restart") this.#restart();
    // Chromium's received video stays dark for good once an own offer was taken back: only a new connection helps.
    if (step === "rebuild" || (this.#spoilt && this.state === "connected")) this.#rebuild(true);
  }

  /** For how long nothing has come although the other side says that it sends. */
  get #silentFor(): number | null {
    const { audio, video } = this.peer;
    return this.open && (audio || video) && this.state === "connected" ? this.#pulse.silentFor : null;
  }

  /** Both sides have their line again, perhaps from another network: what was connected may lead nowhere now. */
  async #prove(): Promise<void> {
    const { connection } = this;
    if (!this.open || this.state !== "connected" || !(this.peer.audio || this.peer.video)) return;
    const alive = await this.#pulse.proves(connection).catch(() => true);
    if (!alive && connection === this.connection && this.#reachable && this.open) this.#restart();
  }

  #lineBack(): void {
    if (!this.#reachable || this.connection.signalingState !== "stable") return;
    if (this.state === "failed" || this.state === "disconnected") this.#restart();
    else void this.#prove();
  }

  #restart(): void {
    this.#repair.restarted();
    this.connection.setConfiguration({ ...this.around.configuration(), bundlePolicy: "max-bundle" });
    this.connection.restartIce();
  }

  /** A new connection in the place of one that no restart repairs, or because the other side has begun a new one. */
  #rebuild(offering: boolean): void {
    this.#droppedOrigin = knownOrigin(this.connection) ?? this.#droppedOrigin;
    this.#abandon(this.connection);
    this.#sending.forgetSenders();
    this.#candidates.forget();
    this.#repair.rebuilt(offering);
    this.#ignoring = false;
    this.#spoilt = false;
    this.connection = this.#connect();
    this.#pulse.reset();
    if (offering) this.#addSections();
    this.#talkGate.replaced(offering);
    this.around.changed();
  }
}
