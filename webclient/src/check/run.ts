// One run of the check from start to result: which step follows which, and what is told to the server. Showing it is
// check_element.ts, the single tests are probes.ts, echo.ts, relay.ts and upload.ts.
import { closeDevices, type OwnDevices, openDevices } from "../room/devices";
import { getJson, postJson } from "../server";
import { type EchoResult, probeMedia } from "./echo";
import { cameraFinding, type Finding, finding, pause, probeMicrophone, probeServer } from "./probes";
import { probeRelay, type RelayResult } from "./relay";

export const steps = ["camera", "microphone", "speaker", "server", "media", "upload", "relay"] as const;
export type Step = (typeof steps)[number];
export type Findings = Readonly<Record<Step, Finding>>;
export type Result = "ok" | "part" | "fail";
type Heard = "heard" | "not-heard" | "skipped";

export interface Addresses {
  echo: string;
  socket: string;
  /** Where the relay's credentials come from and the result goes to; empty: nowhere. */
  result: string;
}

const goodKbit = 700;
const audioKbit = 200;
const results: Record<string, Result> = { ready: "ok", limited: "part", "not-ready": "fail" };

export function uploadFinding(kbit: number | null): Finding {
  if (kbit === null) return finding("warn", "check.upload.unknown");
  if (kbit >= goodKbit) return finding("ok", "check.upload.good");
  return finding("warn", kbit >= audioKbit ? "check.upload.tight" : "check.upload.audio");
}

/** The result in one word: without server or media nothing works, everything else is a hint. */
export function overall(findings: Findings): Result | null {
  const verdicts = steps.map((step) => findings[step].verdict);
  if (steps.some((step) => step !== "speaker" && ["waiting", "running"].includes(findings[step].verdict)))
    return null;
  if (findings.server.verdict === "fail" || findings.media.verdict === "fail") return "fail";
  return verdicts.some((verdict) => verdict === "warn" || verdict === "fail") ? "part" : "ok";
}

export function untested(): Findings {
  const entries = steps.map((step) => [step, finding("waiting", "check.waiting")] as const);
  return Object.fromEntries(entries) as Record<Step, Finding>;
}

function deviceWord(devices: OwnDevices, kind: "audio" | "video", heard = true): string {
  if (devices[kind] !== null) return heard ? "ok" : "failed";
  const { problem } = devices;
  return problem === "denied" || problem === "none" || problem === "busy" ? problem : "failed";
}

async function iceServers(address: string): Promise<RTCIceServer[]> {
  if (address === "") return [];
  try {
    const reply = (await getJson(address)) as { ice?: RTCIceServer[] };
    return reply.ice ?? [];
  } catch {
    return []; // the rest of the check says what is wrong with the server
  }
}

export class CheckRun {
  findings: Findings = untested();
  devices: OwnDevices | null = null;
  level = 0;
  done = false;
  /** What the server made of it; null until it has said so. */
  result: Result | null = null;
  saved: boolean | null = null;
  hasRelay = false;
  #heard: Heard = "skipped";
  #outcome: Record<string, unknown> | null = null;

  constructor(
    private readonly addresses: Addresses,
    private readonly changed: () => void,
    private readonly playTone: () => void,
  ) {}

  async start(): Promise<void> {
    for (const step of steps) this.#found(step, finding("running", "check.running"));
    this.#found("camera", finding("running", "device.asking"));
    this.#found("speaker", finding("waiting", "check.waiting"));
    const ice = iceServers(this.addresses.result);
    const server = probeServer(this.addresses.socket).then((found) => this.#found("server", found));
    const devices = await openDevices();
    this.devices = devices;
    this.#found("camera", cameraFinding(devices));
    this.#found("microphone", finding("running", "check.microphone.speak"));
    const listening = probeMicrophone(devices, (level) => {
      this.level = level;
      this.changed();
    }).then((found) => {
      this.#found("microphone", found);
      this.#found("speaker", finding("waiting", "check.speaker.ask"));
      this.playTone();
    });
    const network = this.#network(devices, await ice);
    await Promise.all([server, listening, network]);
    const { echo, relay } = await network;
    this.#close(devices, echo, relay);
    await this.#report();
  }

  stop(): void {
    closeDevices(this.devices);
    this.devices = null;
    this.changed();
  }

  answer(heard: boolean): void {
    this.#heard = heard ? "heard" : "not-heard";
    this.#found("speaker", finding(heard ? "ok" : "warn", heard ? "check.speaker.ok" : "check.speaker.fail"));
    if (this.done) void this.#report();
  }

  async #network(
    devices: OwnDevices,
    ice: RTCIceServer[],
  ): Promise<{ echo: EchoResult; relay: RelayResult | null }> {
    this.hasRelay = ice.length > 0;
    const echoing = this.#echo(devices, ice);
    const relaying = this.hasRelay
      ? probeRelay(ice, async () => (await echoing).upload === null)
      : Promise.resolve(null);
    const relay = await relaying;
    const echo = await echoing;
    if (relay === null) this.#found("relay", finding("ok", "check.relay.none"));
    else
      this.#found(
        "relay",
        finding(relay.works ? "ok" : "warn", `check.relay.${relay.works ? "ok" : "fail"}`),
      );
    const around = echo.path === "relay" || (echo.path === "none" && relay?.works === true);
    this.#found("media", around ? finding("ok", "check.media.relay") : echo.finding);
    this.#found("upload", uploadFinding(echo.upload ?? relay?.upload ?? null));
    return { echo, relay };
  }

  /** Others may be at it just now: their places come free within seconds. */
  async #echo(devices: OwnDevices, ice: RTCIceServer[]): Promise<EchoResult> {
    let result = await probeMedia(this.addresses.echo, devices, ice);
    for (let tries = 0; result.path === null && tries < 3; tries++) {
      await pause(4000);
      result = await probeMedia(this.addresses.echo, devices, ice);
    }
    return result;
  }

  #close(devices: OwnDevices, echo: EchoResult, relay: RelayResult | null): void {
    const way = echo.path === null || echo.path === "none" ? null : echo.path;
    const media = way ?? (relay?.works === true ? "relay" : echo.path);
    this.done = true;
    if (media !== null) {
      this.#outcome = {
        camera: deviceWord(devices, "video"),
        microphone: deviceWord(devices, "audio", this.findings.microphone.verdict === "ok"),
        signaling: this.findings.server.verdict === "ok",
        media,
        turn: relay === null ? null : relay.works,
        upload_kbit: echo.upload ?? relay?.upload ?? null,
      };
    }
    this.changed();
  }

  async #report(): Promise<void> {
    if (this.addresses.result === "" || this.#outcome === null) return;
    try {
      const body = { ...this.#outcome, loudspeaker: this.#heard };
      const reply = (await postJson(this.addresses.result, body)) as { verdict?: string };
      this.result = results[reply.verdict ?? ""] ?? null;
      this.saved = true;
    } catch {
      this.saved = false;
    }
    this.changed();
  }

  #found(step: Step, found: Finding): void {
    this.findings = { ...this.findings, [step]: found };
    this.changed();
  }
}
