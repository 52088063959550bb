// The clerk's tools when they are opened again: what stood there before is gone until it was read anew.
import type { TemplateResult } from "lit";
import { beforeAll, expect, it } from "vitest";
import { BookingOnsite } from "../src/clerk/book_onsite";
import { HandingOver } from "../src/clerk/hand_over";
import { Inviting } from "../src/clerk/invite";
import type { Surroundings } from "../src/clerk/tool";
import { words } from "../src/clerk/words";

beforeAll(() => {
  globalThis.document = { getElementById: () => null } as unknown as Document;
});

const offersSomething = (shown: TemplateResult) => !JSON.stringify(shown).includes(words("loading"));

it.each([
  ["invitations", Inviting, []],
  ["colleagues", HandingOver, []],
  ["times on site", BookingOnsite, { days: [], sites: [] }],
] as const)("%s", async (_what, Made, found) => {
  const answers: ((found: unknown) => void)[] = [];
  const read = () => new Promise((done) => answers.push(done));
  const api = { invitations: read, colleagues: read, onsiteTimes: read };
  const around = { api, changed: () => undefined } as unknown as Surroundings;
  const tool = new Made(around);
  for (const _ of ["the first time", "again"]) {
    const opening = tool.opened();
    expect(offersSomething(tool.body())).toBe(false);
    answers.shift()?.(found);
    await opening;
    expect(offersSomething(tool.body())).toBe(true);
  }
});
