// The page's first script: what it begins, and what those who come later take up.
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const entry = "/api/v1/appointments/x/entry";
const address = "wss://city.example/signaling/v1?at=7";

class Socket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static all: Socket[] = [];
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  constructor(readonly url: string) {
    super();
    Socket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  accept(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
}

class Stream {
  getTracks = () => [];
  getAudioTracks = () => [];
  getVideoTracks = () => [];
}

const getUserMedia = vi.fn(async () => new Stream());

function serve(...answers: [status: number, body: object][]): ReturnType<typeof vi.fn> {
  const usual = { ticket: "t", signaling_url: "/signaling/v1?at=7" };
  const asked = vi.fn(async () => {
    const [status, body] = answers.shift() ?? [200, usual];
    return new Response(JSON.stringify(body), { status });
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

async function open(dataset: Record<string, string> = { entry, socket: "/signaling/v1?at=7" }) {
  vi.stubGlobal("document", { currentScript: { dataset }, querySelector: () => null });
  await import("../src/room/early");
  const { fetchEntry } = await import("../src/room/entry");
  const { openDevices } = await import("../src/room/devices");
  const { take } = await import("../src/room/begun");
  return { fetchEntry, openDevices, take };
}

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  Socket.all = [];
  getUserMedia.mockClear();
  vi.stubGlobal("window", { RTCPeerConnection: Object });
  vi.stubGlobal("location", { href: "https://city.example/a/x/room" });
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  vi.stubGlobal("MediaStream", Stream);
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("szBegun", undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("opens camera, line and ticket side by side, and says hello once", async () => {
  const asked = serve();
  const { fetchEntry, take } = await open();
  const [socket] = Socket.all as [Socket];
  expect(socket.url).toBe(address);
  expect(getUserMedia).toHaveBeenCalledTimes(1);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(socket.sent).toEqual([]);
  socket.accept();
  await vi.waitFor(() => expect(socket.sent).toHaveLength(1));
  socket.onmessage?.({ data: '{"type":"queue"}' });
  const taken = await fetchEntry(entry);
  expect(socket.sent[0]).toMatchObject({ type: "hello", ticket: "t", instance: take("instance") });
  expect(taken).toMatchObject({ ticket: "t", url: address, line: { socket, heard: ['{"type":"queue"}'] } });
  expect(asked).toHaveBeenCalledTimes(1);
  expect((await fetchEntry(entry)).line).toBeUndefined();
  expect(asked).toHaveBeenCalledTimes(2);
});

it("gives the camera to whoever asks first, and opens it anew for the next", async () => {
  serve();
  const { openDevices } = await open();
  const first = await openDevices();
  expect(getUserMedia).toHaveBeenCalledTimes(1);
  expect((await openDevices()).stream).not.toBe(first.stream);
  expect(getUserMedia).toHaveBeenCalledTimes(2);
});

it("waits in no line without a ticket, and tells why there is none", async () => {
  serve([409, { type: "urn:x:too-early", detail: "noch nicht", opens_at: "2030-01-01T10:00:00Z" }]);
  const { fetchEntry } = await open();
  const [socket] = Socket.all as [Socket];
  await expect(fetchEntry(entry)).rejects.toMatchObject({ code: "too-early", opensAt: expect.any(Date) });
  await vi.waitFor(() => expect(socket.readyState).toBe(3));
  expect(socket.sent).toEqual([]);
});

it("tells of a server that fails, and tries anew then", async () => {
  serve([503, {}]);
  const { fetchEntry } = await open();
  await expect(fetchEntry(entry)).rejects.toThrow("HTTP 503");
  expect((await fetchEntry(entry)).ticket).toBe("t");
});

it.each([
  ["after its hello: with another ticket", true, "t2"],
  ["before its hello: with the ticket that is still good", false, "t1"],
])("goes on without a line that died %s", async (_when, opened, ticket) => {
  const at = { signaling_url: "/signaling/v1?at=7" };
  serve([200, { ticket: "t1", ...at }], [200, { ticket: "t2", ...at }]);
  const { fetchEntry } = await open();
  const [socket] = Socket.all as [Socket];
  if (opened) {
    socket.accept();
    await vi.waitFor(() => expect(socket.sent).toHaveLength(1));
  }
  socket.close();
  const taken = await fetchEntry(entry);
  expect(taken).toEqual({ ticket, url: address });
});

it("leaves a line that leads elsewhere than the ticket", async () => {
  serve([200, { ticket: "t", signaling_url: "/signaling/v1?at=9" }]);
  const { fetchEntry } = await open();
  const taken = await fetchEntry(entry);
  expect(taken.line).toBeUndefined();
  expect(Socket.all[0]?.readyState).toBe(3);
});

it("leaves the line when nobody comes to take it up", async () => {
  serve();
  await open();
  const [socket] = Socket.all as [Socket];
  socket.accept();
  vi.advanceTimersByTime(20_000);
  expect(socket.readyState).toBe(3);
});

it("gives the ticket alone where the browser forbids the line", async () => {
  serve();
  vi.stubGlobal("WebSocket", () => {
    throw new Error("blocked");
  });
  const { fetchEntry } = await open();
  expect(await fetchEntry(entry)).toEqual({ ticket: "t", url: address });
});

it("begins nothing where there is no room, or no way to meet", async () => {
  const asked = serve();
  await open({});
  vi.stubGlobal("window", {});
  vi.resetModules();
  await open();
  expect(Socket.all).toEqual([]);
  expect(getUserMedia).not.toHaveBeenCalled();
  expect(asked).not.toHaveBeenCalled();
});
