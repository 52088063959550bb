// What the clerk's page shows, kept in this tab so that a reload in the middle of the meeting shows it again.
import { type Sheet, wordOf } from "./words";

export class Kept {
  readonly #key: string;

  constructor(base: string) {
    this.#key = `sz-view ${base}`;
  }

  keep(sheet: Sheet | null): void {
    try {
      if (sheet === null) sessionStorage.removeItem(this.#key);
      else sessionStorage.setItem(this.#key, JSON.stringify(sheet));
    } catch {
      // This browser keeps nothing: after a reload the clerk shows it again by hand.
    }
  }

  get sheet(): Sheet | null {
    try {
      const kept: unknown = JSON.parse(sessionStorage.getItem(this.#key) ?? "null");
      const word = kept === null ? null : wordOf({ ...(kept as Sheet), kind: "view" });
      return word?.kind === "view" ? word.sheet : null;
    } catch {
      return null;
    }
  }
}
