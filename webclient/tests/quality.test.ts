// How good a line is said to be, and when a picture gives way to the sound.
import { describe, expect, it } from "vitest";
import {
  type Figures,
  floating,
  incoming,
  outgoing,
  type Quality,
  qualityOf,
  type Shown,
  type Sinking,
  settle,
  sink,
} from "../src/room/quality";
import type { LinkStatistics } from "../src/room/statistics";

const before = {
  packetsReceived: 0,
  packetsLost: 0,
  roundTripSeconds: 0.05,
  freezeSeconds: 0,
  lostOnTheWay: 0,
} as LinkStatistics;
const calm: Figures = { lost: 0, roundTrip: 0.05, frozen: 0 };
const storm: Figures = { lost: 0.3, roundTrip: 0.05, frozen: 0 };

describe("a line", () => {
  const word = (more: Partial<LinkStatistics>, expecting = true): Quality =>
    qualityOf(incoming(before, { ...before, ...more }, 2, expecting));

  it("is judged by what is lost, how long the way is and whether the picture stands still", () => {
    expect(word({ packetsReceived: 1000, packetsLost: 5 })).toBe("good");
    expect(word({ packetsReceived: 1000, packetsLost: 60 })).toBe("fair");
    expect(word({ packetsReceived: 1000, packetsLost: 300 })).toBe("poor");
    expect(word({ packetsReceived: 1000, roundTripSeconds: 0.6 })).toBe("fair");
    expect(word({ packetsReceived: 1000, roundTripSeconds: 1.2 })).toBe("poor");
    expect(word({ packetsReceived: 1000, freezeSeconds: 0.5 })).toBe("fair");
    expect(word({ packetsReceived: 1000, freezeSeconds: 1.5 })).toBe("poor");
  });

  it("with five packets of a hundred lost and 300 ms of delay is usable, and said to be less than good", () => {
    expect(word({ packetsReceived: 950, packetsLost: 50, roundTripSeconds: 0.6 })).toBe("fair");
    expect(sink(floating, { lost: 0.05, roundTrip: 0.6, frozen: 0 }, 0).paused).toBe(false);
  });

  it("that is silent is bad only when the other side says that it sends", () => {
    expect(word({})).toBe("poor");
    expect(word({}, false)).toBe("good");
  });

  it("is judged in the other direction by what the other side reports", () => {
    expect(qualityOf(outgoing({ ...before, lostOnTheWay: 0.2 }))).toBe("poor");
    expect(qualityOf(outgoing(before))).toBe("good");
  });
});

describe("the word", () => {
  const shown = (...samples: Quality[]): Quality[] => {
    let state: Shown | undefined;
    return samples.map((sample) => {
      state = settle(state, sample);
      return state.quality;
    });
  };

  it("does not flicker: it gets worse at the second sample and better at the fourth", () => {
    expect(shown("good", "poor", "good", "poor", "poor")).toEqual(["good", "good", "good", "good", "poor"]);
    expect(shown("poor", "good", "good", "good", "good")).toEqual(["poor", "poor", "poor", "poor", "good"]);
    expect(shown("poor", "good", "fair", "poor", "good")).toEqual(Array(5).fill("poor"));
  });
});

describe("the picture", () => {
  const samples = (state: Sinking, times: number, figures: Figures, mayCarry = 0): Sinking =>
    Array.from({ length: times }).reduce<Sinking>((now) => sink(now, figures, mayCarry), state);

  it("is given up at the third bad sample in a row", () => {
    expect(samples(floating, 2, storm).paused).toBe(false);
    expect(samples(samples(samples(floating, 2, storm), 1, calm), 2, storm).paused).toBe(false);
    expect(samples(floating, 3, storm).paused).toBe(true);
  });

  it("is given up too when the browser sees no room for it", () => {
    expect(samples(floating, 3, calm, 60_000).paused).toBe(true);
    expect(samples(floating, 3, calm, 400_000).paused).toBe(false);
  });

  it("comes back by itself, and is tried later each time it fails", () => {
    let state = samples(floating, 3, storm);
    expect(samples(state, 4, calm).paused).toBe(true);
    state = samples(state, 5, calm);
    expect(state.paused).toBe(false);
    state = samples(state, 3, storm);
    expect(samples(state, 9, calm).paused).toBe(true);
    expect(samples(state, 10, calm).paused).toBe(false);
  });

  it("is trusted again after a long calm", () => {
    const tried = samples(samples(floating, 3, storm), 5, calm);
    expect(tried.patience).toBe(10);
    expect(samples(tried, 15, calm).patience).toBe(5);
  });
});
