// What this side sends over one connection: its own tracks, put into senders that were prepared without any.
import { type FirstPictures, takesOverAfter } from "./first_picture";

export interface OwnTracks {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  first?: FirstPictures;
}

/** How pictures go over one connection. */
export interface PictureRules {
  /** Own pictures are sent; not on a weak line, not while somebody saves data. */
  send: boolean;
  /** The other side's pictures are wanted. */
  receive: boolean;
  /** The picture is made smaller by this: with more people each gets less. */
  shrink: number;
}

export class Sending {
  // Own references: Safari forgets a sender's track after a long mute.
  #senders: { audio: RTCRtpSender | null; video: RTCRtpSender | null } = { audio: null, video: null };
  #pictures: RTCRtpTransceiver | null = null;
  // Asked for last: replaceTrack takes its time, and meanwhile the sender still names the one before.
  #asked: { audio?: MediaStreamTrack | null; video?: MediaStreamTrack | null } = {};
  #tracks: OwnTracks = { audio: null, video: null };
  #rules: PictureRules = { send: true, receive: true, shrink: 1 };
  #standIn: MediaStreamTrack | null = null;
  #open = false;
  // The stream is empty: it only names both tracks as belonging together, for lip synchrony.
  readonly #stream = new MediaStream();

  /** For the side that offers. */
  addTransceivers(connection: RTCPeerConnection): void {
    for (const kind of ["audio", "video"] as const) {
      const direction = kind === "audio" ? "sendrecv" : this.#direction;
      const transceiver = connection.addTransceiver(kind, { direction, streams: [this.#stream] });
      this.#use(kind, transceiver);
    }
    this.#fill();
  }

  /** For the side that answers: the first sections of the offer are used in both directions. */
  adoptTransceivers(connection: RTCPeerConnection): void {
    for (const kind of ["audio", "video"] as const) {
      const transceiver = connection.getTransceivers().find((one) => one.receiver.track.kind === kind);
      if (transceiver === undefined || this.#senders[kind] === transceiver.sender) continue;
      transceiver.direction = kind === "audio" ? "sendrecv" : this.#direction;
      transceiver.sender.setStreams(this.#stream);
      this.#use(kind, transceiver);
    }
    this.#fill();
  }

  /** The connection was replaced; its senders are gone, the tracks stay. */
  forgetSenders(): void {
    this.#senders = { audio: null, video: null };
    this.#pictures = null;
    this.#asked = {};
  }

  /** From now on tracks flow; nothing changes where they do. `leading`: this side lets the other in and shows itself first; the
   * other, busy with getting that picture onto the page, follows as soon as it is through. */
  open(tracks: OwnTracks, leading: boolean): void {
    if (this.#open) return;
    this.#open = true;
    this.#tracks = tracks;
    if (leading) this.#lead();
    else setTimeout(() => this.#fill());
  }

  setTracks(tracks: OwnTracks): void {
    this.#tracks = tracks;
    this.#standIn = null;
    this.#fill();
  }

  /** Asks for a negotiation only when `receive` changes. */
  setRules(rules: PictureRules): void {
    const { shrink } = this.#rules;
    this.#rules = rules;
    if (this.#pictures !== null && this.#pictures.direction !== this.#direction) {
      this.#pictures.direction = this.#direction;
    }
    if (rules.shrink !== shrink) this.preferFluency();
    this.#fill();
  }

  close(): void {
    this.#open = false;
  }

  /** Nothing flows any more until it is opened again. */
  takeBack(): void {
    this.#open = false;
    this.#standIn = null;
    for (const kind of ["video", "audio"] as const) {
      this.#asked[kind] = null;
      this.#senders[kind]?.replaceTrack(null).catch(() => undefined);
    }
  }

  /** When the line gets thin the picture shall lose detail before it loses movement (signing needs 20 frames a second).
   * To be called before the first picture: changed while pictures flow, it would make the encoder start again. */
  preferFluency(): void {
    const sender = this.#senders.video;
    if (sender === null) return;
    const parameters = sender.getParameters() as RTCRtpSendParameters & { degradationPreference?: string };
    parameters.degradationPreference = "maintain-framerate";
    const encoding = parameters.encodings[0];
    if (encoding !== undefined && (encoding.scaleResolutionDownBy ?? 1) !== this.#rules.shrink) {
      encoding.scaleResolutionDownBy = this.#rules.shrink;
    }
    sender.setParameters(parameters).catch(() => undefined);
  }

  get #direction(): RTCRtpTransceiverDirection {
    return this.#rules.receive ? "sendrecv" : "sendonly";
  }

  #use(kind: "audio" | "video", transceiver: RTCRtpTransceiver): void {
    this.#senders[kind] = transceiver.sender;
    delete this.#asked[kind];
    if (kind === "video") this.#pictures = transceiver;
  }

  #lead(): void {
    this.#standIn = (this.#tracks.video?.enabled && this.#rules.send && this.#tracks.first?.begin()) || null;
    this.#fill();
    if (this.#standIn !== null) setTimeout(() => this.setTracks(this.#tracks), takesOverAfter);
  }

  #fill(): void {
    if (!this.#open) return;
    // The picture first: opening the sound keeps the browser's threads busy, and a picture takes longer to begin.
    for (const kind of ["video", "audio"] as const) {
      const sender = this.#senders[kind];
      const track = kind === "audio" ? this.#tracks.audio : this.#picture;
      if (sender === null) continue;
      const asked = this.#asked[kind];
      if (sender.track === track && (asked === undefined || asked === track)) continue;
      this.#asked[kind] = track;
      sender.replaceTrack(track).catch(() => undefined);
    }
  }

  get #picture(): MediaStreamTrack | null {
    return this.#rules.send ? (this.#standIn ?? this.#tracks.video) : null;
  }
}
