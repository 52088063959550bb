// <sz-proof>: a box to tick; the browser then solves a small task, and the form carries the solution along.
import { type Challenge, solve } from "./proof";

/** Attribute: `challenge`, where to get one. The words stand in the page; without script the telephone is named. */
export class SzProof extends HTMLElement {
  #field = document.createElement("input");

  connectedCallback(): void {
    this.#field.type = "hidden";
    this.#field.name = "altcha";
    this.append(this.#field);
    this.querySelector("input[type=checkbox]")?.addEventListener("change", this.#changed);
  }

  #changed = async (event: Event): Promise<void> => {
    const box = event.target as HTMLInputElement;
    if (!box.checked) return;
    box.disabled = true;
    this.#say("busy");
    const solved = await this.#solved();
    this.#field.value = solved ?? "";
    box.checked = solved !== null;
    box.disabled = solved !== null;
    this.#say(solved === null ? "failed" : "done");
  };

  async #solved(): Promise<string | null> {
    try {
      const answer = await fetch(this.getAttribute("challenge") ?? "");
      return answer.ok ? await solve((await answer.json()) as Challenge) : null;
    } catch {
      return null;
    }
  }

  #say(state: "busy" | "done" | "failed"): void {
    this.dataset.state = state;
    const status = this.querySelector<HTMLElement>("[role=status]");
    if (status) status.textContent = status.dataset[state] ?? "";
  }
}
