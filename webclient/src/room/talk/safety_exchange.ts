// Commit, then reveal: each side binds itself to a number by its hash and shows it only when the other has bound itself
// too. Whoever sits in between must choose his numbers before he knows theirs, so he can't search for two equal codes.
// It knows no data channel: what it has to say goes to `send`, what comes in to `receive`.
import { asHex, commitment, type Side, safetyCode } from "./safety_code";

export interface SafetyFacts {
  room: string;
  /** Fingerprints of both ends, as this side's descriptions in force name them. */
  own: string;
  other: string;
  random(size: number): Uint8Array;
}

export type SafetyMessage = { kind: "commit"; hash: string } | { kind: "reveal"; nonce: string };

const hexOf32 = /^[0-9a-f]{64}$/;
const nonceBytes = 32;

export function parseSafetyMessage(text: string): SafetyMessage | null {
  if (text.length > 200) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { kind, hash, nonce } = value as Record<string, unknown>;
  if (kind === "commit" && typeof hash === "string" && hexOf32.test(hash)) return { kind, hash };
  if (kind === "reveal" && typeof nonce === "string" && hexOf32.test(nonce)) return { kind, nonce };
  return null;
}

export class SafetyExchange {
  /** The code, once both numbers are known; null before. */
  words: string[] | null = null;
  /** The other side broke the rules: no code will come, and something is wrong. */
  failed = false;
  readonly #own: Side;
  #hash: string | null = null;
  #revealed = false;
  #work: Promise<void>;

  constructor(
    private readonly facts: SafetyFacts,
    private readonly send: (message: SafetyMessage) => void,
    private readonly changed: () => void,
  ) {
    this.#own = { fingerprints: facts.own, nonce: asHex(facts.random(nonceBytes)) };
    this.#work = Promise.resolve().then(() => this.#commit());
  }

  /** Until all that has come in is answered. */
  get idle(): Promise<void> {
    return this.#work;
  }

  /** Messages are handled one after the other, in the order in which they came. */
  receive(text: string): Promise<void> {
    this.#work = this.#work.then(() => this.#handle(parseSafetyMessage(text))).catch(() => this.#fail());
    return this.#work;
  }

  async #commit(): Promise<void> {
    if (this.facts.own === "" || this.facts.other === "" || this.facts.own === this.facts.other) {
      this.#fail();
      return;
    }
    this.send({ kind: "commit", hash: await commitment(this.facts.room, this.#own) });
  }

  async #handle(message: SafetyMessage | null): Promise<void> {
    if (this.failed) return;
    if (message?.kind === "commit" && this.#hash === null) {
      this.#hash = message.hash;
      this.send({ kind: "reveal", nonce: this.#own.nonce });
      return;
    }
    if (message?.kind !== "reveal" || this.#hash === null || this.#revealed) {
      this.#fail();
      return;
    }
    this.#revealed = true;
    const other = { fingerprints: this.facts.other, nonce: message.nonce };
    if ((await commitment(this.facts.room, other)) !== this.#hash) {
      this.#fail();
      return;
    }
    this.words = await safetyCode(this.facts.room, this.#own, other);
    this.changed();
  }

  #fail(): void {
    this.failed = true;
    this.words = null;
    this.changed();
  }
}
