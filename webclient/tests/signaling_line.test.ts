// A line that is dead and looks alive, a server that goes away, and when the next attempt is made.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { reconnectDelay } from "../src/room/reconnect";
import { FakeSocket, instance, joined, line, welcome } from "./fake_line";

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});

afterEach(() => {
  vi.useRealTimers();
});

it("that was begun early is taken up with what was heard on it, and resumed like any other", async () => {
  const socket = new FakeSocket("ws://city.example/signaling/v1", "sprechzeit.v1");
  socket.accept();
  const heard = [welcome(1), { type: "waiting", n: 2, position: 1 }].map((said) => JSON.stringify(said));
  const begun = { socket: socket as unknown as WebSocket, url: socket.url, said: true, taken: true, heard };
  const { client, got } = line(async () => ({ ticket: "t", url: socket.url, line: begun }));
  client.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(client.state).toBe("open");
  expect(got.map((message) => message.type)).toEqual(["welcome", "waiting"]);
  socket.say({ type: "waiting", n: 3, position: 2 });
  expect(got).toHaveLength(3);
  expect(socket.sent).toEqual([]);
  socket.lose();
  await vi.advanceTimersByTimeAsync(0);
  FakeSocket.last.accept();
  expect(FakeSocket.last.sent[0]).toMatchObject({ type: "hello", resume: "session-1", seen: 3 });
});

describe("a line that looks alive", () => {
  it("is given up after two seconds without an answer, and dialled anew at once", async () => {
    await joined();
    FakeSocket.last.lose();
    await vi.advanceTimersByTimeAsync(0);
    const dead = FakeSocket.last;
    await vi.advanceTimersByTimeAsync(2001);
    expect(FakeSocket.last).not.toBe(dead);
    expect(dead.readyState).toBe(3);
  });

  it("is doubted when picture and sound are gone, more and more seldom", async () => {
    const { client } = await joined();
    const doubted: number[] = [];
    for (let gone = 1000; gone <= 40_000; gone += 1000) {
      await vi.advanceTimersByTimeAsync(1000);
      const before = FakeSocket.all.length;
      client.doubt(gone);
      await vi.advanceTimersByTimeAsync(0);
      if (FakeSocket.all.length === before) continue;
      doubted.push(gone / 1000);
      FakeSocket.last.accept();
      FakeSocket.last.say(welcome(2, { resumed: true }));
    }
    expect(doubted).toEqual([4, 8, 16, 32]);
  });

  it("is tried every second or two while picture and sound wait for it", async () => {
    await joined(true);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      FakeSocket.last.lose();
      const before = FakeSocket.all.length;
      await vi.advanceTimersByTimeAsync(1500);
      expect(FakeSocket.all).toHaveLength(before + 1);
    }
  });
});

describe("a server that goes away", () => {
  it("closes the line itself; then the client resumes without waiting", async () => {
    await joined();
    FakeSocket.last.say({ type: "moving", n: 2 });
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.all).toHaveLength(1);
    FakeSocket.last.lose(1012);
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", resume: "session-1", seen: 2, instance }]);
  });

  it("and does not close it is left after two seconds", async () => {
    await joined();
    FakeSocket.last.say({ type: "moving", n: 2 });
    await vi.advanceTimersByTimeAsync(2001);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("and can't know whether the ticket was used is asked again with another", async () => {
    const { client, tickets } = line();
    client.start();
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.last.accept();
    FakeSocket.last.say({ type: "error", code: "try-again", detail: "", of: "hello" });
    expect(client.unsure).toBe(true);
    FakeSocket.last.lose(1013);
    await vi.advanceTimersByTimeAsync(500);
    FakeSocket.last.accept();
    FakeSocket.last.say(welcome(1));
    expect([client.unsure, tickets.mock.calls.length]).toEqual([false, 2]);
  });
});

describe("the delays", () => {
  it("grow from none to seven seconds, spread from the third attempt on", () => {
    expect([0, 1, 2, 3, 4, 5, 9].map((attempt) => reconnectDelay(attempt, 0))).toEqual([
      0, 300, 1200, 2700, 4800, 7000, 7000,
    ]);
    expect([0, 1].map((attempt) => reconnectDelay(attempt, 0.99))).toEqual([0, 300]);
    expect(reconnectDelay(2, 0.5)).toBe(1700);
    expect([0, 1, 2, 5].map((attempt) => reconnectDelay(attempt, 0.5, true))).toEqual([0, 300, 1450, 1750]);
  });
});
