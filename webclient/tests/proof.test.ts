import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { solve } from "../src/booking/proof";

function challengeFor(number: number, maxnumber = 2000) {
  const salt = "abc?expires=1&";
  const challenge = createHash("sha256").update(`${salt}${number}`).digest("hex");
  return { algorithm: "SHA-256", challenge, maxnumber, salt, signature: "s" };
}

test("the number that was drawn is found, also the last one", async () => {
  for (const number of [0, 1234, 2000]) {
    const solved = await solve(challengeFor(number));
    expect(JSON.parse(atob(solved ?? "")).number).toBe(number);
  }
});

test("what can not be solved is given up", async () => {
  expect(await solve(challengeFor(3000))).toBeNull();
});
