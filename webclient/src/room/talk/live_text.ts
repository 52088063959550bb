// Real-time text with everybody in the call: what this person types goes to each of them, what they type stands here as
// it grows. The protocol is t140.ts, the pace typing.ts.
import type { PeerInfo } from "../../messages";
import type { Line, Voice } from "./channels";
import { longestLine, newLine, ReceivedText, typeable } from "./t140";
import { type Typed, TypingTo } from "./typing";

export interface LiveTextSurroundings {
  changed(): void;
  /** Somebody has typed: what stands in the line now, or that the line is finished. */
  typed(peer: PeerInfo, received: ReceivedText, finished: string[]): void;
  now(): number;
}

export interface Finished {
  /** null: this person's own. */
  peer: PeerInfo | null;
  text: string;
}

const kept = 200;

export class LiveText implements Voice {
  readonly own: Typed = { lines: [], line: "" };
  /** Finished lines of everybody, in the order in which they were finished. */
  finished: Finished[] = [];
  #speakers = new Map<string, { peer: PeerInfo; received: ReceivedText }>();
  #typing = new Map<string, { line: Line; to: TypingTo }>();

  constructor(private readonly around: LiveTextSurroundings) {}

  /** Those who are typing now, and what. */
  get current(): { peer: PeerInfo; text: string }[] {
    return [...this.#speakers.values()]
      .filter(({ received }) => received.line !== "")
      .map(({ peer, received }) => ({ peer, text: received.line }));
  }

  /** What stands in the field now; a line end in it finishes the line. Returns what is to stand there. */
  type(value: string): string {
    const lines = typeable(value.slice(0, longestLine)).split(newLine);
    this.own.line = lines.pop() ?? "";
    for (const text of lines) {
      this.own.lines.push(text);
      this.#finish(null, text);
    }
    for (const { to } of this.#typing.values()) to.changed();
    this.around.changed();
    return this.own.line;
  }

  opened(line: Line, again: boolean): void {
    const { peer } = line;
    const known = this.#typing.get(peer.id);
    if (again && known?.line === line) {
      const { received } = this.#speaker(peer);
      const before = received.lines.length + received.first;
      received.interrupted();
      this.#tell(peer, received, before);
      known.to.reopened();
      return;
    }
    this.#speakers.set(peer.id, { peer, received: new ReceivedText() });
    const to = new TypingTo(this.own, (block) => line.send(block), this.around.now);
    this.#typing.set(peer.id, { line, to });
    to.changed();
  }

  received(line: Line, data: unknown): void {
    if (typeof data !== "string") return;
    const { received } = this.#speaker(line.peer);
    const before = received.lines.length + received.first;
    received.receive(data);
    this.#tell(line.peer, received, before);
  }

  closed(line: Line): void {
    const known = this.#typing.get(line.peer.id);
    if (known?.line !== line) return;
    known.to.close();
    this.#typing.delete(line.peer.id);
    const { received } = this.#speaker(line.peer);
    if (received.line !== "") this.#finish(line.peer, received.line);
    this.#speakers.delete(line.peer.id);
    this.around.changed();
  }

  #speaker(peer: PeerInfo): { peer: PeerInfo; received: ReceivedText } {
    const known = this.#speakers.get(peer.id);
    if (known !== undefined) return known;
    const speaker = { peer, received: new ReceivedText() };
    this.#speakers.set(peer.id, speaker);
    return speaker;
  }

  #tell(peer: PeerInfo, received: ReceivedText, before: number): void {
    const finished = received.lines.slice(Math.max(before - received.first, 0));
    for (const text of finished) this.#finish(peer, text);
    this.around.typed(peer, received, finished);
    this.around.changed();
  }

  #finish(peer: PeerInfo | null, text: string): void {
    if (text.trim() !== "") this.finished = [...this.finished, { peer, text }].slice(-kept);
  }
}
