// Chat messages: what may be in one, what it looks like on the channel, and the list of those said. Nothing is stored:
// the list lives as long as the page. Which channel carries a message is channels.ts.

export const longestMessage = 4000;
const kept = 500;

export interface ChatMessage {
  id: string;
  /** Who wrote it; null: this person. */
  from: string | null;
  name: string;
  text: string;
  at: Date;
  /** Those whom it has not reached yet. */
  missing: Set<string>;
}

export type ChatPacket = { kind: "text"; id: string; text: string } | { kind: "got"; id: string };

const wellFormedId = /^[0-9a-f]{16}$/;

/** What may stand in a message: no control characters but line ends, not too long; "" when nothing is left. */
export function messageText(text: string): string {
  const clean = text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/\t/g, " ")
    .replace(/(?!\n)[\p{Cc}\ufeff]/gu, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return clean.slice(0, longestMessage).replace(/[\ud800-\udbff]$/, "");
}

/** The packet in `data`, or null: what comes from the other side is not trusted to be well formed. */
export function parseChatPacket(data: unknown): ChatPacket | null {
  if (typeof data !== "string" || data.length > longestMessage * 6 + 100) return null;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { kind, id, text } = value as Record<string, unknown>;
  if (typeof id !== "string" || !wellFormedId.test(id)) return null;
  if (kind === "got") return { kind, id };
  if (kind !== "text" || typeof text !== "string" || text.length > longestMessage) return null;
  const clean = messageText(text);
  return clean === "" ? null : { kind, id, text: clean };
}

export class ChatLog {
  messages: ChatMessage[] = [];
  unread = 0;

  write(id: string, text: string, to: Iterable<string>, at: Date): ChatMessage {
    return this.#add({ id, from: null, name: "", text, at, missing: new Set(to) });
  }

  /** Adds what came in; null when it is known already: after a break it is said again. */
  receive(packet: { id: string; text: string }, from: string, name: string, at: Date): ChatMessage | null {
    if (this.messages.some((message) => message.from === from && message.id === packet.id)) return null;
    this.unread += 1;
    return this.#add({ id: packet.id, from, name, text: packet.text, at, missing: new Set() });
  }

  arrived(id: string, at: string): void {
    this.messages.find((message) => message.from === null && message.id === id)?.missing.delete(at);
  }

  /** That person is gone for good and waits for nothing any more. */
  gone(person: string): void {
    for (const message of this.messages) message.missing.delete(person);
  }

  unsentTo(person: string): ChatMessage[] {
    return this.messages.filter((message) => message.missing.has(person));
  }

  #add(message: ChatMessage): ChatMessage {
    this.messages = [...this.messages, message].slice(-kept);
    return message;
  }
}
