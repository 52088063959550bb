// Words into a microphone are noticed whenever they fall, between two looks as well: in the room, and by the check.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { probeMicrophone } from "../src/check/probes";
import type { OwnDevices } from "../src/room/devices";
import { MicrophoneWatch } from "../src/room/microphone_watch";

const sampleRate = 48_000;

/** A short sound twice a second, `phase` milliseconds after the looks. */
let phase = 0;

class FakeAnalyser {
  readonly fftSize: number;

  constructor(_context: unknown, options: { fftSize: number }) {
    this.fftSize = options.fftSize;
  }

  getFloatTimeDomainData(into: Float32Array): void {
    const now = performance.now();
    for (let at = 0; at < into.length; at++) {
      const moment = now - ((into.length - at) / sampleRate) * 1000;
      const inBeep = (((moment - phase) % 500) + 500) % 500 < 20;
      into[at] = inBeep ? 0.5 * (at % 2 === 0 ? 1 : -1) : 0;
    }
  }
}

class FakeContext {
  state = "running";
  sampleRate = sampleRate;
  createMediaStreamSource = () => ({ connect: () => undefined });
  resume = async () => undefined;
  close = async () => undefined;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "performance"] });
  vi.stubGlobal("AudioContext", FakeContext);
  vi.stubGlobal("AnalyserNode", FakeAnalyser);
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal("document", { getElementById: () => null, documentElement: { lang: "de" } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([0, 20, 40, 60, 80])("by the check also %i ms after a look", async (after) => {
  phase = after;
  const found = probeMicrophone({ audio: {} } as OwnDevices, () => undefined);
  await vi.advanceTimersByTimeAsync(7000);
  expect((await found).verdict).toBe("ok");
});

it.each([0, 40, 80, 120, 160, 200, 240])("into one that is off also %i ms after a look", (after) => {
  phase = after;
  const track = {
    enabled: false,
    muted: false,
    readyState: "live",
    clone: () => ({ stop: () => undefined }),
  };
  const hints: unknown[] = [];
  const watch = new MicrophoneWatch(
    () => undefined,
    (hint) => hints.push(hint),
  );
  watch.listen(track as unknown as MediaStreamTrack);
  vi.advanceTimersByTime(5000);
  watch.stop();
  expect(hints).toContain("muted");
});
