// The single tests of the device check: each answers with a verdict and a text, none of them raises.
import type { OwnDevices } from "../room/devices";
import { kept, loudness } from "../room/microphone_watch";
import { socketAddress, subprotocol } from "../room/signaling_address";
import { deviceWords } from "../room/words";
import { type TextKey, text } from "../texts";
import { browserKind, deniedHelp } from "./browser_help";

export type Verdict = "waiting" | "running" | "ok" | "warn" | "fail";

export interface Finding {
  verdict: Verdict;
  words: string;
}

export function finding(verdict: Verdict, key: TextKey): Finding {
  return { verdict, words: text(key) };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Why a device is missing; where permission was refused, what to press in this very browser. */
function problemWords(devices: OwnDevices): string {
  if (devices.problem !== "denied") return deviceWords(devices)?.problem ?? "";
  const help = deniedHelp(browserKind(navigator.userAgent, navigator.maxTouchPoints));
  return `${text("check.denied")} ${text(help)}`;
}

export function cameraFinding(devices: OwnDevices): Finding {
  if (devices.video !== null) return finding("ok", "check.camera.ok");
  const words = deviceWords(devices);
  return { verdict: "warn", words: `${problemWords(devices)} ${words?.remains ?? ""}`.trim() };
}

/** Whether the signaling server can be reached by WebSocket: it is connected to, nothing is said. */
export function probeServer(path: string, patience = 8000): Promise<Finding> {
  return new Promise((resolve) => {
    let socket: WebSocket;
    const done = (reached: boolean): void => {
      clearTimeout(timer);
      resolve(reached ? finding("ok", "check.server.ok") : finding("fail", "check.server.fail"));
      socket.close();
    };
    const timer = setTimeout(() => done(false), patience);
    socket = new WebSocket(socketAddress(path, location.href), subprotocol);
    socket.onopen = () => done(true);
    socket.onerror = () => done(false);
  });
}

const least = 1024;

/** The loudness of a microphone between 0 and 1, of all that came since it was asked for last; `close` frees it. */
export class Loudness {
  #context = new AudioContext();
  #analyser = new AnalyserNode(this.#context, { fftSize: kept });
  #samples = new Float32Array(kept);
  #looked = performance.now();

  constructor(track: MediaStreamTrack) {
    this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#analyser);
    void this.#context.resume();
  }

  now(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const now = performance.now();
    const since = Math.round((this.#context.sampleRate * (now - this.#looked)) / 1000);
    this.#looked = now;
    return loudness(this.#samples.subarray(-Math.max(least, since)));
  }

  close(): void {
    void this.#context.close();
  }
}

/** Listens up to `patience` ms for a sound; `show` gets the loudness on the way. */
export async function probeMicrophone(
  devices: OwnDevices,
  show: (level: number) => void,
  patience = 6000,
): Promise<Finding> {
  if (devices.audio === null) {
    return {
      verdict: "warn",
      words: devices.problem === "denied" ? text("check.denied") : problemWords(devices),
    };
  }
  const loudness = new Loudness(devices.audio);
  try {
    for (let waited = 0; waited < patience; waited += 100) {
      const level = loudness.now();
      show(level);
      if (level > 0.02 && waited >= 500) return finding("ok", "check.microphone.ok");
      await pause(100);
    }
    return finding("warn", "check.microphone.silent");
  } catch {
    return finding("warn", "check.microphone.silent");
  } finally {
    loudness.close();
  }
}
