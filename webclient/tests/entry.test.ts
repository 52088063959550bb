// The room's ticket: the one that was begun early is used, once.
import { afterEach, expect, it, vi } from "vitest";
import { beginEntry, fetchEntry } from "../src/room/entry";

afterEach(() => vi.unstubAllGlobals());

function serve(...statuses: number[]): ReturnType<typeof vi.fn> {
  let number = 0;
  const asked = vi.fn(async () => {
    const status = statuses[number] ?? 200;
    number += 1;
    return new Response(JSON.stringify({ ticket: `t${number}`, signaling_url: "/signaling/v1" }), { status });
  });
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal("document", { querySelector: () => null });
  vi.stubGlobal("location", { href: "https://city.example/a/x/room" });
  return asked;
}

it("gives the ticket that was begun to whoever asks first, and a new one to the next", async () => {
  const asked = serve();
  beginEntry("/entry");
  expect(asked).toHaveBeenCalledTimes(1);
  expect(await fetchEntry("/entry")).toEqual({ ticket: "t1", url: "wss://city.example/signaling/v1" });
  expect((await fetchEntry("/entry")).ticket).toBe("t2");
  expect(asked).toHaveBeenCalledTimes(2);
});

it("tells of the failure that was begun, and tries anew then", async () => {
  serve(503);
  beginEntry("/entry");
  await expect(fetchEntry("/entry")).rejects.toThrow("HTTP 503");
  expect((await fetchEntry("/entry")).ticket).toBe("t2");
});
