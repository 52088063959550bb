// One's own camera and microphone in a room: opened, switched on and off, lost and opened again, given to the session.
import { text } from "../texts";
import { closeDevices, type OwnDevices, openDevices } from "./devices";
import { FirstPictures } from "./first_picture";
import type { RoomSession } from "./session";

export interface OwnSurroundings {
  session(): RoomSession | null;
  preview(): HTMLVideoElement | null;
  say(words: string): void;
  changed(): void;
}

export class OwnSide {
  devices: OwnDevices | null = null;
  audioOn = true;
  videoOn = true;
  /** A device was taken away while it was in use. */
  lost = false;
  #first: FirstPictures | undefined;

  constructor(private readonly around: OwnSurroundings) {}

  /** For a new session: what is open is used again, the rest asked for. */
  enter(): void {
    if (this.devices?.stream.active) this.#use(this.devices);
    else void this.open();
  }

  async open(): Promise<void> {
    closeDevices(this.devices);
    const session = this.around.session();
    const devices = await openDevices();
    const now = this.around.session();
    if (session !== now || now?.ended !== null || now.refused !== null) {
      closeDevices(devices);
      return;
    }
    this.#use(devices);
  }

  close(): void {
    closeDevices(this.devices);
    this.devices = null;
  }

  toggle(kind: "audio" | "video"): void {
    const on = kind === "audio" ? !this.audioOn : !this.videoOn;
    if (kind === "audio") this.audioOn = on;
    else this.videoOn = on;
    const track = this.devices?.[kind];
    if (track) track.enabled = on;
    if (this.devices !== null) this.#send(this.devices);
    this.#sayMedia();
    const word = kind === "audio" ? (on ? "unmuted" : "muted") : on ? "shown" : "hidden";
    this.around.say(text(`room.said.${word}`));
  }

  #use(devices: OwnDevices): void {
    this.devices = devices;
    this.lost = false;
    for (const track of devices.stream.getTracks()) {
      track.enabled = track.kind === "audio" ? this.audioOn : this.videoOn;
      track.onended = () => {
        this.lost = true;
        this.around.say(text("device.lost"));
        this.#sayMedia();
      };
    }
    this.#send(devices);
    this.#sayMedia();
    this.around.changed();
  }

  #send({ audio, video }: OwnDevices): void {
    this.#first ??= new FirstPictures(() => this.around.preview());
    this.around.session()?.setTracks({ audio, video, first: this.#first });
  }

  #sayMedia(): void {
    const flows = (track: MediaStreamTrack | null | undefined): boolean =>
      track?.enabled === true && track.readyState === "live";
    this.around.session()?.sayMedia(flows(this.devices?.audio), flows(this.devices?.video));
  }
}
