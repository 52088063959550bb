// Puts streams into the page's video and audio elements and starts them; when the browser forbids sound, says so instead.

export class Playback {
  /** A browser refused to play before the reader has touched the page. */
  silent = false;
  #speaker = "";

  constructor(private readonly changed: () => void) {}

  /** Shows `stream` in `element`, or nothing at all for null: what is not admitted is not played. */
  show(element: HTMLMediaElement, stream: MediaStream | null, firstFrame = false): void {
    if (element.srcObject === stream) return;
    element.srcObject = stream;
    if (stream === null) return;
    this.#route(element);
    if (firstFrame && element instanceof HTMLVideoElement && "requestVideoFrameCallback" in element) {
      element.requestVideoFrameCallback(() => performance.mark("sz-first-frame"));
    }
    this.#play(element);
  }

  /** Called from a click, which is what browsers ask for. */
  playAll(elements: Iterable<HTMLMediaElement>): void {
    this.silent = false;
    for (const element of elements) this.#play(element);
    this.changed();
  }

  /** After the page was away: what a phone has paused goes on. */
  resume(elements: Iterable<HTMLMediaElement>): void {
    for (const element of elements) if (element.paused && element.srcObject !== null) this.#play(element);
  }

  /** Into a small window above all others, and back. */
  float(element: HTMLVideoElement | null): void {
    const away =
      document.pictureInPictureElement === element
        ? document.exitPictureInPicture()
        : element?.requestPictureInPicture();
    away?.catch(() => undefined);
  }

  /** Sends the sound of `elements`, and of those that come later, to another loudspeaker. */
  setSpeaker(speaker: string | undefined, elements: Iterable<HTMLMediaElement>): void {
    this.#speaker = speaker ?? "";
    for (const element of elements) this.#route(element);
  }

  /** A loudspeaker that was pulled out fails; the sound stays where it is then. */
  #route(element: HTMLMediaElement): void {
    if (element.muted || !("setSinkId" in element) || element.sinkId === this.#speaker) return;
    element.setSinkId(this.#speaker).catch(() => undefined);
  }

  #play(element: HTMLMediaElement): void {
    element.play().catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      this.silent = true;
      this.changed();
    });
  }
}
