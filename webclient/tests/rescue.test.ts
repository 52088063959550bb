// When another way is offered: soon enough, for the gravest reason, and not for a hiccup.
import { expect, it } from "vitest";
import { lateAfter, RescueWatch, type Seen } from "../src/rescue/reason";

const starts = 1_000_000_000;
const well: Seen = {
  phase: "waiting",
  line: true,
  devices: false,
  media: false,
  poor: false,
  starts,
  opens: starts - 900_000,
  ended: null,
};

/** The reasons told while what is seen lasts `seconds`. */
function told(seen: Seen, seconds: number, from = starts - 60_000): (string | null)[] {
  const watch = new RescueWatch();
  return Array.from({ length: seconds + 1 }, (_, second) => watch.look(seen, from + second * 1000));
}

it("says nothing while all is well", () => {
  expect(told(well, 100)).toEqual(Array(101).fill(null));
  expect(told({ ...well, phase: "call", media: true }, 60).at(-1)).toBeNull();
  expect(told({ ...well, phase: "over", ended: "host" }, 60).at(-1)).toBeNull();
  expect(told({ ...well, phase: "refused" }, 60, starts - 1_800_000).at(-1)).toBeNull();
});

it.each<[string, Partial<Seen>, number]>([
  ["devices", { devices: true }, 2],
  ["line", { phase: "joining" }, 8],
  ["line", { phase: "call", media: true, line: false }, 8],
  ["media", { phase: "call" }, 15],
  ["quality", { phase: "call", media: true, poor: true }, 20],
  ["refused", { phase: "refused" }, 0],
  ["late", { phase: "over", ended: "window" }, 0],
])("offers other ways for %s after a while", (reason, change, after) => {
  const all = told({ ...well, ...change }, after + 3);
  expect(all.slice(0, after)).toEqual(Array(after).fill(null));
  expect(all.at(-1)).toBe(reason);
});

it("a hiccup is no reason", () => {
  const watch = new RescueWatch();
  const lost = { ...well, phase: "call", media: true, line: false };
  for (let second = 0; second < 60; second++) {
    const seen = second % 5 === 4 ? { ...lost, line: true } : lost;
    expect(watch.look(seen, starts + second * 1000)).toBeNull();
  }
});

it("whoever waits beyond the begin is told, and admitted again left alone", () => {
  const watch = new RescueWatch();
  expect(watch.look(well, starts + lateAfter - 1)).toBeNull();
  expect(watch.look(well, starts + lateAfter)).toBe("absent");
  expect(watch.look({ ...well, phase: "call", media: true }, starts + lateAfter + 1000)).toBeNull();
});
