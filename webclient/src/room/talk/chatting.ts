// Chat with everybody in the call: a message goes to each person there is, and is said again until it has arrived.
// Whoever comes later gets nothing of what was written before. The list itself is chat.ts.
import type { Line, Voice } from "./channels";
import { ChatLog, type ChatMessage, type ChatPacket, messageText, parseChatPacket } from "./chat";
import { asHex } from "./safety_code";

export interface ChatSurroundings {
  changed(): void;
  /** A message came in. */
  arrived(message: ChatMessage): void;
  now(): Date;
}

export class Chatting implements Voice {
  readonly log = new ChatLog();
  #lines = new Map<string, Line>();
  #names = new Map<string, string>();

  constructor(private readonly around: ChatSurroundings) {}

  /** Writes to `people`; false when there is nothing to write. */
  write(words: string, people: Iterable<string>): boolean {
    const text = messageText(words);
    if (text === "") return false;
    const id = asHex(crypto.getRandomValues(new Uint8Array(8)));
    const message = this.log.write(id, text, people, this.around.now());
    for (const person of message.missing) this.#say(this.#lines.get(person), { kind: "text", id, text });
    this.around.changed();
    return true;
  }

  /** Those whom a message has not reached yet. */
  missingNames({ missing }: ChatMessage): string[] {
    return [...missing].map((person) => this.#names.get(person) ?? "").filter((name) => name !== "");
  }

  opened(line: Line): void {
    this.#lines.set(line.peer.id, line);
    this.#names.set(line.peer.id, line.peer.name);
    for (const { id, text } of this.log.unsentTo(line.peer.id)) this.#say(line, { kind: "text", id, text });
  }

  received(line: Line, data: unknown): void {
    const packet = parseChatPacket(data);
    if (packet === null) return;
    const { id, name } = line.peer;
    if (packet.kind === "got") {
      this.log.arrived(packet.id, id);
    } else {
      this.#say(line, { kind: "got", id: packet.id });
      const message = this.log.receive(packet, id, name, this.around.now());
      if (message !== null) this.around.arrived(message);
    }
    this.around.changed();
  }

  closed(line: Line): void {
    if (this.#lines.get(line.peer.id) === line) this.#lines.delete(line.peer.id);
  }

  #say(line: Line | undefined, packet: ChatPacket): void {
    line?.send(JSON.stringify(packet));
  }
}
