// The identity check as each side sees it: the clerk's list of what to look at and its result, the citizen's guide with the
// frame over the own picture. Which step it is and who is told is identity.ts.
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { text } from "../../texts";
import type { Level, Method } from "./case_api";
import { intoSight } from "./into_sight";
import type { Papers } from "./papers";
import { type Step, steps } from "./words";

const methods: readonly Method[] = ["card", "passport", "permit", "known", "refused"];
// No "high" over a camera: the server would refuse it.
const levels = ["low", "substantial", "none"] as const satisfies readonly Level[];

function stepRow({ identity }: Papers, step: Step): TemplateResult {
  const now = identity.step === step;
  const mark = (event: Event): void => identity.mark(step, (event.target as HTMLInputElement).checked);
  return html`<li class="sz-step" data-testid="step-${step}" aria-current=${now ? "step" : nothing}>
    <label class="sz-choice"><input type="checkbox" data-testid="mark-${step}" .checked=${identity.marks.has(step)}
      @change=${mark} /><span class="kern-body">${text(`identity.check.${step}`)}</span></label>
    <button type="button" class="kern-btn kern-btn--tertiary" data-testid="lead-${step}" aria-pressed=${now ? "true" : "false"}
      @click=${() => identity.lead(step)}><span class="kern-label">${text(`identity.lead.${step}`)}</span></button>
  </li>`;
}

function choice(
  name: string,
  label: string,
  options: readonly (readonly [string, string])[],
): TemplateResult {
  const id = `sz-identity-${name}`;
  return html`<div class="kern-form-input">
    <label class="kern-label" for=${id}>${label}</label>
    <div class="kern-form-input__select-wrapper"><select class="kern-form-input__select" id=${id} name=${name} data-testid=${id}>
      ${options.map(([value, words]) => html`<option value=${value}>${words}</option>`)}
    </select></div>
  </div>`;
}

function result(papers: Papers): TemplateResult {
  const { identity } = papers;
  const note = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    void identity.note(form.get("level") as Level, form.get("method") as Method);
  };
  const wrong = identity.missing === null ? identity.problem : text(`identity.missing.${identity.missing}`);
  return html`<form class="sz-panel__form" @submit=${note} aria-busy=${identity.busy ? "true" : "false"}>
    <h3>${text("identity.result")}</h3>
    ${choice(
      "method",
      text("identity.method"),
      methods.map((one) => [one, text(`identity.method.${one}`)] as const),
    )}
    ${choice(
      "level",
      text("identity.level"),
      levels.map((one) => [one, text(`identity.level.${one}`)] as const),
    )}
    ${wrong === "" ? nothing : html`<p class="kern-body sz-upload__status--wrong" role="alert" data-testid="identity-problem">${wrong}</p>`}
    <button type="submit" class="kern-btn kern-btn--primary" data-testid="identity-note" ?disabled=${identity.busy}>
      <span class="kern-label">${text("identity.note")}</span></button>
  </form>`;
}

/** For the clerk. */
export function identityPanel(papers: Papers): TemplateResult {
  const { identity } = papers;
  const others = papers.others.map(({ name }) => name).join(", ");
  return html`<p class="kern-body">${text("identity.intro")}</p>
    ${others === "" ? nothing : html`<p class="kern-body" data-testid="identity-others">${text("identity.others", { names: others })}</p>`}
    ${identity.outcome === null ? nothing : html`<p class="kern-body sz-identity__outcome" role="status" data-testid="identity-outcome" data-outcome=${identity.outcome}>${text(`identity.said.${identity.outcome}`)}</p>`}
    <ol class="sz-steps">${steps.map((step) => stepRow(papers, step))}</ol>
    ${
      identity.step === null
        ? nothing
        : html`<button type="button" class="kern-btn kern-btn--secondary" data-testid="identity-stop" @click=${() => identity.stop()}>
            <span class="kern-label">${text("identity.stop")}</span></button>`
    }
    ${result(papers)}`;
}

/** For the citizen: what to hold where, below the own picture with its frame. */
export function identityGuide(papers: Papers, camera: boolean): TemplateResult | typeof nothing {
  const { step } = papers.identity;
  if (step === null || papers.side !== "citizen") return nothing;
  const number = steps.indexOf(step) + 1;
  return html`<section class="sz-guide" aria-labelledby="sz-guide-title" data-testid="identity-guide" data-step=${step}
    ${ref(intoSight)}>
    <h2 id="sz-guide-title">${text("identity.title")}</h2>
    <p class="sz-guide__step">${text("identity.step", { number, count: steps.length })} ${text(`identity.show.${step}`)}</p>
    <p class="kern-body">${text("identity.unstored")}${papers.others.length > 0 ? ` ${text("identity.alone")}` : ""}</p>
    ${camera ? nothing : html`<p class="kern-body" role="alert" data-testid="identity-camera">${text("identity.camera")}</p>`}
    <button type="button" class="kern-btn kern-btn--secondary" data-testid="identity-decline" @click=${() => papers.identity.decline()}>
      <span class="kern-label">${text("identity.decline")}</span></button>
  </section>`;
}

/** The frame over the own picture. */
export function identityFrame(step: Step): TemplateResult {
  return html`<div class="sz-card-frame" data-step=${step} data-testid="card-frame" aria-hidden="true"><span></span></div>`;
}
