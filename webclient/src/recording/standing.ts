// What a page shows of how it stands with recording, and when it looks again: rules alone, nothing is drawn or fetched.
import type { TextKey } from "../texts";
import type { Standing } from "./api";

/** Where this page is. `recorder`: one is in the room, by what signaling says, which counts more than any answer. */
export interface Place {
  here: boolean;
  host: boolean;
  recorder: boolean;
}

/** ask everybody · show the question · take the own yes back · end and keep · end and delete · delete what is kept */
export type Act = "ask" | "question" | "takeback" | "end" | "delete" | "forget";

export interface Shown {
  words: TextKey | null;
  acts: Act[];
  /** It is recorded, or about to be. */
  live: boolean;
  /** Of an earlier question something is still kept. */
  earlier: boolean;
}

const still: Shown = { words: null, acts: [], live: false, earlier: false };

/** That a recorder is in the room is said by the room itself, not here. */
export function shownOf(standing: Standing | null, place: Place): Shown {
  if (place.recorder) return running(null, place);
  if (standing === null) return still;
  switch (standing.state) {
    case "running":
      return running(place.here ? "record.changing" : "record.goes-on", place);
    case "asked":
      return place.here ? asked(standing) : still;
    case "kept":
      return over("record.kept", standing, place);
    case "gone":
      return over(goneWords(standing), standing, place);
    default:
      return over(null, standing, place);
  }
}

/** This person is to be asked now. */
export function unanswered(standing: Standing | null, place: Place): boolean {
  return place.here && standing?.state === "asked" && said(standing) === null;
}

/** Milliseconds until the next look; null: only when something happens. */
export function lookAfter(standing: Standing | null, place: Place): number | null {
  const state = standing?.state;
  if (place.recorder || state === "running") return 2000;
  if (!place.here) return null;
  if (standing === null) return 5000;
  if (state === "asked") return 2000;
  return standing.permitted ? 10_000 : null;
}

/** The server leaves out what is not there. */
function said(standing: Standing): boolean | null {
  return standing.mine ?? null;
}

function running(words: TextKey | null, place: Place): Shown {
  return { ...still, words, acts: place.host && place.here ? ["end", "delete"] : ["delete"], live: true };
}

function asked(standing: Standing): Shown {
  const answered = said(standing) !== null;
  const words = answered ? "record.asked" : "record.unanswered";
  return { ...still, words, acts: [answered ? "takeback" : "question"] };
}

function over(words: TextKey | null, standing: Standing, place: Place): Shown {
  const acts: Act[] = [];
  if (standing.kept) acts.push("forget");
  if (place.host && place.here && standing.permitted) acts.push("ask");
  return { ...still, words, acts, earlier: standing.kept && standing.state !== "kept" };
}

function goneWords({ reason }: Standing): TextKey {
  if (reason === "refused") return "record.refused";
  return reason === "failed" ? "record.failed" : "record.deleted";
}
