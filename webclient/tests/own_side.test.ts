// What is wished from camera and microphone, what is noticed about them, and how long somebody waits: rules without a browser.
import { describe, expect, it } from "vitest";
import { audioWish, parseChoice, videoWish } from "../src/room/device_choice";
import { type Heard, hear, nothingHeard } from "../src/room/microphone_watch";
import { expectedMinutes } from "../src/room/words";

describe("the choice of devices", () => {
  it("is asked for exactly, and as a mere wish once that has failed, so that a camera that is gone keeps nobody out", () => {
    expect(videoWish({ camera: "c1" }, true)).toMatchObject({ deviceId: { exact: "c1" } });
    expect(audioWish({ microphone: "m1" }, true)).toMatchObject({ deviceId: { exact: "m1" } });
    expect(JSON.stringify([videoWish({ camera: "c1" }), audioWish({ microphone: "m1" })])).not.toContain(
      "exact",
    );
    expect(JSON.stringify([videoWish({}, true), audioWish({}, true)])).not.toContain("exact");
  });

  it("is the camera towards the face as long as nobody chose", () => {
    expect(videoWish({})).toMatchObject({ facingMode: "user" });
    expect(videoWish({ facing: "environment" })).toMatchObject({ facingMode: "environment" });
  });

  it("is read back from what was kept, as far as that makes sense", () => {
    expect(parseChoice('{"camera":"c1","speaker":7,"facing":"up","more":1}')).toEqual({ camera: "c1" });
    for (const kept of [null, "{", "null", "[]", '"text"']) expect(parseChoice(kept)).toEqual({});
  });
});

describe("the own microphone", () => {
  const listen = (levels: number[], on: boolean, from: Heard = nothingHeard): Heard =>
    levels.reduce((heard, level) => hear(heard, level, on), from);

  it("is said to be off when somebody speaks into it, for a while", () => {
    const speaking = listen([0.2, 0.2, 0.01, 0.3], false);
    expect(speaking.hint).toBe("muted");
    expect(listen(Array(40).fill(0), false, speaking).hint).toBeNull();
    expect(hear(speaking, 0.2, true).hint).toBeNull();
  });

  it("is not said to be off for a cough", () => {
    expect(listen([0.3, 0, 0, 0, 0, 0, 0, 0, 0, 0.3, 0, 0, 0], false).hint).toBeNull();
  });

  it("that is on and gives nothing for fifteen seconds is said to be silent, until it gives something", () => {
    expect(listen(Array(59).fill(0), true).hint).toBeNull();
    const silent = listen(Array(60).fill(0), true);
    expect(silent.hint).toBe("silent");
    expect(hear(silent, 0, true).hint).toBe("silent");
    expect(hear(silent, 0.01, true).hint).toBeNull();
  });
});

describe("the expected wait", () => {
  const now = new Date("2026-11-25T10:00:00Z");
  const starts = new Date("2026-11-25T10:07:00Z");

  it("lasts until the appointment begins, and longer for each person before", () => {
    expect(expectedMinutes(now, starts, 1, 5)).toBe(7);
    expect(expectedMinutes(now, starts, 3, 5)).toBe(17);
  });

  it("is what one visit takes when the time has come", () => {
    expect(expectedMinutes(starts, now, 1, 5)).toBe(5);
    expect(expectedMinutes(now, null, 2, 5)).toBe(10);
    expect(expectedMinutes(now, starts, 0, 5)).toBeNull();
  });
});
