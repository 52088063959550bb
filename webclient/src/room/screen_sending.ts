// A shared screen over one connection: sections of its own beside camera and microphone, kept when sharing stops.

export class ScreenSending {
  #connection: RTCPeerConnection | null = null;
  #senders = new Map<string, RTCRtpSender>();
  #stream: MediaStream | null = null;

  /** From now on over `connection`; senders of an earlier one are gone. */
  use(connection: RTCPeerConnection): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    this.#senders.clear();
    this.share(this.#stream);
  }

  /** Sends `stream`, null: nothing any more. Only the first time asks for a negotiation. */
  share(stream: MediaStream | null): void {
    this.#stream = stream;
    if (this.#connection === null) return;
    for (const kind of ["video", "audio"]) {
      const track = stream?.getTracks().find((one) => one.kind === kind) ?? null;
      const sender = this.#senders.get(kind);
      if (sender !== undefined) sender.replaceTrack(track).catch(() => undefined);
      else if (track !== null && stream !== null) {
        const options: RTCRtpTransceiverInit = { direction: "sendonly", streams: [stream] };
        this.#senders.set(kind, this.#connection.addTransceiver(track, options).sender);
      }
    }
  }
}
