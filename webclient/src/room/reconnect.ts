// When the next attempt to reach the signaling server is made, and how long one may take; opening the socket is
// signaling_client.ts.

const delays = [0, 300, 1200, 2700, 4800];
const longest = 7000;
const urgentLongest = 1500;
const jitter = 1000;

/** Milliseconds before attempt number `attempt` (from 0); `random` is in [0, 1) and spreads clients from the third on.
 * `urgent`: picture and sound are gone as well, so that everything waits for this line. */
export function reconnectDelay(attempt: number, random: number, urgent = false): number {
  const base = delays[attempt] ?? longest;
  if (urgent) return Math.min(base, urgentLongest) + (attempt < 2 ? 0 : Math.floor((random * jitter) / 2));
  return attempt < 2 ? base : base + Math.floor(random * jitter);
}

const patience = [2000, 2000, 2000, 3000, 4000, 6000];
const leastPatience = 2000;
const shortUntil = 24;

/** Milliseconds after which attempt number `attempt` is given up; the last that succeeded `took` some. Short at first,
 * and for a minute when `urgent`: a call into a dead network is repeated by the system after 1, then 3, then 7 s, a new
 * one asks at once. Longer later: there are lines that need seconds. */
export function dialPatience(attempt: number, urgent: boolean, took: number): number {
  const short = urgent && attempt < shortUntil;
  return Math.max(short ? leastPatience : (patience[attempt] ?? 10_000), 3 * took);
}
