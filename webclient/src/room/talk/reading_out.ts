// Real-time text for those who listen to a screen reader: whole lines, or what stands there when the writer pauses, never
// single letters.

export const pause = 2000;

interface Progress {
  name: string;
  line: string;
  /** How much of the line has been read out already. */
  said: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class ReadingOut {
  #people = new Map<string, Progress>();

  constructor(private readonly say: (name: string, words: string) => void) {}

  /** This person has finished these lines, and `line` is what stands in the one after them. */
  typed({ id, name }: { id: string; name: string }, line: string, finished: readonly string[]): void {
    const progress = this.#people.get(id) ?? { name, line: "", said: 0, timer: undefined };
    this.#people.set(id, progress);
    progress.name = name;
    clearTimeout(progress.timer);
    const rest = finished.map((text, at) => (at === 0 ? text.slice(progress.said) : text).trim());
    const words = rest.filter((text) => text !== "").join("\n");
    if (finished.length > 0) progress.said = 0;
    progress.line = line;
    // What was taken back and typed anew is read out anew.
    progress.said = Math.min(progress.said, line.length);
    if (words !== "") this.say(name, words);
    if (line.length > progress.said) progress.timer = setTimeout(() => this.#paused(progress), pause);
  }

  close(): void {
    for (const { timer } of this.#people.values()) clearTimeout(timer);
    this.#people.clear();
  }

  #paused(progress: Progress): void {
    const words = progress.line.slice(progress.said).trim();
    progress.said = progress.line.length;
    if (words !== "") this.say(progress.name, words);
  }
}
