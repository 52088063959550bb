// What the spoken safety code is made of: the certificates' fingerprints that a connection really uses, a number of
// each side, and the room. Pure; who tells what to whom, and in which order, is safety_exchange.ts.
import { safetyWords } from "./safety_words";

/** One side of a connection: its certificate's fingerprints, in one text, and the number it has drawn. */
export interface Side {
  fingerprints: string;
  nonce: string;
}

/** Spoken by one person and heard by the other: 256⁴ codes, about four thousand million. */
export const wordsInCode = 4;

/** Every fingerprint that a description names, each once, in one spelling and order; "" when it names none. */
export function fingerprintsOf(sdp: string): string {
  const found = new Set<string>();
  for (const [, algorithm, value] of sdp.matchAll(/^a=fingerprint:(\S+) +([0-9A-Fa-f:]+)\s*$/gm)) {
    found.add(`${algorithm?.toLowerCase()} ${value?.toUpperCase()}`);
  }
  return [...found].sort().join(",");
}

/** What a side binds itself to before it has seen the other's number. */
export function commitmentInput(room: string, side: Side): string {
  return JSON.stringify(["sprechzeit safety commitment 1", room, side.fingerprints, side.nonce]);
}

/** The same text on both sides, whichever is called the first. */
export function codeInput(room: string, one: Side, other: Side): string {
  const sides = [one, other].sort((a, b) => (a.fingerprints < b.fingerprints ? -1 : 1));
  const flat = sides.flatMap((side) => [side.fingerprints, side.nonce]);
  return JSON.stringify(["sprechzeit safety code 1", room, ...flat]);
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

export function asHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function commitment(room: string, side: Side): Promise<string> {
  return asHex(await sha256(commitmentInput(room, side)));
}

export function wordsFor(digest: Uint8Array): string[] {
  return Array.from(digest.slice(0, wordsInCode), (byte) => safetyWords[byte] ?? "");
}

export async function safetyCode(room: string, one: Side, other: Side): Promise<string[]> {
  return wordsFor(await sha256(codeInput(room, one, other)));
}
