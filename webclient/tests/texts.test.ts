// The pages' list of words and the scripts' own are one list.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { germanTexts, text } from "../src/texts";

const path = new URL("../../server/templates/client_texts.html", import.meta.url);

function templateTexts(): Record<string, string> {
  const rows = readFileSync(path, "utf8").matchAll(/^ {2}("[^"]+"): \{\{ _\((".*")\)\|tojson \}\},?$/gm);
  return Object.fromEntries(
    [...rows].map(([, key, words]) => [JSON.parse(key ?? '""'), JSON.parse(words ?? '""')]),
  );
}

it("has the same keys and the same German words in the template and in the script", () => {
  expect(templateTexts()).toEqual(germanTexts);
});

it("is one list: a comma between any two of its rows, none after the last", () => {
  const rows = readFileSync(path, "utf8")
    .split("\n")
    .filter((row) => row.startsWith('  "'));
  expect(rows.filter((row) => !row.endsWith(","))).toEqual([rows.at(-1)]);
});

it("holds no percent sign, which gettext would take for a format", () => {
  expect(Object.values(germanTexts).filter((words) => words.includes("%"))).toEqual([]);
});

it("fills in names, and leaves a hole that has no value", () => {
  globalThis.document = { getElementById: () => null } as unknown as Document;
  expect(text("room.arrived", { name: "Ada" })).toBe("Ada ist im Warteraum.");
  expect(text("room.arrived")).toBe("{name} ist im Warteraum.");
});
