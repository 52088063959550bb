// A short two-note tone made by the browser itself: no file, no third party.

const notes = [
  { frequency: 660, at: 0 },
  { frequency: 880, at: 0.18 },
];

export class Chime {
  #context: AudioContext | null = null;

  /** Plays once. Silent without complaint where the browser forbids sound before the page was touched. */
  play(): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    void context.resume();
    for (const note of notes) {
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
