// A short tone of a few notes, made by the browser itself: no file, no third party.

/** Hertz, and the second in which it begins. */
export interface Note {
  frequency: number;
  at: number;
}

const knocking: readonly Note[] = [
  { frequency: 660, at: 0 },
  { frequency: 880, at: 0.18 },
];

export class Chime {
  #context: AudioContext | null = null;

  constructor(private readonly notes: readonly Note[] = knocking) {}

  /** Plays once. Silent without complaint where the browser forbids sound before the page was touched. */
  play(): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    void context.resume();
    for (const note of this.notes) {
      const begin = context.currentTime + note.at;
      const tone = new OscillatorNode(context, { frequency: note.frequency });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(0.2, begin + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.35);
      tone.connect(volume).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + 0.4);
    }
  }
}
