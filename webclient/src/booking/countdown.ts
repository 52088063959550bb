// The words for the time that is left of a hold; the element that shows them is countdown_element.ts.
import { text } from "../texts";

/** Whole minutes that are left, rounded up; 0 when it is over. */
export function minutesLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 60_000));
}

export function remainingWords(minutes: number): string {
  if (minutes === 0) return text("countdown.over");
  return minutes === 1 ? text("countdown.minute") : text("countdown.minutes", { minutes });
}

/** What is said aloud when `minutes` are left after `before`: only the last two minutes and the end. */
export function announcement(before: number | null, minutes: number): string | null {
  if (before === minutes) return null;
  if (minutes === 0) return text("countdown.over");
  return minutes <= 2 && (before === null || before > 2) ? text("countdown.soon") : null;
}
