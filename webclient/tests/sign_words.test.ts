// The words of signing: the page's list and the script's own are one list.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { germanSignTexts, words } from "../src/signing/words";

const path = new URL("../../server/templates/signing/texts.html", import.meta.url);

function templateTexts(): Record<string, string> {
  const rows = readFileSync(path, "utf8").matchAll(/^ {2}("[^"]+"): \{\{ _\((".*")\)\|tojson \}\},?$/gm);
  return Object.fromEntries(
    [...rows].map(([, key, said]) => [JSON.parse(key ?? '""'), JSON.parse(said ?? '""')]),
  );
}

it("has the same keys and the same German words in the template and in the script", () => {
  expect(templateTexts()).toEqual(germanSignTexts);
});

it("fills in names", () => {
  globalThis.document = { getElementById: () => null } as unknown as Document;
  expect(words("code.to", { to: "Ada" })).toContain("an Ada.");
});
