// Which browser a page is in, told by what real ones say of themselves.
import { expect, it } from "vitest";
import { type BrowserKind, browserKind, deniedHelp } from "../src/check/browser_help";
import { germanTexts } from "../src/texts";

const webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const blink = "AppleWebKit/537.36 (KHTML, like Gecko)";
const iPhone = `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${webkit}`;
const mac = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/17.5 Safari/605.1.15`;
const android = "Mozilla/5.0 (Linux; Android 14; SM-S911B";

const seen: [string, number, BrowserKind][] = [
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Chrome/126.0.0.0 Safari/537.36`, 0, "chrome"],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Chrome/126.0.0.0 Safari/537.36 Edg/126.0`,
    0,
    "chrome",
  ],
  [`${android}) ${blink} Chrome/126.0.0.0 Mobile Safari/537.36`, 5, "chrome-android"],
  [`${android}) ${blink} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`, 5, "samsung"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0", 0, "firefox"],
  ["Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", 5, "firefox-android"],
  [mac, 0, "safari"],
  [mac, 5, "ios-safari"],
  [`${iPhone} Version/17.5 Mobile/15E148 Safari/604.1`, 5, "ios-safari"],
  [`${iPhone} CriOS/126.0 Mobile/15E148 Safari/604.1`, 5, "ios-other"],
  [`${iPhone} FxiOS/127.0 Mobile/15E148 Safari/605.1.15`, 5, "ios-other"],
  [`${iPhone} Mobile/15E148 [FBAN/FBIOS;FBAV/400.0]`, 5, "in-app"],
  [`${iPhone} Mobile/15E148`, 5, "in-app"],
  [`${android}; wv) ${blink} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36`, 5, "in-app"],
  [`${android}) ${blink} Chrome/126.0.0.0 Mobile Safari/537.36 Instagram 330.0`, 5, "in-app"],
  ["Lynx/2.9", 0, "other"],
];

it.each(seen)("%s", (userAgent, touchPoints, kind) => {
  expect(browserKind(userAgent, touchPoints)).toBe(kind);
  expect(germanTexts[deniedHelp(kind)].length).toBeGreaterThan(40);
});
