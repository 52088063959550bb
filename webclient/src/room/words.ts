// What the room says about itself: its state, its end and its devices, each as one sentence.
import { browserKind, deniedHelp } from "../check/browser_help";
import { clockTime, type TextKey, text } from "../texts";
import type { DeviceProblem, OwnDevices } from "./devices";
import type { RoomSession } from "./session";

function callWords(session: RoomSession): string {
  const links = session.openLinks;
  if (links.length === 0) return session.hostPresent ? text("room.media.connecting") : text("room.absent");
  const lost = links.find((link) => link.state === "disconnected" || link.state === "failed");
  if (lost !== undefined) return text("room.media.lost", { name: lost.peer.name });
  return links.some((link) => link.state === "connected") ? text("room.call") : text("room.media.connecting");
}

function waitingWords(session: RoomSession): string {
  if (session.role === "host") return text("room.waiting.host");
  if (session.sentBack) return text("room.sent-back.waiting");
  return `${text("room.waiting")} ${text(session.hostPresent ? "room.ready" : "room.absent")}`;
}

export function refusalWords(session: RoomSession): string {
  const reason = session.refused;
  if (reason === null) return "";
  if (reason.code === "too-early" && reason.opensAt !== null) {
    return text("room.refused.early", { time: clockTime(reason.opensAt) });
  }
  if (reason.code === "replaced") return text("room.over.replaced");
  if (reason.code === "ended") return text("room.over.host");
  if (reason.code === "removed") return text("room.over.removed");
  return reason.message === "" ? text("room.refused") : reason.message;
}

/** The room's state in one sentence, for the eyes and for the screen reader. */
export function stateWords(session: RoomSession): string {
  if (session.phase === "over") return text(`room.over.${session.ended ?? "left"}`);
  if (session.phase === "refused") return refusalWords(session);
  if (session.client.unsure) return text("room.line.unsure");
  if (session.client.state === "lost") return text("room.line.lost");
  if (session.phase === "joining") return text("room.joining");
  return session.phase === "call" ? callWords(session) : waitingWords(session);
}

export function positionWords(position: number): string {
  if (position < 1) return "";
  return position === 1 ? text("room.next") : text("room.position", { position });
}

function problemKey(problem: DeviceProblem): TextKey {
  return `device.${problem}`;
}

/** What to press so that this browser lets the page use what it refused; "" for other problems. */
export function permissionHelp(problem: DeviceProblem | null): string {
  if (problem !== "denied") return "";
  return text(deniedHelp(browserKind(navigator.userAgent, navigator.maxTouchPoints)));
}

/** Why a device is missing, and what is possible all the same. */
export function deviceWords(devices: OwnDevices): { problem: string; remains: string } | null {
  if (devices.problem === null) return null;
  const problem = text(problemKey(devices.problem));
  if (devices.audio !== null) return { problem, remains: text("device.audioonly") };
  if (devices.video !== null) return { problem, remains: text("device.videoonly") };
  return { problem, remains: text("device.receiveonly") };
}

/** Minutes until somebody is probably let in: until the appointment begins, then as long as those before take. */
export function expectedMinutes(
  now: Date,
  starts: Date | null,
  position: number,
  typical: number,
): number | null {
  if (position < 1) return null;
  const until = starts === null ? 0 : Math.ceil((starts.getTime() - now.getTime()) / 60_000);
  const before = (position - 1) * typical;
  return until > 0 ? until + before : before + typical;
}
