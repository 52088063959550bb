// Real-time text for those who listen to a screen reader: whole lines, or what stands there when the writer pauses, never
// single letters.

export const pause = 2000;

interface Progress {
  line: string;
  /** How much of the line has been read out already. */
  said: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class ReadingOut {
  #people = new Map<string, Progress>();

  constructor(private readonly say: (person: string, words: string) => void) {}

  /** `person` has finished these lines, and `line` is what stands in the one after them. */
  typed(person: string, line: string, finished: readonly string[]): void {
    const progress = this.#people.get(person) ?? { line: "", said: 0, timer: undefined };
    this.#people.set(person, progress);
    clearTimeout(progress.timer);
    const rest = finished.map((text, at) => (at === 0 ? text.slice(progress.said) : text).trim());
    const words = rest.filter((text) => text !== "").join("\n");
    if (finished.length > 0) progress.said = 0;
    progress.line = line;
    // What was taken back and typed anew is read out anew.
    progress.said = Math.min(progress.said, line.length);
    if (words !== "") this.say(person, words);
    if (line.length > progress.said) progress.timer = setTimeout(() => this.#paused(person, progress), pause);
  }

  close(): void {
    for (const { timer } of this.#people.values()) clearTimeout(timer);
    this.#people.clear();
  }

  #paused(person: string, progress: Progress): void {
    const words = progress.line.slice(progress.said).trim();
    progress.said = progress.line.length;
    if (words !== "") this.say(person, words);
  }
}
