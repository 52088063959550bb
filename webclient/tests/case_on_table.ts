// A meeting of clerk and citizen whose pages name a case, and the server with its documents, without a browser.
import { afterEach, beforeAll, beforeEach, vi } from "vitest";
import type { Paper } from "../src/room/papers/case_api";
import { Pair, Person } from "./wired_people";

export const plan = "a".repeat(32);
export const photo = "b".repeat(32);
const page = { base: "/api/v1/appointments/x", desk: null, items: [["lageplan", "Lageplan"]], limit_mb: 150 };

/** What the server answers, and what it was told. */
export const server = { papers: [] as Partial<Paper>[], noted: [] as unknown[], down: false };

export const settled = () => vi.advanceTimersByTimeAsync(0);

/** For the tests of one file. */
export function setTable(): void {
  const kept = new Map<string, string>();
  beforeAll(() => {
    globalThis.document = {
      getElementById: (id: string) => (id === "sz-case" ? { textContent: JSON.stringify(page) } : null),
      querySelector: () => null,
      documentElement: { lang: "de" },
    } as unknown as Document;
    globalThis.location = { href: "https://termin.example/a/1/room" } as Location;
    globalThis.sessionStorage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    } as unknown as Storage;
  });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    server.papers = [{ id: plan, name: "plan.pdf", state: "checking", direction: "in", pages: 3 }];
    server.noted = [];
    server.down = false;
    kept.clear();
    globalThis.fetch = vi.fn(async (path: unknown, init?: RequestInit) => {
      if (server.down) throw new TypeError("Failed to fetch");
      if (init?.method === "POST") server.noted.push([path, init.body]);
      return new Response(JSON.stringify(init?.method === "POST" ? {} : server.papers));
    }) as typeof fetch;
  });
  afterEach(() => void vi.useRealTimers());
}

export async function meeting(): Promise<[Person, Person, Pair]> {
  const [clerk, ada] = [new Person("Weber", "host", "clerk"), new Person("Ada")];
  const pair = new Pair(clerk, ada);
  await settled();
  return [clerk, ada, pair];
}
