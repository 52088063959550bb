// What one page tells another about the meeting itself: small JSON objects with a `kind`. Here they are read, without
// trust; kinds that this page does not know go to whoever listens for `sz-control`, and else nowhere.
import type { ControlMessage } from "../link_extension";

export const longestControl = 8000;

export function parseControl(data: unknown): ControlMessage | null {
  if (typeof data !== "string" || data.length > longestControl) return null;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const message = value as ControlMessage;
  return typeof message.kind === "string" && /^[a-z-]{1,40}$/.test(message.kind) ? message : null;
}

/** A control message as it goes over the channel. Raises for one that no page would take. */
export function controlText(message: object): string {
  const text = JSON.stringify(message);
  if (parseControl(text) === null) throw new TypeError("not a control message: kind missing, or too long");
  return text;
}

/** What a clerk's page may put before the citizen's eyes. */
export type Notice =
  | { kind: "handover"; to: string }
  | { kind: "onsite"; number: string; when: string; where: string; manage: string | null }
  | { kind: "notice"; text: string };

const longestWords = 500;

function words(value: unknown, longest = longestWords): string {
  if (typeof value !== "string") return "";
  return value
    .replace(/\p{Cc}/gu, " ")
    .slice(0, longest)
    .trim();
}

/** A path of this very site, or null: a notice leads nowhere else. */
export function ownPath(value: unknown, site: string): string | null {
  if (typeof value !== "string" || value.length > 300) return null;
  try {
    const address = new URL(value, site);
    return address.origin === new URL(site).origin ? address.pathname : null;
  } catch {
    return null;
  }
}

/** The notice that `message` is, or null. */
export function noticeOf(message: ControlMessage, site: string): Notice | null {
  if (message.kind === "handover") {
    const to = words(message.to, 120);
    return to === "" ? null : { kind: "handover", to };
  }
  if (message.kind === "onsite") {
    const [number, when, where] = [
      words(message.number, 40),
      words(message.when, 120),
      words(message.where, 200),
    ];
    if (when === "" || where === "") return null;
    return { kind: "onsite", number, when, where, manage: ownPath(message.manage, site) };
  }
  if (message.kind !== "notice") return null;
  const text = words(message.text);
  return text === "" ? null : { kind: "notice", text };
}
