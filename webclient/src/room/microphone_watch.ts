// Listens to the own microphone, also while it is muted, and notices two things that people do not: that they speak into a
// microphone that is off, and that one which is on gives no sound. Nothing of it leaves this page.

export type MicrophoneHint = "muted" | "silent" | null;

/** What was heard lately; one entry for each look. */
export interface Heard {
  loud: number;
  /** Looks since anything at all was heard while the microphone was on. */
  silence: number;
  hint: MicrophoneHint;
  /** Looks for which the hint is still shown. */
  left: number;
}

export const nothingHeard: Heard = { loud: 0, silence: 0, hint: null, left: 0 };
const lookEvery = 250;
const loudLevel = 0.04;
const anyLevel = 0.0005;
const loudLooks = 2.5;
const silentLooks = 60;
const shownFor = 32;
// More than is played between two looks at the usual rates: what falls between them would not be heard, and whoever speaks in
// step with the looks never.
export const kept = 16_384;

/** Between 0 and 1, of sound between -1 and 1; ordinary speech is in the middle. */
export function loudness(samples: Float32Array): number {
  return Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) * 4);
}

/** One look more, with the loudness between 0 and 1. */
export function hear(before: Heard, level: number, on: boolean): Heard {
  const loud = on ? 0 : Math.max(0, Math.min(loudLooks, before.loud + (level >= loudLevel ? 1 : -0.125)));
  const silence = on && level < anyLevel ? before.silence + 1 : 0;
  if (!on && loud >= loudLooks) return { loud: 0, silence, hint: "muted", left: shownFor };
  if (silence >= silentLooks) return { loud, silence, hint: "silent", left: 1 };
  const stays = before.hint === "muted" && !on && before.left > 1;
  return stays ? { ...before, loud, silence, left: before.left - 1 } : { loud, silence, hint: null, left: 0 };
}

export class MicrophoneWatch {
  hint: MicrophoneHint = null;
  #heard = nothingHeard;
  #source: MediaStreamTrack | null = null;
  #copy: MediaStreamTrack | null = null;
  #context: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly shown: (level: number) => void,
    private readonly changed: (hint: MicrophoneHint) => void,
  ) {}

  /** Listens to `track` from now on, to another one or to none. */
  listen(track: MediaStreamTrack | null): void {
    if (track === this.#source) return;
    this.stop();
    this.#source = track;
    if (track === null || track.readyState !== "live") return;
    // The copy stays enabled when the microphone is muted.
    const copy = track.clone();
    copy.enabled = true;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: kept });
    context.createMediaStreamSource(new MediaStream([copy])).connect(analyser);
    [this.#copy, this.#context] = [copy, context];
    this.resume();
    this.#timer = setInterval(() => this.#look(analyser, track), lookEvery);
  }

  /** A browser that has stopped listening, after a phone call or for want of a click, is asked to go on. */
  resume(): void {
    this.#context?.resume().catch(() => undefined);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#copy?.stop();
    this.#context?.close().catch(() => undefined);
    [this.#copy, this.#context, this.#source] = [null, null, null];
    this.#heard = nothingHeard;
    this.hint = null;
  }

  #look(analyser: AnalyserNode, track: MediaStreamTrack): void {
    // A context that does not run hears nothing: that is not the microphone's silence.
    if (this.#context?.state !== "running" || track.muted) return;
    const samples = new Float32Array(kept);
    analyser.getFloatTimeDomainData(samples);
    const level = loudness(samples.subarray(-Math.round((this.#context.sampleRate * lookEvery) / 1000)));
    this.shown(track.enabled ? level : 0);
    this.#heard = hear(this.#heard, level, track.enabled);
    if (this.#heard.hint === this.hint) return;
    this.hint = this.#heard.hint;
    this.changed(this.hint);
  }
}
