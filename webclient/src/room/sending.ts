// What this side sends over one connection: its own tracks, put into senders that were prepared without any.
import { type FirstPictures, takesOverAfter } from "./first_picture";

export interface OwnTracks {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  first?: FirstPictures;
}

export class Sending {
  // Own references: Safari forgets a sender's track after a long mute.
  #senders: { audio: RTCRtpSender | null; video: RTCRtpSender | null } = { audio: null, video: null };
  #tracks: OwnTracks = { audio: null, video: null };
  #standIn: MediaStreamTrack | null = null;
  #open = false;
  // The stream is empty: it only names both tracks as belonging together, for lip synchrony.
  readonly #stream = new MediaStream();

  /** For the side that offers. */
  addTransceivers(connection: RTCPeerConnection): void {
    for (const kind of ["audio", "video"] as const) {
      const transceiver = connection.addTransceiver(kind, { direction: "sendrecv", streams: [this.#stream] });
      this.#senders[kind] = transceiver.sender;
    }
    this.#fill();
  }

  /** For the side that answers: the first sections of the offer are used in both directions. */
  adoptTransceivers(connection: RTCPeerConnection): void {
    for (const kind of ["audio", "video"] as const) {
      const transceiver = connection.getTransceivers().find((one) => one.receiver.track.kind === kind);
      if (transceiver === undefined || this.#senders[kind] === transceiver.sender) continue;
      transceiver.direction = "sendrecv";
      transceiver.sender.setStreams(this.#stream);
      this.#senders[kind] = transceiver.sender;
    }
    this.#fill();
  }

  /** The connection was replaced; its senders are gone, the tracks stay. */
  forgetSenders(): void {
    this.#senders = { audio: null, video: null };
  }

  /** From now on tracks flow. `leading`: this side lets the other in and shows itself first; the other, busy with getting
   * that picture onto the page, follows as soon as it is through. */
  open(tracks: OwnTracks, leading: boolean): void {
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

  close(): void {
    this.#open = false;
  }

  /** When the line gets thin the picture shall lose detail before it loses movement (signing needs 20 frames a second).
   * To be called before the first picture: changed while pictures flow, it would make the encoder start again. */
  preferFluency(): void {
    const sender = this.#senders.video;
    if (sender === null) return;
    const parameters = sender.getParameters() as RTCRtpSendParameters & { degradationPreference?: string };
    parameters.degradationPreference = "maintain-framerate";
    sender.setParameters(parameters).catch(() => undefined);
  }

  #lead(): void {
    this.#standIn = (this.#tracks.video?.enabled && this.#tracks.first?.begin()) || null;
    this.#fill();
    if (this.#standIn !== null) setTimeout(() => this.setTracks(this.#tracks), takesOverAfter);
  }

  #fill(): void {
    if (!this.#open) return;
    // The picture first: opening the sound keeps the browser's threads busy, and a picture takes longer to begin.
    for (const kind of ["video", "audio"] as const) {
      const sender = this.#senders[kind];
      const track = (kind === "video" && this.#standIn) || this.#tracks[kind];
      if (sender === null || sender.track === track) continue;
      sender.replaceTrack(track).catch(() => undefined);
    }
  }
}
