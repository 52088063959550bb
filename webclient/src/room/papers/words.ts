// What the pages of one case tell each other over the control channel: documents handed over, the page both look at,
// pointers, the identity check. Here it is read, without trust; who may say what is papers.ts.
import type { Part, Role } from "../../messages";
import type { ControlMessage } from "../link_extension";

/** A page of a document, counted from 0. */
export interface Sheet {
  document: string;
  page: number;
}

/** A place on a page: 0 to 1 from the left, 0 to 1 from the top. */
export interface Place {
  x: number;
  y: number;
}

export const steps = ["front", "back", "tilt", "face"] as const;
export type Step = (typeof steps)[number];

export type Word =
  | { kind: "document"; id: string; offered: boolean }
  /** `sheet` null: something is shown that the hearer has no right to see. */
  | { kind: "view"; sheet: Sheet | null }
  | { kind: "view-end" }
  | { kind: "view-seen"; sheet: Sheet }
  | { kind: "turn"; sheet: Sheet }
  | { kind: "pointer"; at: Place | null }
  | { kind: "identity"; step: Step }
  | { kind: "identity-end"; noted: boolean }
  | { kind: "identity-no" };

/** On which side of the counter somebody sits. Only clerk and citizen have a right to the case. */
export type Side = "clerk" | "citizen" | "other";

export function sideOf({ role, part }: { role: Role; part: Part }): Side {
  if (role === "host") return "clerk";
  return part === "citizen" ? "citizen" : "other";
}

const id = /^[0-9a-f]{32}$/;
const mostPages = 10_000;

function sheetOf({ document, page }: ControlMessage): Sheet | null {
  if (typeof document !== "string" || !id.test(document)) return null;
  if (typeof page !== "number" || !Number.isInteger(page) || page < 0 || page >= mostPages) return null;
  return { document, page };
}

function share(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}

function pointerOf({ x, y }: ControlMessage): Word | null {
  if (x === null || x === undefined) return { kind: "pointer", at: null };
  return share(x) && share(y) ? { kind: "pointer", at: { x, y } } : null;
}

/** The word that `message` is, or null. */
export function wordOf(message: ControlMessage): Word | null {
  const { kind } = message;
  const sheet = sheetOf(message);
  switch (kind) {
    case "document":
      return typeof message.id === "string" && id.test(message.id)
        ? { kind, id: message.id, offered: message.offered === true }
        : null;
    case "view":
      return sheet === null && message.document !== undefined ? null : { kind, sheet };
    case "view-seen":
    case "turn":
      return sheet === null ? null : { kind, sheet };
    case "pointer":
      return pointerOf(message);
    case "identity": {
      const step = steps.find((one) => one === message.step);
      return step === undefined ? null : { kind, step };
    }
    case "identity-end":
      return { kind, noted: message.noted === true };
    case "view-end":
    case "identity-no":
      return { kind };
    default:
      return null;
  }
}

export function same(one: Sheet | null, other: Sheet | null): boolean {
  return one?.document === other?.document && one?.page === other?.page;
}
