// The panel of the safety code: four words for each person in the call, and what this person says about them.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { text } from "../../texts";
import type { Comparison, Verdict } from "./safety";
import type { Talk } from "./talk";

function decision(talk: Talk, comparison: Comparison, verdict: "same" | "different"): TemplateResult {
  const { name } = comparison.peer;
  return html`<button type="button" class="kern-btn kern-btn--${verdict === "same" ? "primary" : "secondary"}"
    data-testid="safety-${verdict}" aria-label=${text(`talk.safety.${verdict}.name`, { name })}
    @click=${() => talk.decide(comparison, verdict)}>
    <span class="kern-label">${text(`talk.safety.${verdict}`)}</span>
  </button>`;
}

function outcome(kind: "success" | "danger", words: string): TemplateResult {
  return html`<div class="kern-alert kern-alert--${kind}" role="status" data-testid="safety-outcome" data-kind=${kind}>
    <div class="kern-alert__header">
      <span class="kern-icon kern-icon--${kind}" aria-hidden="true"></span>
      <span class="kern-title">${words}</span>
    </div>
  </div>`;
}

function verdictOf(talk: Talk, comparison: Comparison): TemplateResult {
  const { name } = comparison.peer;
  if (comparison.verdict === "open") {
    return html`<div class="sz-row">
      ${decision(talk, comparison, "same")} ${decision(talk, comparison, "different")}
    </div>`;
  }
  const again: Verdict = "open";
  return html`${
    comparison.verdict === "same" ? outcome("success", text("talk.safety.is.same", { name })) : nothing
  }
    <button type="button" class="kern-btn kern-btn--tertiary" data-testid="safety-again"
      @click=${() => talk.decide(comparison, again)}>
      <span class="kern-label">${text("talk.safety.reconsider")}</span>
    </button>`;
}

function words(talk: Talk, comparison: Comparison): TemplateResult {
  if (comparison.words === null) return html`<p class="kern-body">${text("talk.safety.making")}</p>`;
  return html`<ol class="sz-words" lang="de" data-testid="safety-words">
      ${comparison.words.map((word) => html`<li>${word}</li>`)}
    </ol>
    ${verdictOf(talk, comparison)}`;
}

function withPerson(talk: Talk, comparison: Comparison): TemplateResult {
  const { name } = comparison.peer;
  return html`<section class="sz-comparison" data-testid="comparison" data-peer=${comparison.peer.id}>
    <h3>${text("talk.safety.with", { name })}</h3>
    ${comparison.again ? html`<p class="kern-body">${text("talk.safety.again", { name })}</p>` : nothing}
    ${comparison.failed ? nothing : words(talk, comparison)}
  </section>`;
}

export function safetyPanel(talk: Talk): TemplateResult {
  const { comparisons } = talk.safety;
  return html`<p class="kern-body">${text("talk.safety.intro")}</p>
    <p class="kern-body">${text("talk.safety.aloud")}</p>
    ${comparisons.length === 0 ? html`<p class="kern-body">${text("talk.safety.nobody")}</p>` : nothing}
    ${repeat(
      comparisons,
      (comparison) => comparison,
      (comparison) => withPerson(talk, comparison),
    )}
    <details class="sz-panel__details">
      <summary class="kern-body">${text("talk.safety.what")}</summary>
      <p class="kern-body">${text("talk.safety.limits")}</p>
    </details>`;
}

/** Warnings that stay in sight whichever panel is open. */
export function safetyWarnings(talk: Talk): TemplateResult[] {
  const warnings: TemplateResult[] = [];
  for (const { peer, failed, verdict } of talk.safety.comparisons) {
    if (failed) warnings.push(outcome("danger", text("talk.safety.failed", { name: peer.name })));
    else if (verdict === "different")
      warnings.push(outcome("danger", text("talk.safety.is.different", { name: peer.name })));
  }
  return warnings;
}
