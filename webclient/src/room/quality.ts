// How good a connection is, in a word that does not flicker, and when a picture is given up so that the sound survives.
// Pure; the figures come from statistics.ts, measuring.ts acts on what is decided here.
import type { LinkStatistics } from "./statistics";

export type Quality = "good" | "fair" | "poor";

/** One direction of a connection over the last few seconds. */
export interface Figures {
  /** 0 to 1. */
  lost: number;
  roundTrip: number;
  /** Share of the time in which the picture stood still. */
  frozen: number;
}

/** What came in between two summaries, `seconds` apart. Silence is a loss only when the other side says that it sends. */
export function incoming(
  before: LinkStatistics,
  after: LinkStatistics,
  seconds: number,
  expecting: boolean,
): Figures {
  const lost = Math.max(0, after.packetsLost - before.packetsLost);
  const received = Math.max(0, after.packetsReceived - before.packetsReceived);
  const frozen = Math.max(0, after.freezeSeconds - before.freezeSeconds);
  return {
    lost: lost + received === 0 ? Number(expecting) : lost / (lost + received),
    roundTrip: after.roundTripSeconds,
    frozen: seconds > 0 ? Math.min(1, frozen / seconds) : 0,
  };
}

export function outgoing(after: LinkStatistics): Figures {
  return { lost: after.lostOnTheWay, roundTrip: after.roundTripSeconds, frozen: 0 };
}

export function qualityOf({ lost, roundTrip, frozen }: Figures): Quality {
  if (lost > 0.1 || roundTrip > 1 || frozen > 0.4) return "poor";
  return lost > 0.03 || roundTrip > 0.4 || frozen > 0.1 ? "fair" : "good";
}

export interface Shown {
  quality: Quality;
  /** For how many samples in a row it has looked otherwise. */
  better: number;
  worse: number;
}

const rank: Record<Quality, number> = { good: 0, fair: 1, poor: 2 };
const worseAfter = 2;
const betterAfter = 4;

/** The word to show after one more sample: soon when it gets worse, late when it gets better. */
export function settle(before: Shown | undefined, now: Quality): Shown {
  if (before === undefined) return { quality: now, better: 0, worse: 0 };
  const step = rank[now] - rank[before.quality];
  if (step === 0) return { ...before, better: 0, worse: 0 };
  const worse = step > 0 ? before.worse + 1 : 0;
  const better = step < 0 ? before.better + 1 : 0;
  if (worse >= worseAfter || better >= betterAfter) return { quality: now, better: 0, worse: 0 };
  return { quality: before.quality, better, worse };
}

/** Whether this side's picture is being sent over one connection, and how sure that is. */
export interface Sinking {
  paused: boolean;
  bad: number;
  calm: number;
  /** Calm samples before the picture is tried again; more after each trial that failed. */
  patience: number;
}

export const floating: Sinking = { paused: false, bad: 0, calm: 0, patience: 5 };
const sinksAfter = 3;
const longestPatience = 40;
const trustedAfter = 15;
const leastForPictures = 120_000;

/** One sample more. `mayCarry` in bit/s counts only while a picture is sent: without one, browsers no longer know it. */
export function sink(before: Sinking, { lost, roundTrip }: Figures, mayCarry: number): Sinking {
  const narrow = mayCarry > 0 && mayCarry < leastForPictures;
  if (!before.paused) {
    const bad = lost > 0.15 || roundTrip > 1.5 || narrow ? before.bad + 1 : 0;
    const calm = bad === 0 ? before.calm + 1 : 0;
    if (bad >= sinksAfter) return { ...before, paused: true, bad: 0, calm: 0 };
    return { ...before, bad, calm, patience: calm >= trustedAfter ? floating.patience : before.patience };
  }
  const calm = lost < 0.05 && roundTrip < 1 ? before.calm + 1 : 0;
  if (calm < before.patience) return { ...before, calm };
  return { paused: false, bad: 0, calm: 0, patience: Math.min(longestPatience, before.patience * 2) };
}
