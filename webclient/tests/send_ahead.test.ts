// Whom a clerk lets in gets the clerk's picture before the server has told both sides; and loses it when nobody was let in.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { PeerInfo } from "../src/messages";
import type { LinkExtension } from "../src/room/link_extension";
import { Links } from "../src/room/links";

class Sender {
  track: object | null = null;
  replaceTrack = vi.fn(async (track: object | null) => {
    this.track = track;
  });
  setStreams = vi.fn();
  getParameters = () => ({ encodings: [] });
  setParameters = async () => undefined;
}

class Connection {
  static last: Connection;
  connectionState = "connected";
  signalingState = "stable";
  senders: Record<string, Sender[]> = { audio: [], video: [] };
  constructor() {
    Connection.last = this;
  }
  addTransceiver(kind: string) {
    const sender = new Sender();
    this.senders[kind]?.push(sender);
    return {
      sender,
      receiver: { track: { kind } },
      direction: "sendrecv",
      setCodecPreferences: () => undefined,
    };
  }
  getTransceivers = () => [];
  getStats = async () => new Map();
  addEventListener = () => undefined;
  close = () => undefined;
}

const guest: PeerInfo = {
  id: "guest",
  name: "Ada",
  role: "guest",
  part: "citizen",
  polite: false,
  instance: "i1",
  prepared: true,
  audio: true,
  video: true,
  screen: false,
};
const tracks = { audio: { kind: "audio" }, video: { kind: "video", enabled: true } } as unknown as {
  audio: MediaStreamTrack;
  video: MediaStreamTrack;
};

function links(): Links {
  const extension = { open: () => undefined, close: () => undefined } as unknown as LinkExtension;
  return new Links({
    welcome: () => null,
    extend: () => extension,
    sendDescription: () => undefined,
    sendCandidate: () => undefined,
    changed: () => undefined,
    broken: () => undefined,
    happened: () => undefined,
  });
}

const sent = () => [Connection.last.senders.audio?.[0]?.track, Connection.last.senders.video?.[0]?.track];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("RTCPeerConnection", Connection);
  const stream = class {
    getTracks = () => [];
  };
  vi.stubGlobal("MediaStream", stream);
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("nobody who waits gets a picture; who is let in gets it at once, and keeps it when the server tells so", () => {
  const all = links();
  all.named(guest);
  all.setTracks(tracks);
  expect(sent()).toEqual([null, null]);
  all.sendAhead("guest");
  expect(sent()).toEqual([tracks.audio, tracks.video]);
  expect(all.open).toEqual([]);
  all.named({ ...guest, prepared: false });
  vi.advanceTimersByTime(5000);
  expect(all.open).toHaveLength(1);
  expect(sent()).toEqual([tracks.audio, tracks.video]);
  expect(Connection.last.senders.video?.[0]?.replaceTrack).toHaveBeenCalledTimes(1);
  all.close();
});

it("who saves data sends no picture ahead", () => {
  const all = links();
  all.named(guest);
  all.setTracks(tracks);
  all.setPictures(() => ({ send: false, receive: false, shrink: 1 }));
  all.sendAhead("guest");
  expect(sent()).toEqual([null, null]);
  all.close();
});

it("the picture is taken back when nobody was let in, and goes again when somebody is", () => {
  const all = links();
  all.named(guest);
  all.setTracks(tracks);
  all.sendAhead("guest");
  vi.advanceTimersByTime(5000);
  expect(sent()).toEqual([null, null]);
  all.setTracks(tracks);
  expect(sent()).toEqual([null, null]);
  all.named({ ...guest, prepared: false });
  expect(sent()).toEqual([tracks.audio, tracks.video]);
  all.close();
});
