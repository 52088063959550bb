// A signature as lines on a field of fixed size: what a pointer draws, thinned out, taken back, as text for the server.
// What may be a signature is decided there (server/signing/ink.py).

export const wide = 1500;
export const high = 500;
const nearest = 5;
const mostLines = 80;
const mostPoints = 5500;

export type Lines = number[][];

export class Ink {
  #lines: Lines = [];
  #points = 0;

  get lines(): Lines {
    return this.#lines;
  }

  get empty(): boolean {
    return this.#lines.length === 0;
  }

  /** Begins a line at a point of the field; false when there is no room for one more. */
  begin(x: number, y: number): boolean {
    if (this.#lines.length >= mostLines || this.#points >= mostPoints) return false;
    this.#lines.push([inside(x, wide), inside(y, high)]);
    this.#points += 1;
    return true;
  }

  /** Goes on to a point; those too near to the last one are passed over. */
  goOn(x: number, y: number): void {
    const line = this.#lines.at(-1);
    if (line === undefined || this.#points >= mostPoints) return;
    const [x1, y1] = [inside(x, wide), inside(y, high)];
    const [x0, y0] = line.slice(-2);
    if (x0 === undefined || y0 === undefined || Math.hypot(x1 - x0, y1 - y0) < nearest) return;
    line.push(x1, y1);
    this.#points += 1;
  }

  undo(): void {
    this.#points -= (this.#lines.pop()?.length ?? 0) / 2;
  }

  clear(): void {
    this.#lines = [];
    this.#points = 0;
  }

  /** As text for a form; empty without ink. */
  toString(): string {
    return this.empty ? "" : JSON.stringify(this.#lines);
  }

  /** Takes up what `toString` once said; anything else is nothing. */
  restore(text: string): void {
    this.clear();
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    if (!Array.isArray(value)) return;
    for (const line of value as unknown[]) {
      if (!Array.isArray(line) || line.length < 2 || !line.every(Number.isInteger)) continue;
      const numbers = line as number[];
      if (!this.begin(numbers[0] ?? 0, numbers[1] ?? 0)) return;
      for (let at = 2; at + 1 < numbers.length; at += 2) this.goOn(numbers[at] ?? 0, numbers[at + 1] ?? 0);
    }
  }
}

function inside(value: number, most: number): number {
  return Math.round(Math.min(Math.max(value, 0), most));
}
