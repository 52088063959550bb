// Which browser this is, as far as it matters for the way to its camera permission; the words for each are in texts.ts.
import type { TextKey } from "../texts";

export type BrowserKind =
  | "chrome"
  | "chrome-android"
  | "firefox"
  | "firefox-android"
  | "safari"
  | "ios-safari"
  | "ios-other"
  | "samsung"
  | "in-app"
  | "other";

const inApp =
  /FBAN|FBAV|FB_IAB|Instagram|Line\/|WhatsApp|Snapchat|LinkedInApp|TikTok|musical_ly|BytedanceWebview|GSA\/|; wv\)/;

/** `touchPoints` tells an iPad from a Mac: both say "Macintosh". */
export function browserKind(userAgent: string, touchPoints: number): BrowserKind {
  const apple = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1);
  if (inApp.test(userAgent)) return "in-app";
  if (apple) {
    if (/CriOS|FxiOS|EdgiOS|OPiOS|DuckDuckGo/.test(userAgent)) return "ios-other";
    // A page inside an app names no Safari; the real one always does.
    return /Safari\//.test(userAgent) ? "ios-safari" : "in-app";
  }
  if (/SamsungBrowser/.test(userAgent)) return "samsung";
  if (/Firefox\//.test(userAgent)) return /Android/.test(userAgent) ? "firefox-android" : "firefox";
  if (/Chrome\/|Chromium\//.test(userAgent)) return /Android/.test(userAgent) ? "chrome-android" : "chrome";
  return /Safari\//.test(userAgent) ? "safari" : "other";
}

/** What to press so that this browser lets the page use camera and microphone. */
export function deniedHelp(kind: BrowserKind): TextKey {
  return `check.denied.${kind}`;
}
