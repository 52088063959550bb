// The first pictures that one's own side sends, taken from the preview. A camera has the next one ready in up to 50 ms, and
// an encoder that begins leaves its first one out; the preview has one at once. Then the camera itself takes over.

/** Milliseconds: long enough for an encoder to begin, too short to be noticed. */
export const takesOverAfter = 200;

export class FirstPictures {
  // Made ahead, because making it takes as long as encoding a picture. What is not drawn is not captured.
  #context: CanvasRenderingContext2D | null;
  #track: MediaStreamTrack | null;
  #until = 0;

  /** `preview` shows the own camera; null while there is no such element. */
  constructor(private readonly preview: () => HTMLVideoElement | null) {
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = 480;
    this.#context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.#context?.fillRect(0, 0, 1, 1);
    this.#track = canvas.captureStream().getVideoTracks()[0] ?? null;
  }

  /** A track that shows what the preview shows, for a moment; null when there is nothing to show or nobody looks. */
  begin(): MediaStreamTrack | null {
    const preview = this.preview();
    if (preview === null || preview.readyState < preview.HAVE_CURRENT_DATA || document.hidden) return null;
    const canvas = this.#context?.canvas;
    if (canvas === undefined || this.#track === null) return null;
    if (canvas.width !== preview.videoWidth) canvas.width = preview.videoWidth;
    if (canvas.height !== preview.videoHeight) canvas.height = preview.videoHeight;
    const idle = this.#until < performance.now();
    this.#until = performance.now() + takesOverAfter;
    if (idle) this.#draw(preview);
    return this.#track;
  }

  #draw(preview: HTMLVideoElement): void {
    this.#context?.drawImage(preview, 0, 0);
    if (performance.now() < this.#until) requestAnimationFrame(() => this.#draw(preview));
  }
}
