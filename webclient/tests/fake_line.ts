// A server's side of the line, and a client that talks to it, for the tests of the signaling client.
import { vi } from "vitest";
import type { ServerMessage } from "../src/messages";
import { type Entry, type EntryRefused, SignalingClient } from "../src/room/signaling_client";

export class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.all[FakeSocket.all.length - 1] as FakeSocket;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  lose(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

export const instance = "instance-0001";
export const device = "device-0001";

export function welcome(n: number, more: object = {}): object {
  return {
    type: "welcome",
    n,
    self: "me",
    session: "session-1",
    room: "room",
    role: "guest",
    part: "citizen",
    name: "Ada",
    state: "waiting",
    position: 1,
    opens_at: 0,
    closes_at: 1,
    ice_servers: [],
    ice_transport_policy: "all",
    resumed: false,
    ...more,
  };
}

export function line(fetchEntry?: () => Promise<Entry>, urgent = false) {
  const got: ServerMessage[] = [];
  const states: string[] = [];
  const refused: EntryRefused[] = [];
  const tickets = vi.fn(fetchEntry ?? (async () => ({ ticket: "t", url: "ws://city.example/signaling/v1" })));
  const client = new SignalingClient(
    { instance, device },
    { message: (m) => got.push(m), state: (s) => states.push(s), refused: (r) => refused.push(r) },
    {
      fetchEntry: tickets,
      openSocket: (url, protocol) => new FakeSocket(url, protocol) as unknown as WebSocket,
      random: () => 0,
      now: () => performance.now(),
      urgent: () => urgent,
    },
  );
  return { client, got, states, refused, tickets };
}

export async function joined(urgent = false) {
  const it = line(undefined, urgent);
  it.client.start();
  await vi.advanceTimersByTimeAsync(0);
  FakeSocket.last.accept();
  FakeSocket.last.say(welcome(1));
  return it;
}
