// The line to the signaling server, seen from a server's side: what it says, when it comes back, what it hands on.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EntryRefused } from "../src/room/signaling_client";
import { device, FakeSocket, instance, joined, line, welcome } from "./fake_line";

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});

afterEach(() => {
  vi.useRealTimers();
});

describe("joining", () => {
  it("says hello with a ticket first, which never stands in the address", async () => {
    await joined();
    expect(FakeSocket.last.protocol).toBe("sprechzeit.v1");
    expect(FakeSocket.last.url).not.toContain("t=");
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", ticket: "t", instance, device }]);
  });

  it("tells why when the entry is refused, and stops", async () => {
    const { client, refused, states } = line(async () => {
      throw new EntryRefused("too-early", "Noch zu früh");
    });
    client.start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(refused.map((reason) => reason.code)).toEqual(["too-early"]);
    expect(states).toContain("closed");
    expect(FakeSocket.all).toHaveLength(0);
  });

  it("goes on trying while the server does not answer", async () => {
    let calls = 0;
    const { client, tickets } = line(async () => {
      calls += 1;
      if (calls < 3) throw new Error("away");
      return { ticket: "t", url: "ws://city.example/" };
    });
    client.start();
    await vi.advanceTimersByTimeAsync(400);
    expect(tickets).toHaveBeenCalledTimes(3);
    expect(FakeSocket.all).toHaveLength(1);
  });
});

describe("a lost line", () => {
  it("resumes the session at once with the last number seen", async () => {
    const { tickets, states } = await joined();
    FakeSocket.last.say({ type: "admitted", n: 2 });
    FakeSocket.last.lose();
    expect(states.at(-1)).toBe("lost");
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", resume: "session-1", seen: 2, instance }]);
    expect(tickets).toHaveBeenCalledTimes(1);
  });

  it("hands on each numbered message once and in order", async () => {
    const { got } = await joined();
    FakeSocket.last.say({ type: "waiting", n: 2, position: 2 });
    FakeSocket.last.lose();
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.last.accept();
    FakeSocket.last.say(welcome(3, { resumed: true }));
    FakeSocket.last.say({ type: "waiting", n: 2, position: 2 });
    FakeSocket.last.say({ type: "waiting", n: 3, position: 1 });
    const positions = got.flatMap((message) => (message.type === "waiting" ? [message.position] : []));
    expect(positions).toEqual([2, 1]);
  });

  it("keeps what is said meanwhile and sends it after the welcome", async () => {
    const { client } = await joined();
    FakeSocket.last.lose();
    client.send({ type: "description", to: "host", kind: "answer", sdp: "v=0" });
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toHaveLength(1);
    FakeSocket.last.say(welcome(2, { resumed: true }));
    expect(FakeSocket.last.sent.map((message) => message.type)).toEqual(["hello", "description"]);
  });

  it("comes back with a new ticket and the same instance when the session is forgotten", async () => {
    const { client, tickets } = await joined();
    FakeSocket.last.lose();
    client.send({ type: "description", to: "host", kind: "answer", sdp: "v=0" });
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.last.accept();
    FakeSocket.last.say({ type: "error", code: "no-such-session", detail: "", of: "hello" });
    await vi.advanceTimersByTimeAsync(500);
    FakeSocket.last.accept();
    expect(tickets).toHaveBeenCalledTimes(2);
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", ticket: "t", instance, device }]);
    FakeSocket.last.say(welcome(1));
    expect(FakeSocket.last.sent).toHaveLength(1);
  });

  it("is tried again at once when the network is back", async () => {
    const { client } = await joined();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      FakeSocket.last.lose();
      await vi.advanceTimersByTimeAsync(8000);
    }
    FakeSocket.last.lose();
    const before = FakeSocket.all.length;
    client.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeSocket.all).toHaveLength(before + 1);
  });

  it("is dialled anew after a network change although the socket looks open", async () => {
    const { client } = await joined();
    client.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeSocket.all).toHaveLength(1);
    client.wake(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeSocket.all).toHaveLength(2);
  });
});

describe("the end", () => {
  it("that the page wishes is said once the line is back", async () => {
    const { client } = await joined();
    FakeSocket.last.lose();
    client.close({ type: "end" });
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.last.accept();
    FakeSocket.last.say(welcome(2, { resumed: true }));
    expect(FakeSocket.last.sent.map((message) => message.type)).toEqual(["hello", "end"]);
    expect(client.state).toBe("closed");
  });

  it("by another window is final", async () => {
    const { refused } = await joined();
    FakeSocket.last.lose(4409);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(refused.map((reason) => reason.code)).toEqual(["replaced"]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("by the page sends nothing more", async () => {
    const { client } = await joined();
    client.stop();
    client.send({ type: "leave" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});

describe("garbage", () => {
  it("and unknown types are passed over", async () => {
    const { got } = await joined();
    FakeSocket.last.onmessage?.({ data: "{" });
    FakeSocket.last.say({ type: "constructor", n: 9 });
    FakeSocket.last.say({ type: "waiting", n: "9", position: 1 });
    expect(got.map((message) => message.type)).toEqual(["welcome"]);
  });
});
