// The frame of the room's page: control bar, questions that are asked back, farewell. What a button does is
// room_element.ts; the parts in between are views_stage.ts, views_people.ts and views_devices.ts.
import { html, nothing, type TemplateResult } from "lit";
import { text } from "../texts";
import type { DeviceChoice } from "./device_choice";
import type { OwnSide } from "./own_side";
import type { RoomSession } from "./session";

/** Something that is done only after asking back. */
export interface Question {
  kind: "end" | "remove" | "sendback";
  guest: string;
  name: string;
}

export interface Actions {
  toggleAudio(): void;
  toggleVideo(): void;
  togglePanel(): void;
  choose(choice: Partial<DeviceChoice>): void;
  flip(): void;
  saveData(on: boolean): void;
  sign(on: boolean): void;
  leave(): void;
  ask(question: Question): void;
  confirm(): void;
  keep(): void;
  admit(guest: string): void;
  retryDevices(): void;
  playSound(): void;
  again(): void;
  /** Shows somebody's picture in a window of its own above all others. */
  enlarge(peer: string): void;
}

function toggle(name: "audio" | "video", own: OwnSide, action: () => void): TemplateResult {
  const there = own.devices?.[name] !== null && own.devices !== null;
  const off = !(name === "audio" ? own.audioOn : own.videoOn);
  return html`<button
    type="button"
    class="kern-btn kern-btn--secondary sz-toggle"
    data-testid="mute-${name}"
    aria-pressed=${off ? "true" : "false"}
    ?disabled=${!there}
    @click=${action}
  >
    <span class="sz-symbol sz-symbol--${name}" aria-hidden="true"></span>
    <span class="kern-label">${text(`room.mute.${name}`)}</span>
  </button>`;
}

function button(kind: string, id: string, label: string, action: () => void): TemplateResult {
  return html`<button type="button" class="kern-btn kern-btn--${kind}" data-testid=${id} @click=${action}>
    <span class="kern-label">${label}</span>
  </button>`;
}

export function controls(
  session: RoomSession,
  own: OwnSide,
  shown: { silent: boolean; panel: boolean },
  more: TemplateResult | typeof nothing,
  actions: Actions,
): TemplateResult {
  const end = (): void => actions.ask({ kind: "end", guest: "", name: "" });
  return html`<div class="sz-controls">
    ${shown.silent ? button("primary", "sound", text("room.sound"), actions.playSound) : nothing}
    ${toggle("audio", own, actions.toggleAudio)} ${toggle("video", own, actions.toggleVideo)} ${more}
    <button type="button" class="kern-btn kern-btn--secondary sz-toggle" data-testid="devices"
      aria-expanded=${shown.panel ? "true" : "false"} aria-controls="sz-devices" @click=${actions.togglePanel}>
      <span class="sz-symbol sz-symbol--settings" aria-hidden="true"></span>
      <span class="kern-label">${text("device.panel")}</span>
    </button>
    ${button("secondary", "leave", text("room.leave"), actions.leave)}
    ${session.role === "host" ? button("primary", "end", text("room.end"), end) : nothing}
  </div>`;
}

export function askDialog({ kind, name }: Question, actions: Actions): TemplateResult {
  return html`<dialog class="kern-dialog" data-ask aria-labelledby="sz-ask-question">
    <header class="kern-dialog__header">
      <h2 class="kern-title kern-title--large" id="sz-ask-question">${text(`room.${kind}.question`, { name })}</h2>
    </header>
    <section class="kern-dialog__body"><p class="kern-body">${text(`room.${kind}.explain`)}</p></section>
    <footer class="kern-dialog__footer">
      ${button("secondary", `${kind}-cancel`, text(`room.${kind}.cancel`), actions.keep)}
      ${button("primary", `${kind}-confirm`, text(`room.${kind}.confirm`), actions.confirm)}
    </footer>
  </dialog>`;
}

function link(href: string | null, id: string, label: string): TemplateResult | typeof nothing {
  if (href === null || href === "") return nothing;
  return html`<a class="kern-btn kern-btn--secondary" href=${href} data-testid=${id}
    ><span class="kern-label">${label}</span></a>`;
}

/** After the room: the way back, a word about how it was, and in again where that is possible. */
export function farewell(
  session: RoomSession,
  ways: { back: string | null; feedback: string | null },
  actions: Actions,
): TemplateResult {
  // Before the room opens there is nothing to press: the page enters by itself.
  const refused =
    session.refused !== null && !["too-early", "removed", "ended"].includes(session.refused.code);
  const again = refused || ["left", "idle", "replaced", "handed-over"].includes(session.ended ?? "");
  const met = session.ended !== null && session.ended !== "removed" && session.met;
  return html`<div class="sz-farewell">
    ${again ? button("primary", "again", text("room.again"), actions.again) : nothing}
    ${met ? link(ways.feedback, "feedback", text("room.feedback")) : nothing}
    ${link(ways.back, "back", text("room.back"))}
  </div>`;
}
