// Words in the title of a tab that is not looked at, in turn with its own title, until it is.

const every = 1500;
const seenFor = 5000;

export class TitleFlash {
  #title = document.title;
  #timer: ReturnType<typeof setInterval> | undefined;

  start(words: string): void {
    this.stop();
    document.title = words;
    if (document.visibilityState === "visible") {
      this.#timer = setTimeout(() => this.stop(), seenFor);
      return;
    }
    let lit = true;
    this.#timer = setInterval(() => {
      lit = !lit;
      document.title = lit ? words : this.#title;
    }, every);
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    document.title = this.#title;
  }
}
