// An identity card is shown in the call: step by step, to clerks alone, and nothing is kept of it.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OwnSide } from "../src/room/own_side";
import { missingFor } from "../src/room/papers/identity";
import { steps } from "../src/room/papers/words";
import type { PictureRules } from "../src/room/sending";
import { meeting, server, setTable } from "./case_on_table";

setTable();

describe("showing an identity card", () => {
  it("goes step by step, keeps the picture from others, and notes level and method alone", async () => {
    const [clerk, ada] = await meeting();
    const { identity } = clerk.talk.papers;
    identity.lead("front");
    expect([ada.talk.papers.identity.step, ada.keptFromOthers]).toEqual(["front", true]);
    expect(ada.said.at(-1)).toBe(
      "Schritt 1 von 4: Halten Sie die Vorderseite Ihres Ausweises in den Rahmen.",
    );
    for (const step of steps) {
      expect(ada.talk.papers.identity.step).toBe(step);
      await identity.note("low", "card");
      expect([identity.missing, server.noted]).toEqual(["steps", []]);
      identity.mark(step, true);
    }
    await identity.note("low", "card");
    expect(server.noted).toEqual([["/api/v1/appointments/x/identity", '{"level":"low","method":"card"}']]);
    expect([ada.talk.papers.identity.step, ada.keptFromOthers]).toEqual([null, false]);
    expect(ada.said.at(-1)).toBe("Das Ergebnis der Ausweisprüfung ist festgehalten.");
    expect([identity.outcome, identity.marks.size]).toEqual(["noted", 0]);
  });

  it("is declined by the citizen with one press, and ends with the clerk's page", async () => {
    const [clerk, ada, pair] = await meeting();
    clerk.talk.papers.identity.lead("back");
    ada.talk.papers.identity.decline();
    expect([clerk.talk.papers.identity.step, clerk.talk.papers.identity.outcome]).toEqual([null, "declined"]);
    expect(ada.keptFromOthers).toBe(false);
    clerk.talk.papers.identity.lead("back");
    pair.close();
    expect([ada.talk.papers.identity.step, ada.keptFromOthers]).toEqual([null, false]);
  });

  it("is over for both when the next step was on its way to the citizen who declined", async () => {
    const [clerk, ada, pair] = await meeting();
    clerk.talk.papers.identity.lead("front");
    const control = pair.connections[1].channels.get(0) as { send(data: string): void };
    const onTheWay: string[] = [];
    const send = control.send.bind(control);
    control.send = (data) => void onTheWay.push(data);
    ada.talk.papers.identity.decline();
    clerk.talk.papers.identity.lead("back");
    for (const data of onTheWay) send(data);
    expect([clerk.talk.papers.identity.step, clerk.talk.papers.identity.outcome]).toEqual([null, "declined"]);
    expect([ada.talk.papers.identity.step, ada.keptFromOthers]).toEqual([null, false]);
  });

  it("is seen by clerks alone: no picture goes to anybody else meanwhile", () => {
    let rules: (peer: string) => PictureRules = () => ({ send: true, receive: true, shrink: 1 });
    const links = new Map(
      (["host", "guest"] as const).map((role) => [role, { peer: { id: role, role, part: "support" } }]),
    );
    const session = {
      links,
      openLinks: [...links.values()],
      setPictures: (now: typeof rules) => {
        rules = now;
      },
      sayMedia: () => undefined,
    };
    const own = new OwnSide({
      session: () => session as never,
      preview: () => null,
      say: () => undefined,
      changed: () => undefined,
    });
    const sends = () => ["host", "guest"].map((peer) => rules(peer).send);
    own.keepFromOthers(true);
    expect(sends()).toEqual([true, false]);
    own.keepFromOthers(false);
    expect(sends()).toEqual([true, true]);
  });

  it("asks for a level where there is a method, and for all steps where a document was seen", () => {
    const all = new Set(steps);
    expect(missingFor(all, "low", "card")).toBe(null);
    expect(missingFor(new Set(["front"]), "low", "passport")).toBe("steps");
    expect(missingFor(new Set(), "low", "known")).toBe(null);
    expect(missingFor(new Set(), "none", "refused")).toBe(null);
    expect(missingFor(all, "low", "refused")).toBe("level");
    expect(missingFor(all, "none", "card")).toBe("level");
  });

  it("takes no picture: nothing in the room draws a camera's frame, records it or grabs a still", () => {
    const folder = new URL("../src/room/", import.meta.url);
    const files = readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".ts"));
    const tools =
      /canvas|ImageCapture|MediaRecorder|createImageBitmap|MediaStreamTrackProcessor|VideoFrame\b|grabFrame|takePhoto/;
    const found = files.filter((name) => tools.test(readFileSync(new URL(String(name), folder), "utf8")));
    expect(files.length).toBeGreaterThan(50);
    // It shows the picture of the moment of admission, and is done before anybody is asked for a card.
    expect(found).toEqual(["first_picture.ts"]);
  });
});
