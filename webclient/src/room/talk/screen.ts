// Sharing one's screen: asked of the browser, shown to everybody in the call, stopped from the page or from the browser's
// own bar. How it travels is the room's screen_sending.ts.

export type Surface = "monitor" | "window" | "browser" | "unknown";
export type ScreenProblem = "cannot" | "refused" | "failed";

export interface ScreenSurroundings {
  changed(): void;
  /** Shows `stream` to the others; null takes it back. */
  share(stream: MediaStream | null): void;
  stopped(): void;
}

// Newer than the types: browsers that do not know a wish pass it over.
interface DisplayWish extends DisplayMediaStreamOptions {
  selfBrowserSurface?: "include" | "exclude";
  surfaceSwitching?: "include" | "exclude";
}

// A window rather than everything: so no message of another program is seen by accident. Few pictures a second, sharp.
const wish: DisplayWish = {
  video: { displaySurface: "window", frameRate: { ideal: 15, max: 30 } },
  audio: false,
  selfBrowserSurface: "exclude",
  surfaceSwitching: "include",
};

function surfaceOf(track: MediaStreamTrack): Surface {
  const surface = (track.getSettings() as { displaySurface?: string }).displaySurface;
  return surface === "monitor" || surface === "window" || surface === "browser" ? surface : "unknown";
}

/** Phones have nothing to ask for. */
export function canShare(): boolean {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return typeof devices?.getDisplayMedia === "function";
}

export class ScreenShare {
  /** What is shown now; null: nothing. */
  surface: Surface | null = null;
  problem: ScreenProblem | null = null;
  #stream: MediaStream | null = null;
  #asking = false;
  #closed = false;

  constructor(private readonly around: ScreenSurroundings) {}

  /** Asks which screen, window or tab, and shows it. One at a time: to show another, this one is stopped. */
  async start(): Promise<void> {
    if (this.#asking || this.#stream !== null) return;
    if (!canShare()) {
      this.#failed("cannot");
      return;
    }
    this.#asking = true;
    try {
      this.#show(await navigator.mediaDevices.getDisplayMedia(wish));
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      this.#failed(name === "NotAllowedError" || name === "AbortError" ? "refused" : "failed");
    } finally {
      this.#asking = false;
    }
  }

  stop(): void {
    if (this.#stream === null) return;
    for (const track of this.#stream.getTracks()) {
      track.onended = null;
      track.stop();
    }
    this.#stream = null;
    this.surface = null;
    this.around.share(null);
    this.around.stopped();
    this.around.changed();
  }

  close(): void {
    this.#closed = true;
    this.stop();
  }

  #show(stream: MediaStream): void {
    const track = stream.getVideoTracks()[0];
    if (track === undefined || this.#closed) {
      for (const one of stream.getTracks()) one.stop();
      return;
    }
    // Letters before movement.
    track.contentHint = "detail";
    track.onended = () => this.stop();
    this.#stream = stream;
    this.surface = surfaceOf(track);
    this.problem = null;
    this.around.share(stream);
    this.around.changed();
  }

  #failed(problem: ScreenProblem): void {
    this.problem = problem;
    this.around.changed();
  }
}
