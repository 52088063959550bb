// What the clerk's tools have in common: a title, a body for the dialog, one thing at a time, and words for what went wrong.
import { html, nothing, type TemplateResult } from "lit";
import type { ControlMessage } from "../room/link_extension";
import { ProblemReply } from "../server";
import type { OfficeApi } from "./office_api";
import { type ClerkTextKey, words } from "./words";

/** The element around the tools, as they need it. */
export interface Surroundings {
  readonly api: OfficeApi;
  changed(): void;
  /** Says `message` to those who do not see the screen, and shows it below the tools. */
  tell(message: string): void;
  control(message: ControlMessage): void;
  endRoom(): void;
  close(): void;
}

export abstract class Tool {
  problem = "";
  busy = false;

  constructor(protected readonly around: Surroundings) {}

  abstract readonly title: ClerkTextKey;
  abstract body(): TemplateResult;

  /** The dialog has opened. */
  async opened(): Promise<void> {}

  /** Does one thing; what went wrong is said in the dialog. */
  protected async attempt(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    this.around.changed();
    try {
      await work();
    } catch (error) {
      this.problem = error instanceof ProblemReply && error.detail !== "" ? error.detail : words("failed");
      this.refused(error);
    }
    this.busy = false;
    this.around.changed();
  }

  protected refused(_error: unknown): void {}
}

/** A tool about what the server says at the moment when its dialog opens. */
export abstract class ReadingTool<Found> extends Tool {
  /** Null until it is read: what was shown the last time is gone by then, for nothing pressed there would count. */
  protected found: Found | null = null;

  protected abstract read(): Promise<Found>;
  protected abstract shown(found: Found): TemplateResult;

  override async opened(): Promise<void> {
    this.found = null;
    await this.attempt(async () => {
      this.found = await this.read();
    });
  }

  body(): TemplateResult {
    if (this.found === null) return html`<p class="kern-body">${this.busy ? words("loading") : ""}</p>`;
    return this.shown(this.found);
  }
}

export function button(
  label: string,
  id: string,
  action: (() => void) | null,
  kind = "secondary",
  about = "",
): TemplateResult {
  // Without an action it sends the form that it stands in.
  return html`<button type=${action === null ? "submit" : "button"} class="kern-btn kern-btn--${kind}" data-testid=${id}
    @click=${action ?? nothing}><span class="kern-label">${label}${about === "" ? nothing : html`<span class="unseen">: ${about}</span>`}</span></button>`;
}

export function field(
  id: string,
  label: string,
  hint: string,
  input: TemplateResult,
  optional = true,
): TemplateResult {
  return html`<div class="kern-form-input">
    <label class="kern-label" for=${id}>${label}
      ${optional ? html`<span class="kern-label__optional">${words("optional")}</span>` : nothing}</label>
    ${hint === "" ? nothing : html`<div class="kern-hint" id="${id}-hint">${hint}</div>`}
    ${input}
  </div>`;
}

export function select(
  id: string,
  options: readonly (readonly [string, string])[],
  chosen: string,
  changed: (value: string) => void,
): TemplateResult {
  const change = (event: Event): void => changed((event.target as HTMLSelectElement).value);
  return html`<div class="kern-form-input__select-wrapper">
    <select class="kern-form-input__select" id=${id} data-testid=${id} @change=${change}>
      ${options.map(([value, label]) => html`<option value=${value} ?selected=${value === chosen}>${label}</option>`)}
    </select>
  </div>`;
}

/** The value of a named field of the form that was sent. */
export function sent(event: Event, name: string): string {
  event.preventDefault();
  const value = new FormData(event.target as HTMLFormElement).get(name);
  return typeof value === "string" ? value.trim() : "";
}
