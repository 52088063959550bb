// Chat and control messages: read without trust, said again until they have arrived, and nowhere stored.
import { describe, expect, it } from "vitest";
import { ChatLog, longestMessage, messageText, parseChatPacket } from "../src/room/talk/chat";
import { controlText, noticeOf, ownPath, parseControl } from "../src/room/talk/control";

const id = "0123456789abcdef";
const site = "https://termin.example/a/1/room";

describe("a chat message", () => {
  it("is text without control characters, of limited length", () => {
    expect(messageText("  Guten\u0000 Tag\r\n\n\n\nZeile\u0008 ")).toBe("Guten Tag\n\nZeile");
    expect(messageText("\n \t\n")).toBe("");
    expect(messageText("x".repeat(9000)).length).toBe(longestMessage);
    expect(messageText(`${"x".repeat(longestMessage - 1)}👍`)).toBe("x".repeat(longestMessage - 1));
  });

  it("keeps markup and links as the text that they are", () => {
    const text = '<img src=x onerror=alert(1)> https://example.org/?a="b"';
    expect(parseChatPacket(JSON.stringify({ kind: "text", id, text }))).toEqual({ kind: "text", id, text });
  });

  it("that is none is passed over", () => {
    const wrong = [null, "", "{", "[]", '"x"', new ArrayBuffer(4)].concat(
      [
        { kind: "text", id },
        { kind: "text", id, text: "" },
        { kind: "text", id: "1", text: "x" },
        { kind: "text", id, text: "x".repeat(longestMessage + 1) },
        { kind: "html", id, text: "x" },
      ].map((packet) => JSON.stringify(packet)) as never[],
    );
    expect(wrong.map(parseChatPacket).filter((packet) => packet !== null)).toEqual([]);
  });
});

describe("the list of messages", () => {
  const now = new Date();

  it("knows whom a message has not reached, until they say so", () => {
    const log = new ChatLog();
    log.write(id, "Hallo", ["b", "c"], now);
    expect(log.unsentTo("b").length).toBe(1);
    log.arrived(id, "b");
    expect([log.unsentTo("b").length, log.unsentTo("c").length, log.unsentTo("d").length]).toEqual([0, 1, 0]);
    log.gone("c");
    expect(log.unsentTo("c")).toEqual([]);
  });

  it("takes what is said twice once, and counts what nobody has read", () => {
    const log = new ChatLog();
    expect(log.receive({ id, text: "a" }, "b", "Bob", now)).not.toBeNull();
    expect(log.receive({ id, text: "a" }, "b", "Bob", now)).toBeNull();
    expect(log.receive({ id, text: "a" }, "c", "Carla", now)).not.toBeNull();
    expect([log.messages.length, log.unread]).toEqual([2, 2]);
    log.arrived(id, "b");
    expect(log.messages.length).toBe(2);
  });

  it("holds five hundred", () => {
    const log = new ChatLog();
    for (let n = 0; n < 600; n += 1) log.receive({ id: `${n}`, text: "x" }, "b", "Bob", now);
    expect(log.messages.length).toBe(500);
  });
});

describe("a control message", () => {
  it("is an object with a kind, and small", () => {
    expect(parseControl('{"kind":"handover","to":"Frau Weber"}')).toEqual({
      kind: "handover",
      to: "Frau Weber",
    });
    for (const text of [
      "",
      "[]",
      '{"kind":1}',
      '{"to":1}',
      '{"kind":"<b>"}',
      `{"kind":"x","a":"${"x".repeat(9000)}"}`,
    ]) {
      expect(parseControl(text)).toBeNull();
    }
    expect(controlText({ kind: "notice", text: "x" })).toContain("notice");
    expect(() => controlText({ kind: "notice", text: "x".repeat(9000) })).toThrow();
    expect(() => controlText({})).toThrow();
  });

  it("of a kind made for the eyes is a notice; others are none", () => {
    expect(noticeOf({ kind: "handover", to: "Frau Weber" }, site)).toEqual({
      kind: "handover",
      to: "Frau Weber",
    });
    expect(noticeOf({ kind: "notice", text: "Gleich\nzurück" }, site)).toEqual({
      kind: "notice",
      text: "Gleich zurück",
    });
    expect(noticeOf({ kind: "handover" }, site)).toBeNull();
    expect(noticeOf({ kind: "notice", text: " " }, site)).toBeNull();
    expect(noticeOf({ kind: "future", text: "x" }, site)).toBeNull();
  });

  it("leads nowhere but to this very site", () => {
    const onsite = { kind: "onsite", number: "K-12", when: "morgen, 10:00 Uhr", where: "Rathaus" };
    expect(noticeOf({ ...onsite, manage: "/a/abc" }, site)).toEqual({ ...onsite, manage: "/a/abc" });
    for (const manage of ["https://böse.example/a", "//böse.example", "javascript:alert(1)", 7, undefined]) {
      expect(noticeOf({ ...onsite, manage }, site)).toEqual({ ...onsite, manage: null });
    }
    expect(ownPath("https://termin.example/a/x?y=1", site)).toBe("/a/x");
  });
});
