// What changed between two lists of waiting guests, and the list's shape; fetching and showing are arrivals_element.ts.

export interface Arrival {
  appointment: string;
  name: string;
  since: string;
  state: string;
  /** Who hands the meeting over (state "handover"), and what they noted. */
  handed_by?: string;
  note?: string;
  /** Where the room is; when the server names none, `room` of the element with {appointment} filled in. */
  room?: string;
}

export function parseArrivals(value: unknown): Arrival[] {
  const list =
    typeof value === "object" && value !== null ? (value as { arrivals?: unknown }).arrivals : null;
  if (!Array.isArray(list)) return [];
  return list.filter(
    (entry): entry is Arrival =>
      typeof entry === "object" &&
      entry !== null &&
      typeof entry.appointment === "string" &&
      typeof entry.name === "string",
  );
}

/** Who waits in the room and asks to be called besides stands in the list twice; what is handed over is news. */
export function keyOf({ appointment, state }: Arrival): string {
  return state === "call-back" || state === "handover" ? `${appointment} ${state}` : appointment;
}

/** Those in `now` who were not there before; nobody for the first list of a page: it was there already. */
export function newcomers(before: Arrival[] | null, now: Arrival[]): Arrival[] {
  if (before === null) return [];
  const known = new Set(before.map(keyOf));
  return now.filter((arrival) => !known.has(keyOf(arrival)));
}
