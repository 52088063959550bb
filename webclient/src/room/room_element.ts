// <sz-room>: the video room on the page, for citizen and clerk alike. It joins session, own devices, talk and view; what
// passes between the participants is session.ts.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { text } from "../texts";
import { fetchEntry } from "./entry";
import type { ControlMessage } from "./link_extension";
import { Measuring, measure } from "./measuring";
import { OwnSide } from "./own_side";
import { Playback } from "./playback";
import { RoomSession } from "./session";
import type { LinkStatistics } from "./statistics";
import { Talk } from "./talk/talk";
import { talkControls, talkPanels } from "./talk/views";
import {
  type Actions,
  controls,
  deviceHelp,
  endDialog,
  farewell,
  stage,
  waitingGuests,
  waitingNotes,
} from "./views";
import { stateWords } from "./words";

function newInstance(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Attributes: `entry` (where tickets are fetched), `as` (guest or host, until the server has said; `role` is read too,
 * but is none to assistive technology and is taken off), `back` (where to go afterwards), `starts` (the appointment's
 * begin, ISO 8601).
 * Events, for the elements beside it: `sz-phase` {phase, ended} when either changes, `sz-control` {from, message} for
 * each word that another page of this room says with `control`.
 */
export class SzRoom extends LitElement {
  #session: RoomSession | null = null;
  #talk: Talk | null = null;
  #said = "";
  #told = "";
  #playback = new Playback(() => this.requestUpdate());
  #own = new OwnSide({
    session: () => this.#session,
    preview: () => this.querySelector("video[data-own]"),
    say: (words) => this.#say(words),
    changed: () => this.requestUpdate(),
  });
  #measuring = new Measuring(
    () => this.#session,
    () => this.requestUpdate(),
  );
  #reopen: ReturnType<typeof setTimeout> | undefined;

  readonly #actions: Actions = {
    toggleAudio: () => this.#own.toggle("audio"),
    toggleVideo: () => this.#own.toggle("video"),
    leave: () => this.#session?.leave(),
    askEnd: () => this.querySelector<HTMLDialogElement>("dialog[data-end]")?.showModal(),
    keep: () => this.querySelector<HTMLDialogElement>("dialog[data-end]")?.close(),
    end: () => this.end(),
    admit: (guest) => this.#session?.admit(guest),
    retryDevices: () => void this.#own.open(),
    playSound: () => this.#playback.playAll(this.querySelectorAll("video")),
    again: () => this.#enter(),
  };

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    const named = this.getAttribute("role");
    if (named !== null) this.setAttribute("as", named);
    this.removeAttribute("role");
    super.connectedCallback();
    addEventListener("online", this.#networkBack);
    document.addEventListener("visibilitychange", this.#seenAgain);
    this.#enter();
    this.#measuring.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("online", this.#networkBack);
    document.removeEventListener("visibilitychange", this.#seenAgain);
    this.#measuring.stop();
    clearTimeout(this.#reopen);
    this.#session?.client.stop();
    this.#talk?.close();
    this.#own.close();
  }

  /** Numbers about every connection that is open or prepared, newest figures of the browser. */
  statistics(): Promise<LinkStatistics[]> {
    return measure(this.#session);
  }

  /** Ends the meeting for everybody; only a host may. */
  end(): void {
    this.#session?.end();
  }

  /** Says `message` to the pages of everybody in the call. */
  control(message: ControlMessage): void {
    this.#talk?.control(message);
  }

  override render(): TemplateResult | typeof nothing {
    const session = this.#session;
    if (session === null) return nothing;
    return html`<div class="sz-room" data-phase=${session.phase} data-role=${session.role ?? this.getAttribute("as")}>
      <p class="kern-body sz-room__state" role="status" data-testid="room-state" data-state=${session.phase}
        data-line=${session.client.state}>${stateWords(session)}</p>
      <p class="kern-sr-only" role="status" data-testid="announcement">${this.#said}</p>
      ${
        session.ended !== null || session.refused !== null
          ? farewell(session, this.getAttribute("back"), this.#actions, this.getAttribute("feedback"))
          : this.#inside(session)
      }
    </div>`;
  }

  #inside(session: RoomSession): TemplateResult {
    const own = this.#own;
    const host = session.role === "host";
    const starts = this.getAttribute("starts");
    const talk = this.#talk;
    return html`${deviceHelp(own, this.#actions)}
      ${
        session.phase === "waiting" && !host
          ? waitingNotes(session, starts === null ? null : new Date(starts))
          : nothing
      }
      <div class="sz-room__main">
        ${stage(session, own, this.#measuring.qualities)} ${host ? waitingGuests(session, this.#actions) : nothing}
      </div>
      ${talk === null ? nothing : talkPanels(session, talk)}
      ${controls(session, own, this.#playback.silent, talk === null ? nothing : talkControls(session, talk), this.#actions)}
      ${host ? endDialog(this.#actions) : nothing}`;
  }

  override updated(): void {
    const { devices } = this.#own;
    const own = this.querySelector<HTMLVideoElement>("video[data-own]");
    if (own !== null) this.#playback.show(own, devices?.video ? devices.preview : null);
    for (const tile of this.querySelectorAll<HTMLVideoElement>("video[data-peer]")) {
      const link = this.#session?.links.get(tile.dataset.peer ?? "");
      this.#playback.show(tile, link?.media ?? null, true);
    }
    for (const tile of this.querySelectorAll<HTMLVideoElement>("video[data-screen]")) {
      this.#playback.show(tile, this.#session?.links.get(tile.dataset.screen ?? "")?.screen ?? null);
    }
  }

  readonly #networkBack = (): void => this.#session?.client.wake(true);

  readonly #seenAgain = (): void => {
    if (document.visibilityState === "visible") this.#session?.client.wake();
  };

  /** Camera and line are opened side by side: neither waits for the other. */
  #enter(): void {
    clearTimeout(this.#reopen);
    this.#session?.client.stop();
    this.#talk?.close();
    this.#measuring.forget();
    const talk = new Talk({
      changed: () => this.requestUpdate(),
      session: () => this.#session,
      heard: (from, message) => this.#tell("sz-control", { from, message }),
      say: (words) => this.#say(words),
    });
    this.#talk = talk;
    this.#session = new RoomSession(
      newInstance(),
      {
        changed: () => this.#changed(),
        happened: (event, name) => this.#say(text(`room.${event}`, { name })),
      },
      {
        fetchEntry: () => fetchEntry(this.getAttribute("entry") ?? ""),
        openSocket: (url, protocol) => new WebSocket(url, protocol),
        random: Math.random,
      },
      () => talk.extend(),
    );
    this.#session.client.start();
    this.#own.enter();
    this.requestUpdate();
  }

  #changed(): void {
    const session = this.#session;
    if (session === null) return;
    if (session.ended !== null || session.refused !== null) this.#left(session);
    this.requestUpdate();
    const { phase, ended } = session;
    if (this.#told === `${phase} ${ended}`) return;
    this.#told = `${phase} ${ended}`;
    this.#tell("sz-phase", { phase, ended });
  }

  #left(session: RoomSession): void {
    this.#own.close();
    this.#talk?.close();
    const opens = session.refused?.code === "too-early" ? session.refused.opensAt : null;
    if (opens === null) return;
    clearTimeout(this.#reopen);
    // Longer waits overflow the timer; half an hour is asked again then.
    const wait = Math.min(Math.max(opens.getTime() - Date.now(), 1000), 1_800_000);
    this.#reopen = setTimeout(() => this.#enter(), wait);
  }

  #say(words: string): void {
    this.#said = words;
    this.requestUpdate();
  }

  #tell(name: "sz-phase" | "sz-control", detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}
