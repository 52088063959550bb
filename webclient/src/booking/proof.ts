// The proof of work (ALTCHA, SHA-256): which number, written after the salt, has the wanted hash? Nothing of the page is here.

export interface Challenge {
  algorithm: string;
  challenge: string;
  maxnumber: number;
  salt: string;
  signature: string;
}

const AT_ONCE = 250;

/** The solution as the server takes it (Base64 of JSON), or null when there is none. */
export async function solve(challenge: Challenge): Promise<string | null> {
  for (let first = 0; first <= challenge.maxnumber; first += AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(AT_ONCE, challenge.maxnumber - first + 1) },
      (_, n) => first + n,
    );
    const hashes = await Promise.all(numbers.map((number) => sha256(`${challenge.salt}${number}`)));
    const found = hashes.indexOf(challenge.challenge);
    if (found >= 0) {
      const { algorithm, salt, signature } = challenge;
      return btoa(
        JSON.stringify({ algorithm, challenge: challenge.challenge, number: first + found, salt, signature }),
      );
    }
  }
  return null;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
