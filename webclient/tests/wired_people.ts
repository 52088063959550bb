// People whose pages' data channels are wired to each other, without a browser: for the tests of what is said over them.
import type { Part, PeerInfo } from "../src/messages";
import type { ControlMessage } from "../src/room/link_extension";
import type { PeerLink } from "../src/room/peer_link";
import type { RoomSession } from "../src/room/session";
import { Talk } from "../src/room/talk/talk";

class FakeChannel {
  readyState = "connecting";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  other: FakeChannel | null = null;

  send(data: string): void {
    if (this.readyState !== "open") throw new Error("closed");
    this.other?.begin();
    this.other?.onmessage?.({ data });
  }

  /** No message before the event that says it is open. */
  begin(): void {
    const { onopen } = this;
    this.onopen = null;
    onopen?.();
  }

  close(): void {
    this.readyState = "closed";
    if (this.other !== null) this.other.readyState = "closed";
  }
}

class FakeConnection {
  channels = new Map<number, FakeChannel>();
  signalingState = "stable";
  listeners: (() => void)[] = [];
  currentLocalDescription: { sdp: string };
  currentRemoteDescription: { sdp: string };

  constructor(own: string, other: string) {
    this.currentLocalDescription = { sdp: `a=fingerprint:sha-256 ${own}\r\n` };
    this.currentRemoteDescription = { sdp: `a=fingerprint:sha-256 ${other}\r\n` };
  }

  createDataChannel(_label: string, { id }: { id: number }): FakeChannel {
    const channel = new FakeChannel();
    this.channels.set(id, channel);
    return channel;
  }

  addEventListener(_name: string, listener: () => void): void {
    this.listeners.push(listener);
  }

  removeEventListener(): void {
    this.listeners = [];
  }
}

function wired(one: FakeConnection, other: FakeConnection): void {
  for (const [id, channel] of one.channels) {
    const far = other.channels.get(id) as FakeChannel;
    [channel.other, far.other] = [far, channel];
    channel.readyState = far.readyState = "open";
  }
  for (const [id, channel] of one.channels) {
    channel.begin();
    other.channels.get(id)?.begin();
  }
}

export class Person {
  said: string[] = [];
  heard: [string, ControlMessage][] = [];
  reached: string[] = [];
  open: PeerLink[] = [];
  shared: unknown[] = [];
  keptFromOthers = false;
  talk: Talk;

  constructor(
    readonly name: string,
    readonly role: "host" | "guest" = "guest",
    readonly part: Part = "citizen",
  ) {
    const session = {
      openLinks: this.open,
      welcome: { room: "room", role, part },
      shareScreen: (s: unknown) => this.shared.push(s),
    };
    this.talk = new Talk({
      changed: () => undefined,
      session: () => session as unknown as RoomSession,
      heard: (from, message) => this.heard.push([from, message]),
      opened: (from) => this.reached.push(from),
      say: (words) => this.said.push(words.trim()),
      keepFromOthers: (on) => {
        this.keptFromOthers = on;
      },
    });
  }

  get texts(): string[] {
    return this.talk.chat.log.messages.map((message) => message.text);
  }
}

/** Two people and what joins them. */
export class Pair {
  #extensions;
  #count = 0;
  connections: [FakeConnection, FakeConnection] = this.#make();

  constructor(
    readonly one: Person,
    readonly other: Person,
  ) {
    this.#extensions = [one.talk.extend(), other.talk.extend()] as const;
    for (const [at, person, far] of [
      [0, one, other],
      [1, other, one],
    ] as const) {
      const peer = { id: far.name, name: far.name, role: far.role, part: far.part } as PeerInfo;
      const link = { peer } as PeerLink;
      person.open.push(link);
      this.#extensions[at].open(this.connections[at] as unknown as RTCPeerConnection, link);
    }
    wired(...this.connections);
  }

  #make(): [FakeConnection, FakeConnection] {
    this.#count += 1;
    const [a, b] = [`0${this.#count}:AA`, `0${this.#count}:BB`];
    return [new FakeConnection(a, b), new FakeConnection(b, a)];
  }

  break(): void {
    for (const channel of this.connections[0].channels.values()) channel.close();
  }

  /** A new connection in the place of the old one, on both sides. */
  rebuild(): void {
    this.break();
    this.connections = this.#make();
    for (const at of [0, 1] as const)
      this.#extensions[at].replaced(this.connections[at] as unknown as RTCPeerConnection);
    wired(...this.connections);
  }

  close(): void {
    this.one.open.length = this.other.open.length = 0;
    for (const extension of this.#extensions) extension.close();
  }
}

export function write(person: Person, words: string): void {
  person.talk.draft = words;
  person.talk.write();
}

export const words = (person: Person) => person.talk.safety.comparisons.map((comparison) => comparison.words);
/** Until this person has words with everybody; hashing takes its time in threads of its own. */
export const settled = async (...people: Person[]) => {
  while (people.some((person) => words(person).some((one) => one === null)))
    await new Promise((done) => setImmediate(done));
};
