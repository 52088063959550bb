// <sz-room>: the video room on the page, for citizen and clerk alike. It joins camera, session and view; what passes
// between the participants is session.ts.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { text } from "../texts";
import { closeDevices, type OwnDevices, openDevices } from "./devices";
import { fetchEntry } from "./entry";
import { FirstPictures } from "./first_picture";
import { Playback } from "./playback";
import { RoomSession } from "./session";
import { type LinkStatistics, type Quality, qualityBetween, summarize } from "./statistics";
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

const measureEvery = 3000;

function newInstance(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Attributes: `entry` (where tickets are fetched), `as` (guest or host, until the server has said; `role` is read too,
 * but is none to assistive technology and is taken off), `back` (where to go afterwards), `starts` (the appointment's
 * begin, ISO 8601).
 */
export class SzRoom extends LitElement {
  #session: RoomSession | null = null;
  #devices: OwnDevices | null = null;
  #first: FirstPictures | undefined;
  #deviceLost = false;
  #audioOn = true;
  #videoOn = true;
  #said = "";
  #playback = new Playback(() => this.requestUpdate());
  #qualities = new Map<string, Quality>();
  #measured = new Map<string, LinkStatistics>();
  #timers: ReturnType<typeof setInterval>[] = [];
  #reopen: ReturnType<typeof setTimeout> | undefined;

  readonly #actions: Actions = {
    toggleAudio: () => this.#toggle("audio"),
    toggleVideo: () => this.#toggle("video"),
    leave: () => this.#session?.leave(),
    askEnd: () => this.querySelector("dialog")?.showModal(),
    keep: () => this.querySelector("dialog")?.close(),
    end: () => this.#session?.end(),
    admit: (guest) => this.#session?.admit(guest),
    retryDevices: () => void this.#openDevices(),
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
    this.#timers = [setInterval(() => void this.#measure(), measureEvery)];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("online", this.#networkBack);
    document.removeEventListener("visibilitychange", this.#seenAgain);
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#reopen);
    this.#session?.client.stop();
    closeDevices(this.#devices);
  }

  /** Numbers about every connection that is open or prepared, newest figures of the browser. */
  async statistics(): Promise<LinkStatistics[]> {
    const links = [...(this.#session?.links.values() ?? [])];
    return Promise.all(links.map((link) => summarize(link.peer.id, link.peer.name, link.connection)));
  }

  override render(): TemplateResult | typeof nothing {
    const session = this.#session;
    if (session === null) return nothing;
    return html`<div class="sz-room" data-phase=${session.phase} data-role=${session.role ?? this.getAttribute("as")}>
      <p class="kern-body sz-room__state" role="status" data-testid="room-state" data-state=${session.phase}
        data-line=${session.client.state}>${stateWords(session)}</p>
      <p class="kern-sr-only" role="status" data-testid="announcement">${this.#said}</p>
      ${session.ended !== null || session.refused !== null ? this.#outside(session) : this.#inside(session)}
    </div>`;
  }

  #outside(session: RoomSession): TemplateResult {
    return farewell(session, this.getAttribute("back"), this.#actions);
  }

  #inside(session: RoomSession): TemplateResult {
    const own = { devices: this.#devices, audioOn: this.#audioOn, videoOn: this.#videoOn };
    const host = session.role === "host";
    const starts = this.getAttribute("starts");
    return html`${deviceHelp(own, this.#deviceLost, this.#actions)}
      ${
        session.phase === "waiting" && !host
          ? waitingNotes(session, starts === null ? null : new Date(starts))
          : nothing
      }
      <div class="sz-room__main">
        ${stage(session, own, this.#qualities)} ${host ? waitingGuests(session, this.#actions) : nothing}
      </div>
      ${controls(session, own, this.#playback.silent, this.#actions)} ${host ? endDialog(this.#actions) : nothing}`;
  }

  override updated(): void {
    const own = this.querySelector<HTMLVideoElement>("video[data-own]");
    if (own !== null) this.#playback.show(own, this.#devices?.video ? this.#devices.preview : null);
    for (const tile of this.querySelectorAll<HTMLVideoElement>("video[data-peer]")) {
      const link = this.#session?.links.get(tile.dataset.peer ?? "");
      this.#playback.show(tile, link?.media ?? null, true);
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
    this.#qualities.clear();
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
    );
    this.#session.client.start();
    if (this.#devices?.stream.active) this.#useDevices(this.#devices);
    else void this.#openDevices();
    this.requestUpdate();
  }

  #changed(): void {
    const session = this.#session;
    if (session !== null && (session.ended !== null || session.refused !== null)) this.#left(session);
    this.requestUpdate();
  }

  #left(session: RoomSession): void {
    closeDevices(this.#devices);
    this.#devices = null;
    const opens = session.refused?.code === "too-early" ? session.refused.opensAt : null;
    if (opens === null) return;
    clearTimeout(this.#reopen);
    // Longer waits overflow the timer; half an hour is asked again then.
    const wait = Math.min(Math.max(opens.getTime() - Date.now(), 1000), 1_800_000);
    this.#reopen = setTimeout(() => this.#enter(), wait);
  }

  async #openDevices(): Promise<void> {
    closeDevices(this.#devices);
    const session = this.#session;
    const devices = await openDevices();
    if (session !== this.#session || session?.ended !== null || session.refused !== null) {
      closeDevices(devices);
      return;
    }
    this.#useDevices(devices);
  }

  #useDevices(devices: OwnDevices): void {
    this.#devices = devices;
    this.#deviceLost = false;
    for (const track of devices.stream.getTracks()) {
      track.enabled = track.kind === "audio" ? this.#audioOn : this.#videoOn;
      track.onended = () => {
        this.#deviceLost = true;
        this.#say(text("device.lost"));
        this.#sayMedia();
      };
    }
    this.#sendFrom(devices);
    this.#sayMedia();
    this.requestUpdate();
  }

  #sendFrom({ audio, video }: OwnDevices): void {
    this.#first ??= new FirstPictures(() => this.querySelector("video[data-own]"));
    this.#session?.setTracks({ audio, video, first: this.#first });
  }

  #toggle(kind: "audio" | "video"): void {
    const on = kind === "audio" ? !this.#audioOn : !this.#videoOn;
    if (kind === "audio") this.#audioOn = on;
    else this.#videoOn = on;
    const track = this.#devices?.[kind];
    if (track) track.enabled = on;
    if (this.#devices !== null) this.#sendFrom(this.#devices);
    this.#sayMedia();
    const word = kind === "audio" ? (on ? "unmuted" : "muted") : on ? "shown" : "hidden";
    this.#say(text(`room.said.${word}`));
  }

  #sayMedia(): void {
    const flows = (track: MediaStreamTrack | null | undefined): boolean =>
      track?.enabled === true && track.readyState === "live";
    this.#session?.sayMedia(flows(this.#devices?.audio), flows(this.#devices?.video));
  }

  #say(words: string): void {
    this.#said = words;
    this.requestUpdate();
  }

  async #measure(): Promise<void> {
    if (this.#session?.phase !== "call") return;
    for (const now of await this.statistics()) {
      const before = this.#measured.get(now.peer);
      this.#measured.set(now.peer, now);
      if (before !== undefined && now.connectionState === "connected") {
        const peer = this.#session?.links.get(now.peer)?.peer;
        this.#qualities.set(
          now.peer,
          qualityBetween(before, now, peer?.audio === true || peer?.video === true),
        );
      }
    }
    this.requestUpdate();
  }
}
