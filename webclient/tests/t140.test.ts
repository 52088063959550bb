// Real-time text: what goes over the wire and what a reader sees, in honest typing, in breaks, and with odd senders.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  backspace,
  byteOrderMark,
  charactersOf,
  editsBetween,
  missingText,
  newLine,
  ReceivedText,
  typeable,
} from "../src/room/talk/t140";
import { type Typed, TypingTo } from "../src/room/talk/typing";

function received(...blocks: string[]): ReceivedText {
  const text = new ReceivedText();
  for (const block of blocks) text.receive(block);
  return text;
}

describe("edits", () => {
  it("are the new letters alone, or backspaces and letters", () => {
    expect(editsBetween("", "Gu")).toBe("Gu");
    expect(editsBetween("Gu", "Gut")).toBe("t");
    expect(editsBetween("Guten", "Gute Nacht")).toBe(`${backspace} Nacht`);
    expect(editsBetween("abc", "")).toBe(backspace.repeat(3));
    expect(editsBetween("same", "same")).toBe("");
  });

  it("take away whole characters, as a reader sees them", () => {
    expect(charactersOf("e\u0301👩‍👧👍🏽🇩🇪x")).toEqual(["e\u0301", "👩‍👧", "👍🏽", "🇩🇪", "x"]);
    expect(editsBetween("👩‍👧", "")).toBe(backspace);
    expect(editsBetween("👩", "👩‍👧")).toBe("‍👧");
  });

  it("lead a reader to the same line, whatever is typed", () => {
    const alphabet = [
      "a",
      "b",
      "ß",
      "e\u0301",
      "\u0301",
      "👍🏽",
      "🇩🇪",
      "🇫",
      "‍",
      "👩",
      " ",
      "א",
      "\u202e",
      "x",
    ];
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const reader = new ReceivedText();
    let line = "";
    for (let step = 0; step < 4000; step += 1) {
      const before = line;
      const points = [...line];
      points.splice(
        next(points.length + 1),
        next(4),
        ...Array.from({ length: next(4) }, () => alphabet[next(14)] ?? ""),
      );
      line = points
        .join("")
        .slice(0, 60)
        .replace(/[\ud800-\udbff]$/, "");
      reader.receive(editsBetween(before, line));
      expect(reader.line).toBe(line);
      if (step % 50 !== 49) continue;
      reader.receive(newLine);
      line = "";
    }
  });
});

describe("what is received", () => {
  it("stands there letter by letter, and lines end with U+2028", () => {
    const text = received("Gu", "ten", ` Tag${newLine}Wie`);
    expect([text.lines, text.line]).toEqual([["Guten Tag"], "Wie"]);
  });

  it("is erased by U+0008, over the line's beginning too", () => {
    const text = received(`ab${newLine}c`, backspace, backspace, backspace);
    expect([text.lines, text.line]).toEqual([[], "a"]);
    expect(received(backspace, "a").line).toBe("a");
  });

  it("has no byte order mark, bell, interrupt, string or style in it", () => {
    expect(received(`${byteOrderMark}Hallo`).line).toBe("Hallo");
    expect(received("a\u0007b\u001bac\u0098egal\u009cd\u009b1;31me").line).toBe("abcde");
    expect(received("a\u0098halber Be", "fehl\u009cb").line).toBe("ab");
    expect(received("a\u001b", "ab").line).toBe("ab");
  });

  it("takes CR LF, CR, LF and U+2029 as line ends as well", () => {
    expect(received("a\r\nb\rc\nd\u2029e").lines).toEqual(["a", "b", "c", "d"]);
  });

  it("has a mark where something may be missing", () => {
    const text = received("Guten Ta");
    text.interrupted();
    text.receive("Guten Tag");
    expect([text.lines, text.line]).toEqual([[`Guten Ta${missingText}`], "Guten Tag"]);
    const untouched = new ReceivedText();
    untouched.interrupted();
    expect(untouched.empty).toBe(true);
  });

  it("stays small, whoever sends", () => {
    const text = received("x".repeat(100_000));
    expect(text.line.length).toBe(1000);
    for (let line = 0; line < 500; line += 1) text.receive(`${line}${newLine}`);
    expect(text.lines.length).toBe(200);
    expect(text.first + text.lines.length).toBe(500);
    text.receive(`\u0098${"y".repeat(5000)}`);
    text.receive("z\u009cnach");
    expect(text.line).toContain("nach");
  });
});

describe("typing", () => {
  let typed: Typed;
  let blocks: string[];
  let online: boolean;
  const to = () =>
    new TypingTo(
      typed,
      (block) => {
        if (online) blocks.push(block);
        return online;
      },
      () => Date.now(),
    );
  const type = (typing: TypingTo, line: string) => {
    typed.line = line;
    typing.changed();
  };

  beforeEach(() => {
    vi.useFakeTimers();
    [typed, blocks, online] = [{ lines: [], line: "" }, [], true];
  });
  afterEach(() => void vi.useRealTimers());

  it("sends the first letter at once and what follows within 300 ms, in one block", () => {
    const typing = to();
    type(typing, "G");
    expect(blocks).toEqual(["G"]);
    for (const line of ["Gu", "Gut", "Gutx", "Gut"]) type(typing, line);
    expect(blocks).toEqual(["G"]);
    vi.advanceTimersByTime(300);
    expect(blocks).toEqual(["G", "ut"]);
    vi.advanceTimersByTime(1000);
    type(typing, "Gu");
    expect(blocks).toEqual(["G", "ut", backspace]);
  });

  it("sends a finished line with its end, and goes on with the next", () => {
    const typing = to();
    type(typing, "Hallo");
    typed.lines.push("Hallo!");
    type(typing, "W");
    vi.advanceTimersByTime(300);
    expect(blocks.join("")).toBe(`Hallo!${newLine}W`);
  });

  it("is kept while there is no channel, and the line under the cursor is said again afterwards", () => {
    const typing = to();
    type(typing, "Gu");
    online = false;
    typed.lines.push("Guten Tag");
    type(typing, "Wie");
    vi.advanceTimersByTime(5000);
    online = true;
    typing.reopened();
    vi.advanceTimersByTime(300);
    expect(blocks).toEqual(["Gu", `Guten Tag${newLine}Wie`]);
  });

  it("is not told to those who come later, but for the line under the cursor", () => {
    typed.lines.push("Geheimes");
    typed.line = "Hal";
    const typing = to();
    type(typing, "Hall");
    expect(blocks).toEqual(["Hall"]);
  });

  it("has no characters that the protocol needs for itself", () => {
    expect(typeable("a\u0008b\u001bc\ufeffd\r\ne")).toBe(`abcd${newLine}e`);
    expect(typeable("x".repeat(2000)).length).toBe(1000);
  });
});
