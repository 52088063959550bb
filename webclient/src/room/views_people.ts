// Who waits and who is in the call: what a waiting guest reads, and the host's lists with what a host may do.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { WaitingGuest } from "../messages";
import { clockTime, text } from "../texts";
import type { PeerLink } from "./peer_link";
import type { RoomSession } from "./session";
import type { Actions } from "./views";
import { partWords } from "./views_stage";
import { expectedMinutes, positionWords } from "./words";

/** What a guest reads while waiting: place in the line, how long it may take, that nobody looks on. */
export function waitingNotes(
  session: RoomSession,
  starts: Date | null,
  typical: number,
  now: Date,
): TemplateResult {
  const minutes = session.hostPresent ? null : expectedMinutes(now, starts, session.position, typical);
  return html`<div class="sz-waiting">
    <p class="kern-body kern-body--large" data-testid="position" data-position=${session.position}>
      ${positionWords(session.position)}
    </p>
    ${
      minutes === null
        ? nothing
        : html`<p class="kern-body" data-testid="expected">${
            minutes === 1 ? text("room.expected.one") : text("room.expected", { minutes })
          }</p>`
    }
    ${starts === null ? nothing : html`<p class="kern-body">${text("room.appointment", { time: clockTime(starts) })}</p>`}
    <p class="kern-body kern-body--muted">${text("room.private")}</p>
  </div>`;
}

function guestRow(guest: WaitingGuest, actions: Actions): TemplateResult {
  const since = text("room.guests.since", { time: clockTime(new Date(guest.since * 1000)) });
  return html`<li class="sz-guest" data-guest=${guest.id} data-replaces=${guest.replaces}>
    <span class="sz-guest__name">${guest.name}</span>
    ${partWords(guest.part) === "" ? nothing : html`<span class="kern-body">${partWords(guest.part)}</span>`}
    <span class="kern-body kern-body--muted">${guest.connected ? since : text("room.guests.away")}</span>
    ${guest.replaces === "" ? nothing : html`<span class="kern-body">${text("room.guests.device")}</span>`}
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

function small(id: string, label: string, named: string, action: () => void): TemplateResult {
  return html`<button type="button" class="kern-btn kern-btn--tertiary" data-testid=${id} aria-label=${named}
    @click=${action}><span class="kern-label">${label}</span></button>`;
}

function presentRow(link: PeerLink, actions: Actions): TemplateResult {
  const { id, name, part } = link.peer;
  return html`<li class="sz-guest" data-present=${id}>
    <span class="sz-guest__name">${name}</span>
    ${partWords(part) === "" ? nothing : html`<span class="kern-body">${partWords(part)}</span>`}
    <span class="sz-guest__acts">
      ${small("send-back", text("room.sendback"), text("room.sendback.name", { name }), () =>
        actions.ask({ kind: "sendback", guest: id, name }),
      )}
      ${small("remove", text("room.remove"), text("room.remove.name", { name }), () =>
        actions.ask({ kind: "remove", guest: id, name }),
      )}
    </span>
  </li>`;
}

function list(rows: TemplateResult | typeof nothing): TemplateResult {
  return html`<ul class="sz-guests__list">${rows}</ul>`;
}

/** The host's lists: those who wait, and those who are in. */
export function peopleLists(session: RoomSession, actions: Actions): TemplateResult {
  const rows = session.guests.filter((guest) => !session.links.get(guest.id)?.open);
  const inside = session.openLinks.filter((link) => link.peer.role === "guest");
  return html`<section class="sz-guests" aria-label=${text("room.guests")} data-testid="guests">
    <h2 class="kern-heading-small">${text("room.guests")}</h2>
    ${
      rows.length === 0
        ? html`<p class="kern-body">${text("room.guests.none")}</p>`
        : list(
            html`${repeat(
              rows,
              (guest) => guest.id,
              (guest) => guestRow(guest, actions),
            )}`,
          )
    }
    ${
      inside.length === 0
        ? nothing
        : html`<h2 class="kern-heading-small">${text("room.present")}</h2>
            ${list(
              html`${repeat(
                inside,
                (link) => link.peer.id,
                (link) => presentRow(link, actions),
              )}`,
            )}`
    }
  </section>`;
}
