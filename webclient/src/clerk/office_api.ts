// What the clerk's tools ask of the server about one meeting; the answers' shapes are those of /api/openapi.json.
import { csrfToken, ProblemReply, problemOf } from "../server";

export interface Invitation {
  id: string;
  part: "interpreter" | "sign" | "support" | "colleague";
  name: string;
  url: string;
  mailed: boolean;
}

export interface Colleague {
  id: number;
  name: string;
  free: boolean;
}

export interface Slot {
  start: string;
  end: string;
  site: string;
}

export interface Place {
  id: string;
  name: string;
  address: string;
}

export interface OnsiteTimes {
  sites: Place[];
  days: { date: string; slots: Slot[] }[];
}

export interface Booked {
  number: string;
  when: string;
  where: string;
}

export class OfficeApi {
  /** `base` is the meeting's address in the office's API. */
  constructor(private readonly base: string) {}

  invitations(): Promise<Invitation[]> {
    return this.#ask("GET", "/invitations") as Promise<Invitation[]>;
  }

  invite(part: string, name: string, email: string): Promise<Invitation> {
    const more = { ...(name === "" ? {} : { name }), ...(email === "" ? {} : { email }) };
    return this.#ask("POST", "/invitations", { part, ...more }) as Promise<Invitation>;
  }

  async revoke(invitation: string): Promise<void> {
    await this.#ask("DELETE", `/invitations/${invitation}`);
  }

  colleagues(): Promise<Colleague[]> {
    return this.#ask("GET", "/colleagues") as Promise<Colleague[]>;
  }

  transfer(colleague: number, note: string): Promise<{ to: string }> {
    const body = { colleague, ...(note === "" ? {} : { note }) };
    return this.#ask("POST", "/transfer", body) as Promise<{ to: string }>;
  }

  async takeBack(): Promise<void> {
    await this.#ask("DELETE", "/transfer");
  }

  onsiteTimes(): Promise<OnsiteTimes> {
    return this.#ask("GET", "/onsite-times") as Promise<OnsiteTimes>;
  }

  /** `key` stays the same when one wish is tried again, so that it books once. */
  bookOnsite(slot: Slot, key: string): Promise<Booked> {
    const body = { start: slot.start, site: slot.site };
    return this.#ask("POST", "/onsite", body, { "Idempotency-Key": key }) as Promise<Booked>;
  }

  /** The room is closed by the server too, should this page's own line to it be down. */
  async end(): Promise<void> {
    await this.#ask("POST", "/end", {});
  }

  async report(kind: string, note: string, days: number): Promise<void> {
    await this.#ask("POST", "/incident", { kind, note, exclude_days: days });
  }

  async #ask(
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<unknown> {
    const headers: Record<string, string> = {
      Accept: "application/json",
      "X-CSRF-Token": csrfToken(),
      ...more,
    };
    const init: RequestInit = { method, headers, cache: "no-store" };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    const response = await fetch(this.base + path, init);
    if (!response.ok) throw problemOf(response.status, await response.text());
    return response.status === 204 ? null : response.json();
  }
}

/** Times that the server names where the wanted one was taken. */
export function alternativesOf(error: unknown): Slot[] {
  if (!(error instanceof ProblemReply) || error.code !== "slot-taken") return [];
  return Array.isArray(error.problem.alternatives) ? (error.problem.alternatives as Slot[]) : [];
}
