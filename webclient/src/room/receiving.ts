// What comes in over one connection: camera and sound, and a shared screen beside them. Nothing plays before admission.

export class Receiving {
  /** Picture and sound apart: Chromium gives no sound as long as the picture of the same stream has not come. */
  readonly media = new MediaStream();
  readonly sound = new MediaStream();
  readonly screen = new MediaStream();
  #open = false;

  open(): void {
    this.#open = true;
    for (const stream of [this.media, this.sound, this.screen]) {
      for (const track of stream.getTracks()) track.enabled = true;
    }
  }

  /** The first section of a kind is camera or microphone, what comes after it a shared screen. */
  take({ track, transceiver }: RTCTrackEvent, connection: RTCPeerConnection): void {
    const first = connection.getTransceivers().find((one) => one.receiver.track.kind === track.kind);
    const own = track.kind === "audio" ? this.sound : this.media;
    const stream = first === transceiver ? own : this.screen;
    for (const old of stream.getTracks()) {
      if (old.kind === track.kind && old !== track) stream.removeTrack(old);
    }
    track.enabled = this.#open;
    stream.addTrack(track);
  }
}
