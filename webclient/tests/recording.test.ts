// What the room shows of a recording by how it stands, and how it follows that: looks, answers, lost requests.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RecordingApi, Standing } from "../src/recording/api";
import { lookAfter, type Place, shownOf, unanswered } from "../src/recording/standing";
import { RecordingWatch } from "../src/recording/watch";

const guest: Place = { here: true, host: false, recorder: false };
const host: Place = { here: true, host: true, recorder: false };

function stands(more: Partial<Standing>): Standing {
  return { permitted: true, state: "none", kept: false, question: "Darf?", version: "1", ...more };
}

describe("what is shown", () => {
  it("is nothing where nobody may be asked, and one button for the clerk where one may", () => {
    const not = stands({ permitted: false });
    for (const place of [guest, host]) {
      expect(shownOf(not, place)).toMatchObject({ words: null, acts: [], live: false });
      expect(lookAfter(not, place)).toBeNull();
    }
    expect(shownOf(stands({}), guest).acts).toEqual([]);
    expect(shownOf(stands({}), host).acts).toEqual(["ask"]);
  });

  it("is a question to whoever is in the call and has not answered", () => {
    const asked = stands({ state: "asked" });
    expect(unanswered(asked, guest)).toBe(true);
    expect(unanswered(asked, { ...guest, here: false })).toBe(false);
    expect(unanswered(stands({ state: "asked", mine: true }), guest)).toBe(false);
    expect(shownOf(asked, guest).acts).toEqual(["question"]);
    expect(shownOf(stands({ state: "asked", mine: true }), guest).acts).toEqual(["takeback"]);
  });

  it("is a way out for everybody as long as there is a recorder, whatever the server said last", () => {
    const recorder = { ...guest, recorder: true };
    for (const state of ["none", "asked", "running", "kept", "gone"] as const)
      expect(shownOf(stands({ state }), recorder)).toMatchObject({
        words: null,
        acts: ["delete"],
        live: true,
      });
    expect(shownOf(null, recorder).live).toBe(true);
    expect(shownOf(null, { ...recorder, host: true }).acts).toEqual(["end", "delete"]);
  });

  it("is the same for everybody after a no", () => {
    const refused = stands({ state: "gone", reason: "refused" });
    expect(shownOf({ ...refused, mine: true }, guest)).toEqual(shownOf({ ...refused, mine: false }, guest));
    expect(shownOf(refused, guest).words).toBe("record.refused");
  });

  it("lets those who said yes delete what is kept, after the call too", () => {
    const kept = stands({ state: "kept", mine: true, kept: true });
    expect(shownOf(kept, { ...guest, here: false }).acts).toEqual(["forget"]);
    expect(shownOf({ ...kept, mine: null, kept: false }, guest).acts).toEqual([]);
    const earlier = shownOf({ ...kept, state: "gone", reason: "refused", mine: false }, guest);
    expect(earlier).toMatchObject({ words: "record.refused", acts: ["forget"], earlier: true });
    expect(shownOf(stands({ state: "running", mine: true }), { ...host, here: false }).acts).toEqual([
      "delete",
    ]);
  });
});

describe("following it", () => {
  let now: Standing;
  let lost: boolean;
  let asked: string[];
  const api = {
    read: async () => take("read"),
    answer: async (agreed: boolean, version: string) => take(`${agreed} ${version}`),
    request: async () => take("request"),
    end: async () => void take("end"),
  } as unknown as RecordingApi;

  function take(what: string): Standing {
    asked.push(what);
    if (lost) throw new Error("lost");
    return now;
  }

  beforeEach(() => {
    vi.useFakeTimers();
    [now, lost, asked] = [stands({ permitted: false }), false, []];
  });

  afterEach(() => vi.useRealTimers());

  it("asks nothing outside the call, once in it, and never again where recording is not permitted", async () => {
    const watch = new RecordingWatch(api, () => undefined);
    watch.move({ ...guest, here: false });
    watch.look();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual([]);
    watch.move(guest);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual(["read"]);
  });

  it("looks at once when the recorder comes or goes", async () => {
    const watch = new RecordingWatch(api, () => undefined);
    watch.move(guest);
    await vi.advanceTimersByTimeAsync(0);
    watch.move({ ...guest, recorder: true });
    await vi.advanceTimersByTimeAsync(0);
    watch.move(guest);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(3);
  });

  it("goes on while requests are lost, says what did not get through, and takes it back once it does", async () => {
    now = stands({ state: "asked" });
    const watch = new RecordingWatch(api, () => undefined);
    watch.move(guest);
    await vi.advanceTimersByTimeAsync(0);
    lost = true;
    await watch.answer(true);
    expect([watch.failed, watch.standing?.state]).toEqual([true, "asked"]);
    [lost, now] = [false, stands({ state: "running", mine: true })];
    await vi.advanceTimersByTimeAsync(2000);
    expect(watch.standing?.state).toBe("running");
    await watch.answer(false);
    expect(watch.failed).toBe(false);
    expect(asked).toContain("true 1");
    watch.close();
  });

  it("does not let an older answer hide what came of an answer", async () => {
    now = stands({ state: "asked" });
    let slow: (standing: Standing) => void = () => undefined;
    const late = { ...api, read: () => new Promise<Standing>((done) => (slow = done)) };
    const watch = new RecordingWatch(late as unknown as RecordingApi, () => undefined);
    watch.move(guest);
    now = stands({ state: "running", mine: true });
    await watch.answer(true);
    slow(stands({ state: "asked" }));
    await vi.advanceTimersByTimeAsync(0);
    expect(watch.standing?.state).toBe("running");
    watch.close();
  });
});
