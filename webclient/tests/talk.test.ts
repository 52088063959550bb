// Chat, live text, control and safety code between pages whose data channels are wired to each other: what arrives, what
// is said again over a new connection, and what a newcomer does not get.
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Pair, Person, settled, words, write } from "./wired_people";

beforeAll(() => {
  globalThis.document = {
    getElementById: () => null,
    documentElement: { lang: "de" },
  } as unknown as Document;
  globalThis.location = { href: "https://termin.example/a/1/room" } as Location;
});
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

describe("chat", () => {
  it("reaches everybody in the call, and nobody who comes later", () => {
    const [ada, bob, carla, dora] = ["Ada", "Bob", "Carla", "Dora"].map(
      (name) => new Person(name),
    ) as Person[] as [Person, Person, Person, Person];
    new Pair(ada, bob);
    new Pair(ada, carla);
    write(ada, "Hallo zusammen");
    new Pair(ada, dora);
    write(bob, "Hallo Ada");
    expect([bob.texts, carla.texts, dora.texts]).toEqual([
      ["Hallo zusammen", "Hallo Ada"],
      ["Hallo zusammen"],
      [],
    ]);
    expect(ada.talk.chat.log.messages.map(({ name }) => name)).toEqual(["", "Bob"]);
    expect(carla.said).toEqual(["Neue Nachricht von Ada: Hallo zusammen"]);
    expect([carla.talk.chat.log.unread, carla.talk.chat.log.messages.length]).toEqual([1, 1]);
    carla.talk.toggle("chat");
    expect(carla.talk.chat.log.unread).toBe(0);
  });

  it("that a break swallowed is said again over the next connection, once", () => {
    const [ada, bob] = [new Person("Ada"), new Person("Bob")];
    const pair = new Pair(ada, bob);
    write(ada, "eins");
    pair.break();
    write(ada, "zwei");
    const [, last] = ada.talk.chat.log.messages;
    expect(last && ada.talk.chat.missingNames(last)).toEqual(["Bob"]);
    pair.rebuild();
    pair.rebuild();
    expect(bob.texts).toEqual(["eins", "zwei"]);
    expect(last && ada.talk.chat.missingNames(last)).toEqual([]);
  });

  it("stays in the field while nobody is there to read it", () => {
    const ada = new Person("Ada");
    write(ada, "Hört mich jemand?");
    expect([ada.talk.draft, ada.talk.nobodyReads, ada.texts]).toEqual(["Hört mich jemand?", true, []]);
    new Pair(ada, new Person("Bob"));
    ada.talk.write();
    expect([ada.talk.draft, ada.talk.nobodyReads, ada.texts]).toEqual(["", false, ["Hört mich jemand?"]]);
  });
});

describe("live text", () => {
  it("stands at the other side as it grows, and is read out in whole lines or at a pause", () => {
    const [ada, bob] = [new Person("Ada"), new Person("Bob")];
    new Pair(ada, bob);
    for (const typed of ["G", "Gu", "Guten", "Guten Tag"]) {
      expect(ada.talk.text.type(typed)).toBe(typed);
      vi.advanceTimersByTime(300);
      expect(bob.talk.text.current.map(({ text }) => text)).toEqual([typed]);
    }
    expect(bob.said).toEqual([]);
    vi.advanceTimersByTime(2000);
    expect(bob.said).toEqual(["Ada schreibt: Guten Tag"]);
    expect(ada.talk.text.type("Guten Tag, Bob\n")).toBe("");
    vi.advanceTimersByTime(300);
    expect(bob.said).toEqual(["Ada schreibt: Guten Tag", "Ada schreibt: , Bob"]);
    expect(bob.talk.text.finished.map(({ peer, text }) => [peer?.name, text])).toEqual([
      ["Ada", "Guten Tag, Bob"],
    ]);
    expect(ada.talk.text.finished.map(({ peer }) => peer)).toEqual([null]);
    expect(bob.talk.textIsNew).toBe(true);
  });

  it("stands below the picture for half a minute, unless one does not want it", () => {
    const [ada, bob] = [new Person("Ada"), new Person("Bob")];
    new Pair(ada, bob);
    ada.talk.text.type("Erste Zeile\nZweite");
    vi.advanceTimersByTime(300);
    expect(bob.talk.captions.lines.map(({ text }) => text)).toEqual(["Erste Zeile", "Zweite"]);
    ada.talk.text.type("Zweite\n");
    vi.advanceTimersByTime(10_000);
    expect(bob.talk.captions.lines.length).toBe(2);
    vi.advanceTimersByTime(30_000);
    expect(bob.talk.captions.lines).toEqual([]);
    ada.talk.text.type("Dritte");
    vi.advanceTimersByTime(300);
    expect(bob.talk.captions.lines.length).toBe(1);
    bob.talk.captions.on = false;
    expect(bob.talk.captions.lines).toEqual([]);
  });

  it("is whole again after a break, with a mark where something may be missing", () => {
    const [ada, bob] = [new Person("Ada"), new Person("Bob")];
    const pair = new Pair(ada, bob);
    ada.talk.text.type("Das ist ein ");
    vi.advanceTimersByTime(300);
    pair.break();
    ada.talk.text.type("Das ist ein Satz");
    vi.advanceTimersByTime(5000);
    pair.rebuild();
    vi.advanceTimersByTime(300);
    expect(bob.talk.text.finished.map(({ text }) => text)).toEqual(["Das ist ein \ufffd"]);
    expect(bob.talk.text.current.map(({ text }) => text)).toEqual(["Das ist ein Satz"]);
  });
});

describe("control", () => {
  it("is shown when a host says it, told to the page in any case, and kept until there is a channel", () => {
    const [clerk, ada] = [new Person("Weber", "host"), new Person("Ada")];
    const pair = new Pair(clerk, ada);
    pair.break();
    clerk.talk.control({ kind: "handover", to: "Herr Kaya" });
    expect(ada.talk.controlling.notices).toEqual([]);
    expect(ada.reached).toEqual(["Weber"]);
    pair.rebuild();
    expect(ada.reached).toEqual(["Weber", "Weber"]);
    expect(ada.talk.controlling.notices).toEqual([{ kind: "handover", to: "Herr Kaya" }]);
    expect(ada.said).toContain("Sie werden gleich an Herr Kaya weitergegeben. Bitte bleiben Sie im Raum.");
    ada.talk.control({ kind: "notice", text: "falsch" });
    expect(clerk.talk.controlling.notices).toEqual([]);
    expect(clerk.heard).toEqual([["Ada", { kind: "notice", text: "falsch" }]]);
  });
});

describe("safety words", () => {
  it("are the same on both sides, another code for each pair, and new over a new connection", async () => {
    const [ada, bob, carla] = [new Person("Ada"), new Person("Bob"), new Person("Carla")];
    const pair = new Pair(ada, bob);
    new Pair(ada, carla);
    await settled(ada, bob, carla);
    const [withBob, withCarla] = words(ada);
    expect(withBob).toHaveLength(4);
    expect([withBob, withCarla]).toEqual([...words(bob), ...words(carla)]);
    expect(withBob).not.toEqual(withCarla);

    const [comparison] = ada.talk.safety.comparisons;
    if (comparison !== undefined) ada.talk.decide(comparison, "same");
    pair.rebuild();
    await settled(ada, bob);
    expect(words(ada)[0]).not.toEqual(withBob);
    expect(words(ada)[0]).toEqual(words(bob)[0]);
    const renewed = ada.talk.safety.comparisons.find(({ peer }) => peer.name === "Bob");
    expect([renewed?.verdict, renewed?.again]).toEqual(["open", true]);
    expect(ada.said.at(-1)).toContain("Bitte vergleichen Sie die Wörter noch einmal");
  });

  it("are taken away when a certificate changes under way", async () => {
    const [ada, bob] = [new Person("Ada"), new Person("Bob")];
    const pair = new Pair(ada, bob);
    await settled(ada, bob);
    const [connection] = pair.connections;
    for (const listener of connection.listeners) listener();
    expect(words(ada)[0]).toHaveLength(4);
    connection.currentRemoteDescription = { sdp: "a=fingerprint:sha-256 66:66\r\n" };
    for (const listener of connection.listeners) listener();
    expect([words(ada), ada.talk.safety.comparisons[0]?.failed]).toEqual([[null], true]);
    expect(ada.said.at(-1)).toContain("konnten keine Sicherheits-Wörter gebildet werden");
  });

  it("are gone with the person", async () => {
    const [ada, bob] = [new Person("Ada"), new Person("Bob")];
    const pair = new Pair(ada, bob);
    await settled(ada, bob);
    pair.close();
    expect(ada.talk.safety.comparisons).toEqual([]);
    expect(ada.talk.text.current).toEqual([]);
  });
});
