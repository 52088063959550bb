// What the panels say, each as one sentence.

import type { PeerInfo } from "../../messages";
import { clockTime, type TextKey, text } from "../../texts";
import type { Notice } from "./control";
import type { Surface } from "./screen";
import { missingText } from "./t140";

/** A time of day in words when a machine wrote it, else as it was said. */
function whenWords(when: string): string {
  if (!/^\d{4}-\d\d-\d\dT/.test(when)) return when;
  const instant = new Date(when);
  if (Number.isNaN(instant.getTime())) return when;
  const day = { weekday: "long", day: "numeric", month: "long", timeZone: "Europe/Berlin" } as const;
  const words = new Intl.DateTimeFormat(document.documentElement.lang.slice(0, 2) || "de", day).format(
    instant,
  );
  return text("talk.notice.when", { day: words, time: clockTime(instant) });
}

export function noticeWords(notice: Notice): string {
  if (notice.kind === "notice") return notice.text;
  if (notice.kind === "handover") return text("talk.notice.handover", { to: notice.to });
  const { number, where } = notice;
  return text(number === "" ? "talk.notice.onsite" : "talk.notice.onsite.number", {
    when: whenWords(notice.when),
    where,
    number,
  });
}

export function shareWords(surface: Surface): string {
  return text(`talk.share.on.${surface}`);
}

/** The name as it stands above a line; who interprets is named so. */
export function speakerWords(peer: PeerInfo | null): string {
  if (peer === null) return text("talk.you");
  const { part } = peer;
  if (part !== "interpreter" && part !== "sign") return peer.name;
  const key: TextKey = `talk.part.${part}`;
  return text(key, { name: peer.name });
}

/** Real-time text as it is shown: the mark for lost text is put into words. */
export function shownText(words: string): string {
  return words.replaceAll(missingText, ` ${text("talk.text.gap")} `);
}
