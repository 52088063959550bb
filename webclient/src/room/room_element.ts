// <sz-room>: the video room on the page, for citizen and clerk alike. It joins session, own devices, talk and view; what
// passes between the participants is session.ts.
import { LitElement, nothing, type TemplateResult } from "lit";
import { text } from "../texts";
import { take } from "./begun";
import { fetchEntry } from "./entry";
import { Knock } from "./knock";
import type { ControlMessage } from "./link_extension";
import { Measuring, measure } from "./measuring";
import { MicrophoneWatch } from "./microphone_watch";
import { OwnSide } from "./own_side";
import { Playback } from "./playback";
import { play, players } from "./players";
import { RoomSession } from "./session";
import type { LinkStatistics } from "./statistics";
import { watchSurroundings } from "./surroundings";
import { deviceOf, newInstance } from "./tab";
import { Talk } from "./talk/talk";
import { TheirLines } from "./their_lines";
import type { Actions, Question } from "./views";
import { outside, type RoomParts, roomPage } from "./views_room";

/**
 * Attributes: `entry` (where tickets are fetched), `as` (guest or host, until the server has said; `role` is read too,
 * but is none to assistive technology and is taken off), `back` and `feedback` (where to go afterwards), `starts` (the
 * appointment's begin, ISO 8601), `typical` (minutes that somebody who is before one in the queue takes), `recording` (its
 * address, where there is a recorder).
 * Events, for the elements beside it: `sz-phase` {phase, ended} when either changes, `sz-control` {from, message} for
 * each word that another page of this room says with `control`, `sz-opened` {from} when words reach that page, for the
 * first time or again: the last ones before may be lost.
 */
export class SzRoom extends LitElement {
  #session: RoomSession | null = null;
  #talk: Talk | null = null;
  #said = "";
  #told = "";
  #panel = false;
  #question: Question = { kind: "end", guest: "", name: "" };
  #playback = new Playback(() => this.requestUpdate());
  #lines = new TheirLines();
  #knock = new Knock();
  #own = new OwnSide({
    session: () => this.#session,
    preview: () => this.querySelector("video[data-own]"),
    say: (words) => this.#say(words),
    changed: () => this.requestUpdate(),
  });
  #microphone = new MicrophoneWatch(
    (level) => this.#showLevel(level),
    (hint) => this.#say(hint === null ? "" : text(`device.hint.${hint}`)),
  );
  #measuring = new Measuring(
    () => this.#session,
    (weak) => this.#own.sink(weak),
    () => this.#measured(),
  );
  #unwatch: () => void = () => undefined;
  #reopen: ReturnType<typeof setTimeout> | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;

  readonly #actions: Actions = {
    toggleAudio: () => this.#own.toggle("audio"),
    toggleVideo: () => this.#own.toggle("video"),
    togglePanel: () => void this.#togglePanel(),
    choose: (choice) => void this.#own.choose(choice),
    flip: () => void this.#own.flip(),
    saveData: (on) => this.#own.setSaving(on),
    sign: (on) => this.#own.setSigning(on),
    leave: () => this.#session?.leave(),
    ask: (question) => void this.#ask(question),
    confirm: () => this.#confirm(),
    keep: () => this.#dialog?.close(),
    admit: (guest) => this.#session?.admit(guest),
    retryDevices: () => void this.#own.open(),
    playSound: () => this.#playback.playAll(players(this)),
    again: () => this.#enter(),
    enlarge: (peer) => this.#playback.float(this.querySelector(`video[data-peer="${CSS.escape(peer)}"]`)),
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
    this.#unwatch = watchSurroundings({
      network: (suspect) => this.#session?.client.wake(suspect),
      seen: (hiddenFor) => this.#seen(hiddenFor),
      devices: () => void this.#own.refreshList(),
      touched: () => this.#touched(),
    });
    this.#clock = setInterval(() => this.requestUpdate(), 30_000);
    this.#enter();
    this.#measuring.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
    this.#measuring.stop();
    clearInterval(this.#clock);
    clearTimeout(this.#reopen);
    this.#session?.client.stop();
    this.#talk?.close();
    this.#knock.calm();
    this.#microphone.stop();
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
    const talk = this.#talk;
    if (session === null || talk === null) return nothing;
    const parts: RoomParts = {
      session,
      talk,
      own: this.#own,
      measuring: this.#measuring,
      lines: this.#lines,
      hint: this.#microphone.hint,
      panel: this.#panel,
      silent: this.#playback.silent,
      question: this.#question,
      said: this.#said,
      given: (name) => this.getAttribute(name),
      actions: this.#actions,
    };
    return roomPage(parts, outside(session));
  }

  override updated(): void {
    const { devices } = this.#own;
    play(this, this.#session, devices, this.#playback);
    this.#playback.setSpeaker(this.#own.choice.speaker, players(this));
    if (this.#panel) this.#microphone.listen(devices?.audio ?? null);
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector<HTMLDialogElement>("dialog[data-ask]");
  }

  /** Camera and line are opened side by side: neither waits for the other. */
  #enter(): void {
    clearTimeout(this.#reopen);
    this.#session?.client.stop();
    this.#talk?.close();
    this.#measuring.forget();
    this.#lines.clear();
    const talk = new Talk({
      changed: () => this.requestUpdate(),
      session: () => this.#session,
      heard: (from, message) => this.#heard(from, message),
      opened: (from) => this.#tell("sz-opened", { from }),
      say: (words) => this.#say(words),
      keepFromOthers: (on) => this.#own.keepFromOthers(on),
    });
    this.#talk = talk;
    const entry = this.getAttribute("entry") ?? "";
    this.#session = new RoomSession(
      { instance: take("instance") ?? newInstance(), device: deviceOf(entry) },
      { changed: () => this.#changed(), happened: (event, name) => this.#happened(event, name) },
      {
        fetchEntry: () => fetchEntry(entry),
        openSocket: (url, protocol) => new WebSocket(url, protocol),
        random: Math.random,
        now: () => performance.now(),
      },
      () => talk.extend(),
    );
    this.#session.client.start();
    this.#own.enter();
    this.requestUpdate();
  }

  #happened(event: "arrived" | "joined" | "left" | "sent-back", name: string): void {
    if (event === "arrived" && this.#session?.role === "host") this.#knock.knock(name);
    if (event !== "arrived") this.#own.setPictures();
    this.#say(text(`room.${event}`, { name }));
  }

  #changed(): void {
    const session = this.#session;
    if (session === null) return;
    if (session.ended !== null || session.refused !== null) this.#left(session);
    if (session.guests.length === 0) this.#knock.calm();
    this.requestUpdate();
    const { phase, ended } = session;
    if (this.#told === `${phase} ${ended}`) return;
    this.#told = `${phase} ${ended}`;
    this.#tell("sz-phase", { phase, ended });
    if (ended === null) this.#talk?.papers.entered();
  }

  #left(session: RoomSession): void {
    this.#talk?.close();
    this.#microphone.stop();
    // Whoever has handed over stays in the picture until the colleague is there.
    const close = (): void => {
      if (session === this.#session) this.#own.close();
    };
    if (session.ended === "handed-over") session.whenSilent(close);
    else close();
    const opens = session.refused?.code === "too-early" ? session.refused.opensAt : null;
    if (opens === null) return;
    clearTimeout(this.#reopen);
    // Longer waits overflow the timer; half an hour is asked again then.
    const wait = Math.min(Math.max(opens.getTime() - Date.now(), 1000), 1_800_000);
    this.#reopen = setTimeout(() => this.#enter(), wait);
  }

  #measured(): void {
    if (this.#session?.phase === "call") this.#microphone.listen(this.#own.devices?.audio ?? null);
    const line = this.#own.saving ? "saving" : this.#own.weak.size > 0 ? "weak" : "good";
    if (this.#lines.tells(line, this.#session?.openLinks ?? [])) this.control({ kind: "line", line });
    this.requestUpdate();
  }

  #heard(from: string, message: ControlMessage): void {
    if (this.#lines.hear(from, message)) this.requestUpdate();
    else this.#tell("sz-control", { from, message });
  }

  #seen(hiddenFor: number): void {
    this.#knock.calm();
    this.#microphone.resume();
    this.#own.seenAgain(hiddenFor);
    this.#talk?.papers.seenAgain();
    this.#playback.resume(players(this));
  }

  #touched(): void {
    this.#microphone.resume();
    if (this.#playback.silent) this.#actions.playSound();
  }

  async #togglePanel(): Promise<void> {
    this.#panel = !this.#panel;
    this.requestUpdate();
    if (!this.#panel) return;
    await this.#own.refreshList();
    await this.updateComplete;
    this.querySelector("#sz-devices")?.scrollIntoView({ block: "start" });
    this.querySelector<HTMLElement>("#sz-devices-title")?.focus({ preventScroll: true });
  }

  #showLevel(level: number): void {
    const meter = this.querySelector<HTMLMeterElement>("meter[data-level]");
    if (meter !== null) meter.value = level;
  }

  async #ask(question: Question): Promise<void> {
    this.#question = question;
    this.requestUpdate();
    await this.updateComplete;
    this.#dialog?.showModal();
  }

  #confirm(): void {
    this.#dialog?.close();
    const { kind, guest } = this.#question;
    if (kind === "end") this.end();
    if (kind === "remove") this.#session?.remove(guest);
    if (kind === "sendback") this.#session?.sendBack(guest);
  }

  #say(words: string): void {
    this.#said = words;
    this.requestUpdate();
  }

  #tell(name: "sz-phase" | "sz-control" | "sz-opened", detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}
