// Fetches a ticket for the room and reads why there is none; using the ticket is signaling_client.ts.
import { type ProblemReply, post, problemOf } from "../server";
import { type Answer, type BegunLine, take } from "./begun";
import { socketAddress } from "./signaling_address";
import { type Entry, EntryRefused } from "./signaling_client";

/** Asks `path` for a ticket, or takes the one that was asked for early, with its line if that is alive. Raises EntryRefused for
 * an answer that stands, other errors when trying again may help. */
export async function fetchEntry(path: string): Promise<Entry> {
  const begun = take("answer");
  const line = take("line");
  if (line !== undefined) line.taken = true;
  if (begun === undefined) return read(await ask(path));
  const entry = read(await begun);
  if (line === undefined) return entry;
  if (alive(line) && line.url === entry.url) return { ...entry, line };
  line.socket.close();
  // A ticket is good for one hello.
  return line.said ? read(await ask(path)) : entry;
}

function alive({ socket }: BegunLine): boolean {
  return socket.readyState <= WebSocket.OPEN;
}

async function ask(path: string): Promise<Answer> {
  const response = await post(path, {});
  return { status: response.status, text: await response.text() };
}

function read({ status, text }: Answer): Entry {
  if (status < 400) {
    const { ticket, signaling_url } = JSON.parse(text) as { ticket: string; signaling_url: string };
    return { ticket, url: socketAddress(signaling_url, location.href) };
  }
  const error: ProblemReply = problemOf(status, text);
  if (error.status >= 500 || error.status === 429) throw error;
  const opens = error.problem.opens_at;
  throw new EntryRefused(error.code, error.detail, typeof opens === "string" ? new Date(opens) : null);
}
