// The parts of the room's page as templates; what a button does is room_element.ts.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { WaitingGuest } from "../messages";
import { clockTime, text } from "../texts";
import type { OwnSide } from "./own_side";
import type { PeerLink } from "./peer_link";
import type { RoomSession } from "./session";
import type { Quality } from "./statistics";
import { deviceWords, positionWords } from "./words";

export interface Actions {
  toggleAudio(): void;
  toggleVideo(): void;
  leave(): void;
  askEnd(): void;
  end(): void;
  keep(): void;
  admit(guest: string): void;
  retryDevices(): void;
  playSound(): void;
  again(): void;
}

function remoteTile(link: PeerLink, quality: Quality | undefined): TemplateResult {
  const { id, name, audio, video } = link.peer;
  return html`<figure class="sz-tile sz-tile--remote">
    <video data-testid="remote-video" data-peer=${id} autoplay playsinline aria-label=${name}></video>
    ${video ? nothing : html`<p class="sz-tile__note">${text("room.tile.novideo")}</p>`}
    <figcaption class="sz-tile__name">
      <span>${name}</span>
      ${audio ? nothing : html`<span class="sz-tile__flag">${text("room.tile.muted")}</span>`}
      ${
        quality === undefined
          ? nothing
          : html`<span class="sz-tile__flag" data-testid="quality" data-quality=${quality}
              >${text(`quality.${quality}`)}</span
            >`
      }
    </figcaption>
  </figure>`;
}

function ownTile(own: OwnSide): TemplateResult {
  const seen = own.devices?.video !== null && own.devices !== null;
  const note = !seen ? text("room.own.none") : own.videoOn ? "" : text("room.own.off");
  return html`<figure class="sz-tile sz-tile--own">
    <video data-testid="own-video" data-own autoplay playsinline .muted=${true} aria-label=${text("room.own")}></video>
    ${note === "" ? nothing : html`<p class="sz-tile__note">${note}</p>`}
    <figcaption class="sz-tile__name"><span>${text("room.own")}</span></figcaption>
  </figure>`;
}

export function stage(
  session: RoomSession,
  own: OwnSide,
  qualities: ReadonlyMap<string, Quality>,
): TemplateResult {
  const links = session.openLinks;
  return html`<div class="sz-stage" data-tiles=${links.length}>
    ${repeat(
      links,
      (link) => link.peer.id,
      (link) => remoteTile(link, qualities.get(link.peer.id)),
    )}
    ${ownTile(own)}
  </div>`;
}

export function deviceHelp(own: OwnSide, actions: Actions): TemplateResult | typeof nothing {
  if (own.devices === null)
    return html`<p class="kern-body" data-testid="device-help">${text("device.asking")}</p>`;
  const words = own.lost ? { problem: text("device.lost"), remains: "" } : deviceWords(own.devices);
  if (words === null) return nothing;
  return html`<div class="kern-alert kern-alert--warning" role="group" data-testid="device-help">
    <div class="kern-alert__header">
      <span class="kern-icon kern-icon--warning" aria-hidden="true"></span>
      <span class="kern-title">${words.problem}</span>
    </div>
    <div class="kern-alert__body">
      <p class="kern-body">${words.remains}</p>
      <button type="button" class="kern-btn kern-btn--secondary" @click=${actions.retryDevices}>
        <span class="kern-label">${text("device.retry")}</span>
      </button>
    </div>
  </div>`;
}

/** What a guest reads while waiting: place in the line, time of the appointment, that nobody looks on. */
export function waitingNotes(session: RoomSession, starts: Date | null): TemplateResult {
  return html`<div class="sz-waiting">
    <p class="kern-body kern-body--large" data-testid="position" data-position=${session.position}>
      ${positionWords(session.position)}
    </p>
    ${starts === null ? nothing : html`<p class="kern-body">${text("room.appointment", { time: clockTime(starts) })}</p>`}
    <p class="kern-body kern-body--muted">${text("room.private")}</p>
  </div>`;
}

function guestRow(guest: WaitingGuest, actions: Actions): TemplateResult {
  const since = text("room.guests.since", { time: clockTime(new Date(guest.since * 1000)) });
  return html`<li class="sz-guest" data-guest=${guest.id}>
    <span class="sz-guest__name">${guest.name}</span>
    <span class="kern-body kern-body--muted">${guest.connected ? since : text("room.guests.away")}</span>
    <button
      type="button"
      class="kern-btn kern-btn--primary"
      data-testid="admit"
      aria-label=${text("room.admit.name", { name: guest.name })}
      @click=${() => actions.admit(guest.id)}
    >
      <span class="kern-label">${text("room.admit")}</span>
    </button>
  </li>`;
}

/** The host's list of those who wait. */
export function waitingGuests(session: RoomSession, actions: Actions): TemplateResult {
  const rows = session.guests.filter((guest) => !session.links.get(guest.id)?.open);
  return html`<section class="sz-guests" aria-label=${text("room.guests")} data-testid="guests">
    <h2 class="kern-heading-small">${text("room.guests")}</h2>
    ${
      rows.length === 0
        ? html`<p class="kern-body">${text("room.guests.none")}</p>`
        : html`<ul class="sz-guests__list">${repeat(
            rows,
            (guest) => guest.id,
            (guest) => guestRow(guest, actions),
          )}</ul>`
    }
  </section>`;
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
  silent: boolean,
  more: TemplateResult | typeof nothing,
  actions: Actions,
): TemplateResult {
  return html`<div class="sz-controls">
    ${silent ? button("primary", "sound", text("room.sound"), actions.playSound) : nothing}
    ${toggle("audio", own, actions.toggleAudio)} ${toggle("video", own, actions.toggleVideo)} ${more}
    ${button("secondary", "leave", text("room.leave"), actions.leave)}
    ${session.role === "host" ? button("primary", "end", text("room.end"), actions.askEnd) : nothing}
  </div>`;
}

export function endDialog(actions: Actions): TemplateResult {
  return html`<dialog class="kern-dialog" data-end aria-labelledby="sz-end-question">
    <header class="kern-dialog__header">
      <h2 class="kern-title kern-title--large" id="sz-end-question">${text("room.end.question")}</h2>
    </header>
    <section class="kern-dialog__body"><p class="kern-body">${text("room.end.explain")}</p></section>
    <footer class="kern-dialog__footer">
      ${button("secondary", "end-cancel", text("room.end.cancel"), actions.keep)}
      ${button("primary", "end-confirm", text("room.end.confirm"), actions.end)}
    </footer>
  </dialog>`;
}

export function farewell(
  session: RoomSession,
  back: string | null,
  actions: Actions,
  feedback: string | null = null,
): TemplateResult {
  // Before the room opens there is nothing to press: the page enters by itself.
  const refused = session.refused !== null && session.refused.code !== "too-early";
  const again = refused || ["left", "idle", "replaced"].includes(session.ended ?? "");
  const spoken =
    feedback !== null && session.admitted && ["host", "left", "window"].includes(session.ended ?? "");
  return html`<div class="sz-farewell">
    ${
      spoken
        ? html`<a class="kern-btn kern-btn--primary" href=${feedback} data-testid="feedback"
            ><span class="kern-label">${text("room.feedback")}</span></a
          >`
        : nothing
    }
    ${again ? button("primary", "again", text("room.again"), actions.again) : nothing}
    ${
      back === null
        ? nothing
        : html`<a class="kern-btn kern-btn--secondary" href=${back} data-testid="back"
            ><span class="kern-label">${text("room.back")}</span></a
          >`
    }
  </div>`;
}
