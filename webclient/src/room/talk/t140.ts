// Real-time text as ITU-T T.140 has it: text as it is typed, with backspaces; what it looks like on the wire and what a
// receiver makes of it. Pure; when a block is sent is typing.ts, over which channel channels.ts (RFC 8865).

export const backspace = "\u0008";
export const newLine = "\u2028";
export const missingText = "\ufffd";
export const byteOrderMark = "\ufeff";

const unprintable = /[\p{Cc}\ufeff]/gu;
export const longestLine = 1000;
const longestBlock = 8192;
const keptLines = 200;

// A backspace takes away what a reader sees as one character. The rule is our own and not the browser's, so that both
// sides take away the same: a base, and all that combines with it; two letters of a flag.
const character =
  /\u2028|(?:\p{Regional_Indicator}{2}|[^\u2028])(?:\p{M}|\p{Emoji_Modifier}|\u200d[^\u2028]?)*/gsu;

export function charactersOf(text: string): string[] {
  return text.match(character) ?? [];
}

/** What to say so that a reader of `before` sees `after`: backspaces, then the text that is new. */
export function editsBetween(before: string, after: string): string {
  const old = charactersOf(before);
  let kept = 0;
  let length = 0;
  while (kept < old.length && after.startsWith(old[kept] ?? "", length)) {
    length += old[kept]?.length ?? 0;
    kept += 1;
  }
  return backspace.repeat(old.length - kept) + after.slice(length);
}

/** What may be typed: no control characters, which the protocol needs for itself; line ends are T.140's. */
export function typeable(text: string): string {
  return text
    .replace(/\r\n?|\n|\u2029/g, newLine)
    .replace(unprintable, "")
    .slice(0, longestLine)
    .replace(/[\ud800-\udbff]$/, "");
}

// Commands of T.140 that this page has no use for: interrupt, start of string … string terminator, styles.
const [esc, start, end, style] = ["\u001b", "\u0098", "\u009c", "\u009b"];
const command = new RegExp(`${esc}.|${start}[^${end}]*${end}|${style}[0-?]*[ -/]*[@-~]`, "gsu");
const unfinished = new RegExp(`(?:${esc}|${start}[^${end}]*|${style}[0-?]*[ -/]*)$`, "u");
const breaks = new RegExp(`([${backspace}${newLine}])`);
const longestCommand = 255;

/** What one person has typed, as it stands now. */
export class ReceivedText {
  /** Finished lines, oldest first; `first` is the number of the first that is still kept. */
  lines: string[] = [];
  first = 0;
  /** The line that is being typed. */
  line = "";
  #rest = "";

  get empty(): boolean {
    return this.lines.length === 0 && this.line === "";
  }

  receive(block: string): void {
    let text = (this.#rest + block.slice(0, longestBlock)).replace(command, "");
    this.#rest = unfinished.exec(text)?.[0] ?? "";
    text = text.slice(0, text.length - this.#rest.length);
    if (this.#rest.length > longestCommand) this.#rest = "";
    for (const piece of text.replace(/\r\n?|\n|\u2029/g, newLine).split(breaks)) this.#take(piece);
  }

  /** The channel broke and is back: something may be missing. The other side begins its line anew. */
  interrupted(): void {
    this.#rest = "";
    if (this.empty) return;
    this.line += missingText;
    this.#end();
  }

  #take(piece: string): void {
    if (piece === newLine) this.#end();
    else if (piece === backspace) this.#erase();
    else this.line = (this.line + piece.replace(unprintable, "")).slice(0, longestLine);
  }

  #erase(): void {
    if (this.line === "" && this.lines.length > 0) {
      this.line = this.lines.pop() ?? "";
      return;
    }
    this.line = charactersOf(this.line).slice(0, -1).join("");
  }

  #end(): void {
    this.lines.push(this.line);
    this.line = "";
    if (this.lines.length <= keptLines) return;
    this.lines.shift();
    this.first += 1;
  }
}
