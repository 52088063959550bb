// What is seen of a recording: the question as a dialog, words and buttons. What a button does is recording_element.ts.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { type TextKey, text } from "../texts";
import type { Standing } from "./api";
import type { Act, Shown } from "./standing";

const labels: Record<Act, TextKey> = {
  ask: "record.ask",
  question: "record.answer",
  takeback: "record.takeback",
  end: "record.end",
  delete: "record.delete",
  forget: "record.forget",
};

export function button(id: string, label: string, action: () => void): TemplateResult {
  return html`<button type="button" class="kern-btn kern-btn--secondary" data-testid=${id} @click=${action}>
    <span class="kern-label">${label}</span>
  </button>`;
}

/** The words are always there to be changed: what appears together with its region is not read out everywhere. */
export function recordingBar(shown: Shown, failed: boolean, act: (what: Act) => void): TemplateResult {
  return html`<p class="kern-body sz-record__words" role="status" data-testid="recording-words"
      data-words=${shown.words ?? ""}>${shown.words === null ? "" : text(shown.words)}</p>
    ${shown.earlier ? html`<p class="kern-body" data-testid="recording-earlier">${text("record.earlier")}</p>` : nothing}
    ${failed ? html`<p class="kern-body" role="alert" data-testid="recording-problem">${text("record.problem")}</p>` : nothing}
    ${
      shown.acts.length === 0
        ? nothing
        : html`<div class="sz-record__acts">
            ${repeat(
              shown.acts,
              (what) => what,
              (what) => button(`recording-${what}`, text(labels[what]), () => act(what)),
            )}
            ${shown.acts.includes("ask") ? html`<p class="kern-body">${text("record.ask.note")}</p>` : nothing}
          </div>`
    }`;
}

/** Yes and no weigh the same, and none of them is chosen beforehand: the heading has the focus. */
export function recordingQuestion(
  standing: Standing | null,
  say: (agreed: boolean) => void,
  later: () => void,
): TemplateResult {
  return html`<dialog class="kern-dialog sz-record__dialog" data-testid="recording-dialog" aria-labelledby="sz-record-title"
    aria-describedby="sz-record-question" @cancel=${later}>
    <header class="kern-dialog__header">
      <h2 class="kern-title kern-title--large" id="sz-record-title" tabindex="-1" autofocus>${text("record.question")}</h2>
    </header>
    <section class="kern-dialog__body">
      <p class="kern-body" id="sz-record-question">${standing?.question ?? ""}</p>
      <p class="kern-body">${text("record.private")}</p>
    </section>
    <footer class="kern-dialog__footer sz-record__answers">
      ${button("recording-no", text("record.no"), () => say(false))}
      ${button("recording-yes", text("record.yes"), () => say(true))}
    </footer>
  </dialog>`;
}
