// A form that is laid before the citizen: how far it is, whichever of the server's answers comes first.
import { beforeAll, expect, it, vi } from "vitest";
import type { Surroundings } from "../src/clerk/tool";
import { LayingBefore } from "../src/signing/desk_tool";

beforeAll(() => {
  globalThis.document = { getElementById: () => null } as unknown as Document;
});

/** The tool, and a way to answer its questions in any order. */
function desk() {
  const answers: ((answer: Response) => void)[] = [];
  globalThis.fetch = vi.fn(() => new Promise<Response>((done) => answers.push(done)));
  const settled = () => new Promise((done) => setImmediate(done));
  const nothing = () => undefined;
  const around = { changed: nothing, tell: nothing } as unknown as Surroundings;
  const answer = async (at: number, status: string) => {
    answers[at]?.(new Response(JSON.stringify({ blanks: [], forms: [{ id: "1", title: "SEPA", status }] })));
    await settled();
  };
  return { tool: new LayingBefore(around, "/api/v1/office/appointments/x"), answer };
}

it("is shown as the newest question was answered, not as the slowest", async () => {
  const { tool, answer } = desk();
  void tool.opened();
  tool.heard({ kind: "form-state" });
  await answer(1, "code-sent");
  await answer(0, "reading");
  expect(JSON.stringify(tool.body())).toContain("code-sent");
});

it("is asked for again when a word of the citizen's page may have been lost", async () => {
  const { tool, answer } = desk();
  tool.missed();
  void tool.opened();
  await answer(0, "reading");
  tool.missed();
  await answer(1, "code-sent");
  expect(JSON.stringify(tool.body())).toContain("code-sent");
});
