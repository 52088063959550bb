// When the next attempt to reach the signaling server is made; opening the socket is signaling_client.ts.

const delays = [0, 300, 1200, 2700, 4800];
const longest = 7000;
const jitter = 1000;

/** Milliseconds before attempt number `attempt` (from 0); `random` is in [0, 1) and spreads clients from the third on. */
export function reconnectDelay(attempt: number, random: number): number {
  const base = delays[attempt] ?? longest;
  return attempt < 2 ? base : base + Math.floor(random * jitter);
}
