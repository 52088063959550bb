// The safety code: equal for two honest sides, different with a man in the middle; and why each side commits first.
import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { codeInput, fingerprintsOf, type Side, safetyCode, wordsFor } from "../src/room/talk/safety_code";
import { parseSafetyMessage, SafetyExchange, type SafetyMessage } from "../src/room/talk/safety_exchange";
import { safetyWords } from "../src/room/talk/safety_words";
import { soundOf } from "./sound_of_words";

const random = (size: number) => new Uint8Array(randomBytes(size));
const someFingerprint = () =>
  `sha-256 ${randomBytes(32).toString("hex").toUpperCase().match(/../g)?.join(":")}`;

/** Both ends of one connection, which deliver to each other at once; `own` and `other` as the one end sees them. */
class End {
  outbox: SafetyMessage[] = [];
  exchange: SafetyExchange;

  constructor(own: string, other: string, room = "room") {
    this.exchange = new SafetyExchange(
      { room, own, other, random },
      (message) => this.outbox.push(message),
      () => undefined,
    );
  }

  take(messages: SafetyMessage[]): Promise<void> {
    return messages.reduce(
      (before, message) => before.then(() => this.exchange.receive(JSON.stringify(message))),
      Promise.resolve(),
    );
  }
}

async function joined(one: End, other: End): Promise<void> {
  for (let step = 0; step < 3; step += 1) {
    await Promise.all([one.exchange.idle, other.exchange.idle]);
    await Promise.all([other.take(one.outbox.splice(0)), one.take(other.outbox.splice(0))]);
  }
}

describe("the words", () => {
  it("are 256, each another, and sound like no other", () => {
    expect(safetyWords.length).toBe(256);
    expect(new Set(safetyWords).size).toBe(256);
    expect(new Set(safetyWords.map(soundOf)).size).toBe(256);
    expect(safetyWords.filter((word) => !/^[A-Z][a-z]{2,9}$/.test(word))).toEqual([]);
  });
});

describe("fingerprints", () => {
  it("are all named, in one spelling and order", () => {
    const sdp =
      "v=0\r\na=fingerprint:SHA-256 ab:CD\r\nm=audio\r\na=fingerprint:sha-1 01:02\r\na=fingerprint:sha-256 AB:cd\r\n";
    expect(fingerprintsOf(sdp)).toBe("sha-1 01:02,sha-256 AB:CD");
    expect(fingerprintsOf("v=0")).toBe("");
  });
});

describe("an honest exchange", () => {
  it("gives both sides the same four words", async () => {
    for (let trial = 0; trial < 50; trial += 1) {
      const [a, b] = [someFingerprint(), someFingerprint()];
      const [ada, bob] = [new End(a, b), new End(b, a)];
      await joined(ada, bob);
      expect(ada.exchange.words).toHaveLength(4);
      expect(ada.exchange.words).toEqual(bob.exchange.words);
    }
  });

  it("gives other words the next time", async () => {
    const [a, b] = [someFingerprint(), someFingerprint()];
    const codes = new Set<string>();
    for (let trial = 0; trial < 20; trial += 1) {
      const [ada, bob] = [new End(a, b), new End(b, a)];
      await joined(ada, bob);
      codes.add(String(ada.exchange.words));
    }
    expect(codes.size).toBe(20);
  });

  it("shows its number only after the other side has committed", async () => {
    const ada = new End("a", "b");
    await ada.exchange.idle;
    expect(ada.outbox.map((message) => message.kind)).toEqual(["commit"]);
    await ada.take([{ kind: "commit", hash: "0".repeat(64) }]);
    expect(ada.outbox.map((message) => message.kind)).toEqual(["commit", "reveal"]);
  });
});

describe("a man in the middle", () => {
  it("who is a connection of his own to each side gets different words on both in 1,000 of 1,000 trials", async () => {
    let different = 0;
    for (let trial = 0; trial < 1000; trial += 1) {
      const [a, b, m1, m2] = [0, 0, 0, 0].map(someFingerprint) as [string, string, string, string];
      const [ada, toAda] = [new End(a, m1), new End(m1, a)];
      const [bob, toBob] = [new End(b, m2), new End(m2, b)];
      await Promise.all([joined(ada, toAda), joined(bob, toBob)]);
      const [one, other] = [ada.exchange.words, bob.exchange.words];
      if (one !== null && other !== null && one.join() !== other.join()) different += 1;
    }
    expect(different).toBe(1000);
  });

  it("who passes the other side's messages on is found out by both: they belong to another certificate", async () => {
    const [a, b, m1, m2] = ["a", "b", "m1", "m2"];
    const [ada, bob] = [new End(a, m1), new End(b, m2)];
    await joined(ada, bob);
    expect([ada.exchange.failed, bob.exchange.failed]).toEqual([true, true]);
    expect([ada.exchange.words, bob.exchange.words]).toEqual([null, null]);
  });

  it("who answers with what he is told, like a mirror, is found out", async () => {
    const ada = new End("a", "m");
    for (let step = 0; step < 3; step += 1) {
      await ada.exchange.idle;
      await ada.take(ada.outbox.splice(0));
    }
    expect(ada.exchange.failed).toBe(true);
    expect(ada.exchange.words).toBeNull();
    const same = new End("a", "a");
    await same.exchange.idle;
    expect(same.exchange.failed).toBe(true);
  });

  it("who changes his mind after the commitment is found out", async () => {
    const ada = new End("a", "m");
    await ada.take([
      { kind: "commit", hash: "1".repeat(64) },
      { kind: "reveal", nonce: "2".repeat(64) },
    ]);
    expect([ada.exchange.words, ada.exchange.failed]).toEqual([null, true]);
  });
});

/** Two words instead of four, so that a test has the time to search. */
function shortCode(one: Side, other: Side): string {
  return wordsFor(
    createHash("sha256")
      .update(codeInput("room", one, other))
      .digest(),
  )
    .slice(0, 2)
    .join();
}

/** A number of its own for each, the same in every run: two words are few enough to be equal by chance. */
const side = (fingerprints: string, trial: number): Side => ({
  fingerprints,
  nonce: createHash("sha256").update(`${fingerprints} ${trial}`).digest("hex"),
});

describe("without the commitment", () => {
  it("he searches for a number that makes both codes equal, and finds it; bound to his number he does not", () => {
    let found = 0;
    let lucky = 0;
    for (let trial = 0; trial < 3; trial += 1) {
      const [ada, bob, toAda, toBob] = ["a", "b", "m1", "m2"].map((of) => side(of, trial)) as [
        Side,
        Side,
        Side,
        Side,
      ];
      const wanted = shortCode(ada, toAda);
      // Bound: his number to Bob was fixed before he knew Bob's.
      if (shortCode(bob, toBob) === wanted) lucky += 1;
      for (let attempt = 0; attempt < 2_000_000; attempt += 1) {
        toBob.nonce = attempt.toString(16).padStart(64, "0");
        if (shortCode(bob, toBob) !== wanted) continue;
        found += 1;
        break;
      }
    }
    expect(found).toBe(3);
    expect(lucky).toBe(0);
  });
});

describe("what comes in", () => {
  it("is read without trust", () => {
    for (const text of [
      "",
      "{",
      "null",
      "[]",
      '{"kind":"commit"}',
      '{"kind":"reveal","nonce":"xyz"}',
      "1".repeat(300),
    ]) {
      expect(parseSafetyMessage(text)).toBeNull();
    }
  });

  it("out of its turn ends the exchange without a code", async () => {
    const hash = "0".repeat(64);
    for (const messages of [
      [{ kind: "reveal", nonce: hash }],
      [
        { kind: "commit", hash },
        { kind: "commit", hash },
      ],
    ] as SafetyMessage[][]) {
      const ada = new End("a", "b");
      await ada.take(messages);
      expect(ada.exchange.failed).toBe(true);
    }
  });

  it("depends on the room: numbers of another meeting are of no use", async () => {
    const one = await safetyCode(
      "room",
      { fingerprints: "a", nonce: "1" },
      { fingerprints: "b", nonce: "2" },
    );
    const swapped = await safetyCode(
      "room",
      { fingerprints: "b", nonce: "2" },
      { fingerprints: "a", nonce: "1" },
    );
    const other = await safetyCode(
      "other",
      { fingerprints: "a", nonce: "1" },
      { fingerprints: "b", nonce: "2" },
    );
    expect(one).toEqual(swapped);
    expect(one).not.toEqual(other);
  });
});
