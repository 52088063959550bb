// The camera that was opened early is used, once.
import { afterEach, expect, it, vi } from "vitest";
import { beginDevices, openDevices } from "../src/room/devices";

afterEach(() => vi.unstubAllGlobals());

it("gives what was begun to whoever asks first, and opens anew for the next", async () => {
  class Stream {
    getTracks = () => [];
    getAudioTracks = () => [];
    getVideoTracks = () => [];
  }
  const getUserMedia = vi.fn(async () => new Stream());
  vi.stubGlobal("MediaStream", Stream);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  beginDevices({});
  expect(getUserMedia).toHaveBeenCalledTimes(1);
  const first = await openDevices();
  expect(getUserMedia).toHaveBeenCalledTimes(1);
  const second = await openDevices();
  expect(getUserMedia).toHaveBeenCalledTimes(2);
  expect(second.stream).not.toBe(first.stream);
});
