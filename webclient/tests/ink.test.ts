// What a pointer draws becomes lines on the field: bounded, thinned out, taken back line by line.
import { expect, it } from "vitest";
import { high, Ink, wide } from "../src/signing/ink";

function drawn(...points: [number, number][]): Ink {
  const ink = new Ink();
  const [first, ...rest] = points;
  if (first) ink.begin(...first);
  for (const point of rest) ink.goOn(...point);
  return ink;
}

it("keeps whole numbers inside the field, and passes over points that are too near", () => {
  expect(drawn([-5, 10.4], [2, 11], [99.6, 9999]).lines).toEqual([[0, 10, 100, high]]);
  expect(drawn([wide + 1, 0]).lines).toEqual([[wide, 0]]);
});

it("takes back one line after the other, and all at once", () => {
  const ink = drawn([0, 0], [100, 100]);
  ink.begin(200, 200);
  ink.undo();
  expect(ink.lines).toEqual([[0, 0, 100, 100]]);
  ink.clear();
  expect([ink.empty, ink.toString()]).toEqual([true, ""]);
  ink.undo();
  expect(ink.empty).toBe(true);
});

it("has an end: so many lines and points are no signature", () => {
  const ink = new Ink();
  for (let line = 0; line < 100; line += 1) ink.begin(line, line);
  expect(ink.lines.length).toBe(80);
  for (let point = 0; point < 20_000; point += 1) ink.goOn((point * 10) % wide, (point * 7) % high);
  expect(ink.lines.flat().length).toBeLessThan(12_000);
});

it("comes back from its text, and nothing comes from any other", () => {
  const text = drawn([0, 0], [100, 100]).toString();
  const ink = new Ink();
  ink.restore(text);
  expect(ink.toString()).toBe(text);
  for (const odd of ["", "{", "1", '[["a"]]', "[[1]]", "null", '{"length":3}']) {
    ink.restore(odd);
    expect(ink.empty).toBe(true);
  }
});
