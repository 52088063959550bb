// Cameras and microphones that are asked for faster than a browser opens them: the last one stays, and no other stays on.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { OwnSide } from "../src/room/own_side";

class Track {
  readyState = "live";
  enabled = true;
  muted = false;

  constructor(
    readonly kind: string,
    readonly label: string,
  ) {
    opened.push(this);
  }

  stop(): void {
    this.readyState = "ended";
  }

  getSettings(): object {
    return {};
  }
}

class Stream {
  readonly #tracks: Set<Track>;

  constructor(tracks: Track[] = []) {
    this.#tracks = new Set(tracks);
  }

  getTracks = () => [...this.#tracks];
  getVideoTracks = () => this.getTracks().filter(({ kind }) => kind === "video");
  getAudioTracks = () => this.getTracks().filter(({ kind }) => kind === "audio");
  addTrack = (track: Track) => void this.#tracks.add(track);
  removeTrack = (track: Track) => void this.#tracks.delete(track);
}

interface Wish {
  audio?: object;
  video?: { deviceId?: { exact: string } };
}

let opened: Track[];
let waiting: (() => void)[];
const live = () =>
  opened
    .filter(({ readyState }) => readyState === "live")
    .map(({ label }) => label)
    .sort();
const settled = () => new Promise((done) => setImmediate(done));

/** The browser opens what was asked for now. */
async function browserOpens(): Promise<void> {
  for (const open of waiting.splice(0)) open();
  await settled();
}

function ownSide(): OwnSide {
  const session = { ended: null, refused: null, openLinks: [], setTracks: vi.fn(), sayMedia: vi.fn() };
  const nothing = () => undefined;
  return new OwnSide({
    session: () => session as never,
    preview: () => null,
    say: nothing,
    changed: nothing,
  });
}

beforeEach(() => {
  opened = [];
  waiting = [];
  const getUserMedia = async ({ audio, video }: Wish) => {
    await new Promise<void>((open) => void waiting.push(open));
    const camera = video && new Track("video", video.deviceId?.exact ?? "first");
    return new Stream([...(audio ? [new Track("audio", "sound")] : []), ...(camera ? [camera] : [])]);
  };
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia }, userAgent: "" });
  vi.stubGlobal("MediaStream", Stream);
  const canvas = { getContext: () => null, captureStream: () => new Stream() };
  vi.stubGlobal("document", { createElement: () => canvas });
});

describe("own devices", () => {
  it("that are asked for twice are open once", async () => {
    const own = ownSide();
    void own.open();
    void own.open();
    await browserOpens();
    expect(live()).toEqual(["first", "sound"]);
    expect(own.devices?.stream.getTracks().every(({ readyState }) => readyState === "live")).toBe(true);
  });

  it("are the last that somebody stops at in a list", async () => {
    const own = ownSide();
    void own.open();
    await browserOpens();
    for (const camera of ["second", "third", "fourth"]) void own.choose({ camera });
    for (let round = 0; round < 4; round += 1) await browserOpens();
    expect(live()).toEqual(["fourth", "sound"]);
    expect(own.devices?.video?.label).toBe("fourth");
  });

  it("that come after the end are let go of", async () => {
    const own = ownSide();
    void own.open();
    own.close();
    await browserOpens();
    void own.open();
    await browserOpens();
    void own.choose({ camera: "second" });
    await settled();
    own.close();
    await browserOpens();
    expect([own.devices, live()]).toEqual([null, []]);
  });
});
