// What stands in the citizen's panel of a form: its words and pages, the code, the field to sign in, and what became of it.
import { html, nothing, type TemplateResult } from "lit";
import { type Form, isOpen } from "./form_api";
import { words } from "./words";

export interface Steps {
  hide(): void;
  code(read: boolean): void;
  sign(event: Event): void;
  refuse(): void;
  picture(form: Form, page: number): string;
  document(form: Form): string;
}

interface Mood {
  busy: boolean;
  problem: string;
}

export function panel(form: Form, mood: Mood, steps: Steps): TemplateResult {
  return html`<section class="sz-sign" aria-labelledby="sz-sign-title" aria-busy=${mood.busy ? "true" : "false"}
    data-testid="signing" data-status=${form.status}>
    <header class="sz-sign__head">
      <h2 class="kern-heading-small" id="sz-sign-title" tabindex="-1">${words("title")}: <span lang="de">${form.title}</span></h2>
      ${button(words("hide"), "sign-hide", "tertiary", steps.hide)}
    </header>
    ${
      mood.problem === ""
        ? nothing
        : html`<div class="kern-alert kern-alert--danger" role="alert" data-testid="sign-problem">
            <div class="kern-alert__header"><span class="kern-icon kern-icon--danger" aria-hidden="true"></span>
              <span class="kern-title">${mood.problem}</span></div></div>`
    }
    ${isOpen(form) ? toSign(form, steps) : over(form, steps)}
  </section>`;
}

function toSign(form: Form, steps: Steps): TemplateResult {
  const sent = form.status === "code-sent";
  return html`<p class="kern-body">${form.about}</p>
    <p class="kern-body">${words("explain")}</p>
    ${text(form)}
    <details ?open=${!sent}><summary class="kern-body">${words("pages")}</summary>${pages(form, steps)}</details>
    ${form.to === undefined ? html`<p class="kern-body">${words("code.none")}</p>` : sent ? signing(form.to, steps) : codeForm(form.to, steps)}
    ${button(words("refuse"), "sign-refuse", "tertiary", steps.refuse)}
    <p class="kern-body muted">${words("legal")}</p>`;
}

function text(form: Form): TemplateResult {
  return html`<div class="sz-sign__words" lang="de">
    <dl>${form.rows.map((row) => html`<div><dt>${row.label}</dt><dd>${row.value}</dd></div>`)}</dl>
    ${form.sentences.map((sentence) => html`<p class="kern-body">${sentence}</p>`)}
  </div>`;
}

function pages(form: Form, steps: Steps): TemplateResult {
  const numbers = Array.from({ length: form.pages }, (_, number) => number);
  return html`<ol class="sz-sign__pages">${numbers.map(
    (number) => html`<li><img src=${steps.picture(form, number)} loading="lazy"
        alt=${words("page", { number: number + 1, all: form.pages })}></li>`,
  )}</ol>`;
}

function codeForm(to: string, steps: Steps): TemplateResult {
  const send = (event: Event): void => {
    event.preventDefault();
    steps.code(new FormData(event.target as HTMLFormElement).has("read"));
  };
  return html`<form class="sz-sign__form" novalidate @submit=${send}>
    <div class="kern-form-check">
      <input class="kern-form-check__checkbox" type="checkbox" id="sz-sign-read" name="read" value="1">
      <label class="kern-label" for="sz-sign-read">${words("read")}</label>
    </div>
    <p class="kern-body">${words("code.to", { to })}</p>
    ${button(words("code.send"), "sign-code", "primary", null)}
  </form>`;
}

function signing(to: string, steps: Steps): TemplateResult {
  return html`<p class="kern-body" id="sz-sign-state" tabindex="-1" role="status">${words("code.sent", { to })}</p>
    <form class="sz-sign__form" @submit=${steps.sign}>
      <sz-pad></sz-pad>
      <div class="kern-form-input">
        <label class="kern-label" for="sz-sign-name">${words("name.label")}</label>
        <div class="kern-hint" id="sz-sign-name-hint">${words("name.hint")}</div>
        <input class="kern-form-input__input" id="sz-sign-name" name="name" maxlength="200" autocomplete="off"
          aria-describedby="sz-sign-name-hint">
      </div>
      <div class="kern-form-input">
        <label class="kern-label" for="sz-sign-code">${words("code.label")}</label>
        <input class="kern-form-input__input" id="sz-sign-code" name="code" required maxlength="12" inputmode="numeric"
          autocomplete="one-time-code">
      </div>
      ${button(words("sign"), "sign-now", "primary", null)}
      ${button(words("code.again"), "sign-code-again", "tertiary", () => steps.code(true))}
    </form>`;
}

function over(form: Form, steps: Steps): TemplateResult {
  const { status } = form;
  if (status === "prepared" || status === "reading" || status === "code-sent") return html``;
  return html`<p class="kern-body" id="sz-sign-state" tabindex="-1">${words(`state.${status}`)}</p>
    ${
      status === "sealed" && form.document !== undefined
        ? html`<a class="kern-btn kern-btn--primary" href=${steps.document(form)} download data-testid="sign-download">
            <span class="kern-label">${words("download")}</span></a>`
        : nothing
    }`;
}

function button(label: string, id: string, kind: string, action: (() => void) | null): TemplateResult {
  // Without an action it sends the form that it stands in.
  return html`<button type=${action === null ? "submit" : "button"} class="kern-btn kern-btn--${kind}" data-testid=${id}
    @click=${action ?? nothing}><span class="kern-label">${label}</span></button>`;
}
