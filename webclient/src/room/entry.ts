// Fetches a ticket for the room and reads why there is none; using the ticket is signaling_client.ts.
import { ProblemReply, postJson } from "../server";
import { type Entry, EntryRefused } from "./signaling_client";

/** The WebSocket address for what the server named: a path, or an address with http(s) or ws(s). */
export function socketAddress(named: string, page: string): string {
  const address = new URL(named, page);
  address.protocol = address.protocol.replace("http", "ws");
  return address.href;
}

let begun: Promise<Entry> | null = null;

/** Has the first ticket fetched now; whoever asks for it first gets it. */
export function beginEntry(path: string): void {
  begun = ask(path);
  begun.catch(() => undefined);
}

/** Asks `path` for a ticket. Raises EntryRefused for an answer that stands, other errors when trying again may help. */
export function fetchEntry(path: string): Promise<Entry> {
  const first = begun;
  begun = null;
  return first ?? ask(path);
}

async function ask(path: string): Promise<Entry> {
  try {
    const reply = (await postJson(path, {})) as { ticket: string; signaling_url: string };
    return { ticket: reply.ticket, url: socketAddress(reply.signaling_url, location.href) };
  } catch (error) {
    if (!(error instanceof ProblemReply) || error.status >= 500 || error.status === 429) throw error;
    const opens = error.problem.opens_at;
    const opensAt = typeof opens === "string" ? new Date(opens) : null;
    throw new EntryRefused(error.code, error.detail, opensAt);
  }
}
