// Sharing is offered where the browser can do it.
import { afterEach, expect, it, vi } from "vitest";
import { canShare } from "../src/room/talk/screen";

afterEach(() => vi.unstubAllGlobals());

it.each([
  ["a desktop", { mediaDevices: { getDisplayMedia: () => undefined } }, true],
  ["a phone", { mediaDevices: {} }, false],
  ["a page without a camera's rights", {}, false],
])("on %s", (_, navigator, able) => {
  vi.stubGlobal("navigator", navigator);
  expect(canShare()).toBe(able);
});
