// The parts of the room's page that belong to talk.ts: panels between stage and controls, and buttons in the control bar.
import { nothing, type TemplateResult } from "lit";
import type { RoomSession } from "../session";
import type { Talk } from "./talk";

type Part = TemplateResult | typeof nothing;

export function talkPanels(_session: RoomSession, _talk: Talk): Part {
  return nothing;
}

export function talkControls(_session: RoomSession, _talk: Talk): Part {
  return nothing;
}
