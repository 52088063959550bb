// The room's page put together from its parts, inside and after it.
import { html, nothing, type TemplateResult } from "lit";
import type { Measuring } from "./measuring";
import type { MicrophoneHint } from "./microphone_watch";
import type { OwnSide } from "./own_side";
import { recorded } from "./recorded";
import type { RoomSession } from "./session";
import type { Talk } from "./talk/talk";
import { talkControls, talkPanels } from "./talk/views";
import type { TheirLines } from "./their_lines";
import { type Actions, askDialog, controls, farewell, type Question } from "./views";
import { deviceHelp, devicePanel, microphoneHint } from "./views_devices";
import { peopleLists, waitingNotes } from "./views_people";
import { stage } from "./views_stage";
import { stateWords } from "./words";

export interface RoomParts {
  session: RoomSession;
  talk: Talk;
  own: OwnSide;
  measuring: Measuring;
  lines: TheirLines;
  hint: MicrophoneHint;
  /** The panel of devices is open. */
  panel: boolean;
  /** A browser refused to play sound. */
  silent: boolean;
  question: Question;
  said: string;
  /** An attribute of <sz-room>. */
  given(name: string): string | null;
  actions: Actions;
}

const typicalMinutes = 5;

export function outside(session: RoomSession): boolean {
  return session.ended !== null || session.refused !== null;
}

export function roomPage(parts: RoomParts, left: boolean): TemplateResult {
  const { session, given, said } = parts;
  const ways = { back: given("back"), feedback: given("feedback") };
  const as = session.role ?? given("as") ?? "guest";
  return html`<div class="sz-room" data-phase=${session.phase} data-role=${as}>
    <p class="kern-body sz-room__state" role="status" data-testid="room-state" data-state=${session.phase}
      data-line=${session.client.state}>${stateWords(session)}</p>
    <p class="kern-sr-only" role="status" data-testid="announcement">${said}</p>
    ${recorded(session, given("recording"), as)}
    ${left ? farewell(session, ways, parts.actions) : inside(parts)}
  </div>`;
}

function inside(parts: RoomParts): TemplateResult {
  const { session, own, talk, actions, silent, panel } = parts;
  const host = session.role === "host";
  return html`${deviceHelp(own, actions)} ${microphoneHint(parts.hint)}
    ${session.phase === "waiting" && !host ? notes(parts) : nothing}
    <div class="sz-room__main">
      ${stage({ ...parts, enlarge: actions.enlarge })} ${host ? peopleLists(session, actions) : nothing}
    </div>
    ${talkPanels(session, talk)} ${panel ? devicePanel(own, actions) : nothing}
    ${controls(session, own, { silent, panel }, talkControls(session, talk), actions)}
    ${host ? askDialog(parts.question, actions) : nothing}`;
}

function notes({ session, given }: RoomParts): TemplateResult {
  const starts = given("starts");
  const typical = Number(given("typical")) || typicalMinutes;
  return waitingNotes(session, starts === null ? null : new Date(starts), typical, new Date());
}
