// Documents in the call, between pages whose control channels are wired to each other: handing over, looking together,
// pointing. And that none of it reaches a third person.
import { describe, expect, it, vi } from "vitest";
import type { Paper } from "../src/room/papers/case_api";
import { Documents, movedBetween } from "../src/room/papers/documents";
import { Pointing, spotOf, stepped } from "../src/room/papers/pointing";
import { type Place, sideOf, wordOf } from "../src/room/papers/words";
import { meeting, photo, plan, server, setTable, settled } from "./case_on_table";
import { Pair, Person } from "./wired_people";

setTable();

describe("looking at a page together", () => {
  it("the clerk leads, the citizen asks for another page, both are on it", async () => {
    const [clerk, ada] = await meeting();
    clerk.talk.papers.show(plan);
    expect(ada.talk.papers.viewing.shown).toEqual({ document: plan, page: 0 });
    expect(ada.said).toEqual(["Weber zeigt ein Dokument, das Sie gemeinsam ansehen."]);
    expect(clerk.talk.papers.viewing.seen).toBe(false);
    ada.talk.papers.viewing.loaded(true);
    expect(clerk.talk.papers.viewing.seen).toBe(true);
    ada.talk.papers.turn(2);
    for (const { talk } of [clerk, ada]) expect(talk.papers.viewing.shown?.page).toBe(2);
    expect(clerk.talk.papers.viewing.seen).toBe(false);
    ada.talk.papers.turn(1);
    expect(clerk.talk.papers.viewing.shown?.page).toBe(2);
    vi.advanceTimersByTime(200);
    ada.talk.papers.turn(3);
    expect(clerk.talk.papers.viewing.shown?.page).toBe(2);
    clerk.talk.papers.viewing.magnify(1);
    expect([clerk, ada].map(({ talk }) => talk.papers.viewing.zoom)).toEqual([150, 100]);
    clerk.talk.papers.viewing.end();
    expect(ada.talk.papers.viewing.shown).toBe(null);
  });

  it("nobody but a clerk puts anything before the others", async () => {
    const [clerk, ada] = await meeting();
    ada.talk.control({ kind: "view", document: plan, page: 0 });
    ada.talk.control({ kind: "view-end" });
    expect(clerk.talk.papers.viewing.shown).toBe(null);
    clerk.talk.papers.show(plan);
    ada.talk.control({ kind: "view-end" });
    expect(clerk.talk.papers.viewing.leads).toBe(true);
  });

  it("is the same again after a break, and after the clerk has loaded the page anew", async () => {
    const [clerk, ada, pair] = await meeting();
    clerk.talk.papers.show(plan, 1);
    pair.break();
    clerk.talk.papers.turn(2);
    pair.rebuild();
    expect(ada.talk.papers.viewing.shown?.page).toBe(2);
    pair.close();
    expect(ada.talk.papers.viewing.shown).toBe(null);
    new Pair(new Person("Weber", "host", "clerk"), ada);
    expect(ada.talk.papers.viewing.shown).toEqual({ document: plan, page: 2 });
  });

  it("a third person learns that something is shown, not what, and can't turn or point", async () => {
    const [clerk, ada] = await meeting();
    const heard: string[] = [];
    const dora = new Person("Dora", "guest", "interpreter");
    new Pair(clerk, dora);
    const hear = dora.talk.papers.hear.bind(dora.talk.papers);
    dora.talk.papers.hear = (from, message) => {
      heard.push(JSON.stringify(message));
      return hear(from, message);
    };
    await settled();
    clerk.talk.papers.show(plan, 1);
    clerk.talk.papers.pointing.point({ x: 0.5, y: 0.5 });
    clerk.talk.papers.identity.lead("front");
    clerk.talk.papers.offer(plan);
    expect(heard).toEqual(['{"kind":"view"}']);
    expect([dora.talk.papers.viewing.shown, dora.talk.papers.viewing.hidden?.name]).toEqual([null, "Weber"]);
    expect(dora.said[0]).toContain("Nur die Person, um deren Termin es geht, sieht es.");
    dora.talk.control({ kind: "turn", document: plan, page: 2 });
    dora.talk.control({ kind: "pointer", x: 0.1, y: 0.1 });
    dora.talk.control({ kind: "document", id: photo });
    vi.advanceTimersByTime(2000);
    expect(clerk.talk.papers.viewing.shown?.page).toBe(1);
    expect(clerk.said.filter((words) => words.includes("Dora"))).toEqual([]);
    clerk.talk.papers.viewing.end();
    expect(dora.talk.papers.viewing.hidden).toBe(null);
    expect(ada.talk.papers.viewing.hidden).toBe(null);
  });
});

describe("handing over", () => {
  it("is told to the other side, which reads it from the server, once each", async () => {
    const [clerk, ada] = await meeting();
    server.papers = [...server.papers, { id: photo, name: "foto.jpg", state: "quarantine", direction: "in" }];
    await ada.talk.papers.documents.refresh();
    await settled();
    expect(clerk.said).toEqual(["Neues Dokument: foto.jpg"]);
    expect([clerk.talk.papersAreNew, ada.talk.papersAreNew]).toEqual([true, false]);
    expect([...clerk.talk.papers.fresh]).toEqual([photo]);
    server.papers = server.papers.map((one) => ({ ...one, state: "accepted" as const }));
    await clerk.talk.papers.documents.refresh();
    await settled();
    expect(ada.said).toEqual([
      "Das Dokument plan.pdf hat einen neuen Stand: Angenommen",
      "Das Dokument foto.jpg hat einen neuen Stand: Angenommen",
    ]);
  });

  it("during a break of the line is found when it is back", async () => {
    const [clerk, ada, pair] = await meeting();
    const [link] = ada.open.splice(0);
    server.papers = [...server.papers, { id: photo, name: "foto.jpg", state: "checking", direction: "in" }];
    await ada.talk.papers.documents.refresh();
    await settled();
    expect(clerk.said).toEqual([]);
    ada.open.push(...(link ? [link] : []));
    pair.rebuild();
    await settled();
    expect(clerk.said).toContain("Neues Dokument: foto.jpg");
  });

  it("before there is a channel is found as soon as there is one, by whichever side was slower", async () => {
    const [clerk, ada] = [new Person("Weber", "host", "clerk"), new Person("Ada")];
    for (const { talk } of [clerk, ada]) talk.papers.entered();
    await settled();
    server.papers = [...server.papers, { id: photo, name: "foto.jpg", state: "checking", direction: "in" }];
    await ada.talk.papers.documents.refresh();
    new Pair(clerk, ada);
    await settled();
    expect(clerk.said).toEqual(["Neues Dokument: foto.jpg"]);
    expect(ada.said).toEqual([]);
  });

  it("is found when the server answers again, also while nobody looks at the list", async () => {
    const [clerk, ada] = await meeting();
    server.papers = [...server.papers, { id: photo, name: "foto.jpg", state: "checking", direction: "in" }];
    server.down = true;
    ada.talk.papers.offer(photo);
    await settled();
    expect(clerk.said).toEqual([]);
    server.down = false;
    await vi.advanceTimersByTimeAsync(3000);
    expect(clerk.said).toContain("Neues Dokument: foto.jpg");
  });

  it("of a document that was there before points it out", async () => {
    const [clerk, ada] = await meeting();
    clerk.talk.papers.offer(plan);
    await settled();
    expect(ada.said).toEqual(["Neues Dokument: plan.pdf"]);
    expect(ada.talk.papersAreNew).toBe(true);
  });

  it("looks again while the scanner has a file in hand and somebody looks at the list", async () => {
    server.papers = [{ id: plan, name: "plan.pdf", state: "quarantine" }];
    const moved: string[] = [];
    const api = { list: async () => server.papers as Paper[] };
    const around = {
      changed: () => undefined,
      moved: (all: Paper[]) => moved.push(...all.map(({ id }) => id)),
    };
    const documents = new Documents(api as never, around);
    documents.watch(true);
    await settled();
    server.papers = [{ id: plan, name: "plan.pdf", state: "checking" }];
    await vi.advanceTimersByTimeAsync(3000);
    expect(moved).toEqual([plan]);
    server.papers = [];
    await vi.advanceTimersByTimeAsync(30_000);
    expect(documents.list).toHaveLength(1);
    documents.close();
  });

  it("one is accepted while another is, and each once", async () => {
    const [clerk] = await meeting();
    const { giving } = clerk.talk;
    await Promise.all([plan, photo, plan].map((one) => giving.accept(one)));
    const accepted = (one: string) => `/api/v1/appointments/x/documents/${one}/decision`;
    expect(server.noted.map((note) => (note as string[])[0])).toEqual([accepted(plan), accepted(photo)]);
  });

  it("names what is new or in another state", () => {
    const paper = (id: string, state: string) => ({ id, state }) as Paper;
    const before = [paper("1", "checking"), paper("2", "checking")];
    const now = [paper("1", "checking"), paper("2", "resend"), paper("3", "checking")];
    expect(movedBetween(before, now).map(({ id }) => id)).toEqual(["2", "3"]);
  });
});

describe("pointing", () => {
  it("is told at most twenty times a second, and the last place always", () => {
    const told: (Place | null)[] = [];
    const pointing = new Pointing({ tell: (at) => told.push(at), rested: () => undefined });
    for (let step = 0; step <= 100; step += 1) {
      pointing.point({ x: step / 100, y: 0 });
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(50);
    expect(told.length).toBeLessThanOrEqual(22);
    expect(told.length).toBeGreaterThan(15);
    expect(told.at(-1)).toEqual({ x: 1, y: 0 });
    pointing.point(null);
    pointing.point(null);
    vi.advanceTimersByTime(50);
    expect(told.filter((at) => at === null)).toHaveLength(1);
  });

  it("is said in words where it rests, and not said when it is late", async () => {
    const [clerk, ada, pair] = await meeting();
    clerk.talk.papers.show(plan);
    ada.said.length = 0;
    clerk.talk.papers.pointing.point({ x: 0.9, y: 0.1 });
    vi.advanceTimersByTime(1000);
    expect(ada.said).toEqual(["Weber zeigt auf eine Stelle: oben rechts"]);
    pair.break();
    clerk.talk.papers.pointing.point({ x: 0.1, y: 0.9 });
    vi.advanceTimersByTime(1000);
    pair.rebuild();
    vi.advanceTimersByTime(1000);
    expect(ada.said).toHaveLength(1);
  });

  it("goes by keys from the middle, and never off the page", () => {
    const first = stepped(null, "ArrowLeft", false);
    expect(first).toEqual({ x: 0.5, y: 0.5 });
    expect(stepped({ x: 0.95, y: 0.5 }, "ArrowRight", true)).toEqual({ x: 1, y: 0.5 });
    expect(stepped(first, "Enter", false)).toBe(null);
    expect([spotOf({ x: 0, y: 0 }), spotOf({ x: 0.5, y: 1 })]).toEqual(["top.left", "bottom.center"]);
  });
});

describe("what comes over the channel", () => {
  it.each([
    [{ kind: "view", document: "../../etc", page: 0 }],
    [{ kind: "view", document: plan, page: -1 }],
    [{ kind: "view", document: plan, page: 1.5 }],
    [{ kind: "view", document: plan }],
    [{ kind: "pointer", x: 2, y: 0 }],
    [{ kind: "pointer", x: "0", y: 0 }],
    [{ kind: "document", id: 7 }],
    [{ kind: "identity", step: "number" }],
    [{ kind: "turn" }],
    [{ kind: "chat" }],
  ])("is nothing when it is %j", (message) => {
    expect(wordOf(message)).toBe(null);
  });

  it("names on which side somebody sits", () => {
    expect(sideOf({ role: "host", part: "clerk" })).toBe("clerk");
    expect(sideOf({ role: "guest", part: "citizen" })).toBe("citizen");
    for (const part of ["interpreter", "sign", "support", "colleague"] as const)
      expect(sideOf({ role: "guest", part })).toBe("other");
  });
});
