// The words of the clerk's tools: the page's list and the script's own are one list.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { germanClerkTexts, words } from "../src/clerk/words";

const path = new URL("../../server/templates/office/clerk_texts.html", import.meta.url);

function templateTexts(): Record<string, string> {
  const rows = readFileSync(path, "utf8").matchAll(/^ {2}("[^"]+"): \{\{ _\((".*")\)\|tojson \}\},?$/gm);
  return Object.fromEntries(
    [...rows].map(([, key, said]) => [JSON.parse(key ?? '""'), JSON.parse(said ?? '""')]),
  );
}

it("has the same keys and the same German words in the template and in the script", () => {
  const said = Object.fromEntries(Object.entries(germanClerkTexts).filter(([, german]) => german !== ""));
  expect(templateTexts()).toEqual(said);
});

it("fills in names", () => {
  globalThis.document = { getElementById: () => null } as unknown as Document;
  expect(words("invite.link", { name: "Ada" })).toBe("Link für Ada");
});
