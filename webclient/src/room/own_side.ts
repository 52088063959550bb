// One's own camera and microphone in a room: opened, chosen, switched on and off, lost and opened again, given to the
// session. Which devices there are and what was chosen is device_choice.ts, how they are opened devices.ts.
import { text } from "../texts";
import { type DeviceChoice, type DeviceList, listDevices, remember, rememberedChoice } from "./device_choice";
import { closeDevices, type OwnDevices, openDevices, problemFor, reopen } from "./devices";
import { FirstPictures } from "./first_picture";
import type { RoomSession } from "./session";

export interface OwnSurroundings {
  session(): RoomSession | null;
  preview(): HTMLVideoElement | null;
  say(words: string): void;
  changed(): void;
}

const hiddenTooLong = 3000;

function isAppleTouch(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}

type Kind = "audio" | "video";

export class OwnSide {
  devices: OwnDevices | null = null;
  audioOn = true;
  videoOn = true;
  /** A device was taken away while it was in use. */
  lost = false;
  choice: DeviceChoice = rememberedChoice();
  list: DeviceList = { cameras: [], microphones: [], speakers: [] };
  /** No pictures in either direction, because somebody wants to save data. */
  saving = false;
  /** Movement counts more than anything; null: as soon as somebody is there who interprets sign language. */
  signing: boolean | null = null;
  /** Those to whom no picture goes because the line is too weak. */
  weak: ReadonlySet<string> = new Set();
  clerksOnly = false;
  #first: FirstPictures | undefined;
  // What was asked for earlier and comes later is let go of: a camera that no page shows must not stay on.
  #opening = 0;
  #asked = { audio: 0, video: 0 };
  #reopening: Promise<void> = Promise.resolve();

  constructor(private readonly around: OwnSurroundings) {}

  /** For a new session: what is open is used again, the rest asked for. */
  enter(): void {
    this.weak = new Set();
    this.clerksOnly = false;
    if (this.devices?.stream.active) this.#use(this.devices);
    else void this.open();
  }

  async open(): Promise<void> {
    closeDevices(this.devices);
    this.#opening += 1;
    const turn = this.#opening;
    const session = this.around.session();
    const devices = await openDevices(this.choice);
    const now = this.around.session();
    if (turn !== this.#opening || session !== now || now?.ended !== null || now.refused !== null) {
      closeDevices(devices);
      return;
    }
    this.#use(devices);
  }

  close(): void {
    this.#opening += 1;
    closeDevices(this.devices);
    this.devices = null;
  }

  toggle(kind: Kind): void {
    const on = kind === "audio" ? !this.audioOn : !this.videoOn;
    if (kind === "audio") this.audioOn = on;
    else this.videoOn = on;
    const track = this.devices?.[kind];
    if (track) track.enabled = on;
    if (this.devices !== null) this.#send(this.devices);
    this.sayMedia();
    const word = kind === "audio" ? (on ? "unmuted" : "muted") : on ? "shown" : "hidden";
    this.around.say(text(`room.said.${word}`));
  }

  /** Another camera or microphone, in the running call too: the others notice a new picture and nothing else. */
  async choose(choice: Partial<DeviceChoice>): Promise<void> {
    this.choice = { ...this.choice, ...choice };
    remember(this.choice);
    if ("microphone" in choice) await this.#reopen("audio");
    if ("camera" in choice || "facing" in choice) await this.#reopen("video");
    this.around.changed();
  }

  /** From the camera towards the face to the one on the back, or back again. */
  flip(): Promise<void> {
    const { camera: _, ...rest } = this.choice;
    this.choice = rest;
    return this.choose({ facing: this.#facing === "user" ? "environment" : "user" });
  }

  async refreshList(): Promise<void> {
    this.list = await listDevices();
    this.around.changed();
  }

  setSaving(on: boolean): void {
    this.saving = on;
    this.setPictures();
    this.around.say(text(on ? "room.saving.said" : "room.saving.over"));
  }

  setSigning(on: boolean): void {
    this.signing = on;
    this.setPictures();
  }

  /** Own pictures cease to go to those in `weak`, and go again to those who are not any more. */
  sink(weak: ReadonlySet<string>): void {
    const before = this.weak;
    if (weak.size === before.size && [...weak].every((peer) => before.has(peer))) return;
    this.weak = weak;
    this.setPictures();
    this.around.say(text(weak.size > 0 ? "room.weak" : "room.weak.over"));
  }

  /** While a card is held into the camera the picture goes to nobody but clerks. */
  keepFromOthers(on: boolean): void {
    this.clerksOnly = on;
    this.setPictures();
  }

  /** With three or four people each picture gets smaller, unless somebody has to read hands. */
  setPictures(): void {
    const session = this.around.session();
    if (session === null) return;
    const crowd = session.openLinks.length > 1;
    const signs = this.signs;
    const isClerk = (peer: string): boolean => session.links.get(peer)?.peer.role === "host";
    session.setPictures((peer) => ({
      send: !this.saving && !this.weak.has(peer) && !(this.clerksOnly && !isClerk(peer)),
      receive: !this.saving,
      shrink: crowd && !signs ? 2 : 1,
    }));
    this.sayMedia();
  }

  /** Somebody signs: by the switch, or because an interpreter of sign language is there. */
  get signs(): boolean {
    const session = this.around.session();
    const there = session?.openLinks.some(({ peer }) => peer.part === "sign") === true;
    return this.signing ?? (there || session?.welcome?.part === "sign");
  }

  /** Own pictures reach nobody: the line is too weak, or data is saved. */
  get unseen(): boolean {
    const open = this.around.session()?.openLinks ?? [];
    return this.saving || (open.length > 0 && open.every((link) => this.weak.has(link.peer.id)));
  }

  /** The page is seen again after `hidden` ms. On iPhones a call or another program leaves tracks behind that look alive
   * and carry nothing; they are opened anew. */
  seenAgain(hidden: number): void {
    const tracks = this.devices?.stream.getTracks() ?? [];
    const dead = tracks.some((track) => track.readyState === "ended" || track.muted);
    if (dead || (tracks.length > 0 && hidden >= hiddenTooLong && isAppleTouch())) void this.open();
  }

  sayMedia(): void {
    const flows = (track: MediaStreamTrack | null | undefined): boolean =>
      track?.enabled === true && track.readyState === "live" && !track.muted;
    const video = flows(this.devices?.video) && !this.unseen;
    this.around.session()?.sayMedia(flows(this.devices?.audio), video);
  }

  get #facing(): string {
    return this.devices?.video?.getSettings().facingMode ?? this.choice.facing ?? "user";
  }

  /** One after the other, the last choice alone: with the arrow keys somebody passes many in a list. */
  #reopen(kind: Kind): Promise<void> {
    this.#asked[kind] += 1;
    const turn = this.#asked[kind];
    this.#reopening = this.#reopening.then(async () => {
      if (turn === this.#asked[kind]) await this.#replace(kind);
    });
    return this.#reopening;
  }

  async #replace(kind: Kind): Promise<void> {
    const before = this.devices;
    if (before === null) return;
    try {
      const devices = await reopen(before, kind, this.choice);
      if (this.devices === before) this.#use(devices);
      else closeDevices(devices);
    } catch (error) {
      if (this.devices !== before) return;
      const gone = { ...before, [kind]: null, problem: problemFor(error) };
      this.#use({ ...gone, preview: new MediaStream(before.stream.getVideoTracks()) });
    }
  }

  #use(devices: OwnDevices): void {
    this.devices = devices;
    this.lost = false;
    for (const track of devices.stream.getTracks()) {
      track.enabled = track.kind === "audio" ? this.audioOn : this.videoOn;
      track.onended = () => this.#ended();
      // A phone that goes into a pocket pauses its camera and tells nobody but this page.
      track.onmute = track.onunmute = () => this.sayMedia();
    }
    this.#send(devices);
    this.sayMedia();
    this.around.changed();
  }

  #ended(): void {
    this.lost = true;
    this.around.say(text("device.lost"));
    this.sayMedia();
  }

  #send({ audio, video }: OwnDevices): void {
    this.#first ??= new FirstPictures(() => this.around.preview());
    this.around.session()?.setTracks({ audio, video, first: this.#first });
  }
}
