// Puts streams into the page's video elements and starts them; when the browser forbids sound, says so instead.

export class Playback {
  /** A browser refused to play before the reader has touched the page. */
  silent = false;

  constructor(private readonly changed: () => void) {}

  /** Shows `stream` in `element`, or nothing at all for null: what is not admitted is not played. */
  show(element: HTMLVideoElement, stream: MediaStream | null, firstFrame = false): void {
    if (element.srcObject === stream) return;
    element.srcObject = stream;
    if (stream === null) return;
    if (firstFrame && "requestVideoFrameCallback" in element) {
      element.requestVideoFrameCallback(() => performance.mark("sz-first-frame"));
    }
    this.#play(element);
  }

  /** Called from a click, which is what browsers ask for. */
  playAll(elements: Iterable<HTMLVideoElement>): void {
    this.silent = false;
    for (const element of elements) this.#play(element);
    this.changed();
  }

  #play(element: HTMLVideoElement): void {
    element.play().catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      this.silent = true;
      this.changed();
    });
  }
}
