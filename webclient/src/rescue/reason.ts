// When another way than video is to be offered, and why: a rule over what the page shows and since when. Looking at the
// page and offering is rescue_element.ts.

export type Reason = "devices" | "line" | "media" | "quality" | "absent" | "refused" | "late" | "check";

/** What can be seen of the room at one moment. Times are epoch milliseconds. */
export interface Seen {
  phase: string;
  /** Whether the line to the server is open. */
  line: boolean;
  /** Camera or microphone are missing although they were asked for. */
  devices: boolean;
  /** A connection to somebody in the room carries media. */
  media: boolean;
  poor: boolean;
  /** The begin of the appointment and the opening of its room; null where unknown. */
  starts: number | null;
  opens: number | null;
  ended: string | null;
}

/** How long something must last, in milliseconds, before it is a reason. */
const patience: Record<Reason, number> = {
  devices: 1500,
  line: 8000,
  media: 15_000,
  quality: 20_000,
  absent: 0,
  refused: 0,
  late: 0,
  check: 0,
};
/** How long after the begin nobody needs to wait for an explanation. */
export const lateAfter = 3 * 60_000;

function holds(seen: Seen, now: number): Reason[] {
  const { phase } = seen;
  if (phase === "over") return seen.ended === "idle" || seen.ended === "window" ? ["late"] : [];
  if (phase === "refused") return seen.opens !== null && now < seen.opens ? [] : ["refused"];
  const found: Reason[] = [];
  if (seen.devices) found.push("devices");
  if (phase === "joining" || !seen.line) found.push("line");
  if (phase === "call" && !seen.media) found.push("media");
  if (phase === "call" && seen.media && seen.poor) found.push("quality");
  if (phase === "waiting" && seen.starts !== null && now >= seen.starts + lateAfter) found.push("absent");
  return found;
}

/** Follows the room and gives the gravest reason that has lasted long enough, or null. */
export class RescueWatch {
  #since = new Map<Reason, number>();

  look(seen: Seen, now: number): Reason | null {
    const present = holds(seen, now);
    for (const reason of [...this.#since.keys()]) if (!present.includes(reason)) this.#since.delete(reason);
    for (const reason of present) if (!this.#since.has(reason)) this.#since.set(reason, now);
    const order: Reason[] = ["refused", "late", "line", "media", "devices", "quality", "absent"];
    return order.find((reason) => now - (this.#since.get(reason) ?? Infinity) >= patience[reason]) ?? null;
  }
}
