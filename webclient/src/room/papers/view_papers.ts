// The panel of documents: the list with what can be done with each, and the form to hand one over. What is in the list is
// documents.ts; how a file travels is <sz-upload> for the citizen, one request for the clerk.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { text } from "../../texts";
import type { Paper } from "./case_api";
import { isShut } from "./documents";
import type { Giving } from "./giving";
import { type Papers, stateWords } from "./papers";

const kinds: Record<Paper["state"], string> = {
  receiving: "open",
  quarantine: "open",
  checking: "good",
  accepted: "good",
  resend: "bad",
  refused: "bad",
};
const accepted = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png";

function act(label: string, id: string, name: string, action: () => void): TemplateResult {
  return html`<button type="button" class="kern-btn kern-btn--secondary" data-testid=${id} @click=${action}>
    <span class="kern-label">${label}<span class="unseen">: ${name}</span></span>
  </button>`;
}

function link(label: string, href: string, id: string, name: string, download: boolean): TemplateResult {
  return html`<a class="kern-link" href=${href} data-testid=${id} ?download=${download}
    target=${download ? nothing : "_blank"} rel=${download ? nothing : "noopener"}
    >${label}<span class="unseen">: ${name}${download ? "" : ` ${text("papers.newtab")}`}</span></a>`;
}

function acts(papers: Papers, giving: Giving, paper: Paper): TemplateResult {
  const { id, name, direction, state } = paper;
  const { desk } = papers.api.page;
  if (desk === null) {
    return html`${link(text("papers.download"), papers.api.original(id), "paper-download", name, true)}`;
  }
  const open = state === "checking";
  const show = act(text("papers.show"), "paper-show", name, () => papers.show(id));
  if (direction === "out")
    return html`${show} ${act(text("papers.offer"), "paper-offer", name, () => papers.offer(id))}`;
  return html`${show} ${open ? act(text("papers.accept"), "paper-accept", name, () => void giving.accept(id)) : nothing}
    ${link(text("papers.decide"), desk + id, "paper-decide", name, false)}`;
}

function row(papers: Papers, giving: Giving, paper: Paper): TemplateResult {
  const { id, name, item, direction, state, reason } = paper;
  const points = new Map(papers.api.page.items);
  const sender = papers.side === "clerk" ? "papers.from.citizen" : "papers.from.you";
  const whose = text(direction === "out" ? "papers.from.office" : sender);
  const kind = kinds[state] ?? "open";
  return html`<li class="sz-paper" data-testid="paper" data-state=${state} data-new=${papers.fresh.has(id)}>
    <p class="sz-paper__name"><strong><bdi>${name}</bdi></strong>
      ${papers.fresh.has(id) ? html`<span class="sz-paper__new">${text("papers.new")}</span>` : nothing}</p>
    <p class="sz-paper__facts"><span class="muted">${[whose, points.get(item)].filter(Boolean).join(" · ")}</span>
      <span class="pill pill--${kind}" data-testid="paper-state">${stateWords(paper)}</span></p>
    ${reason ? html`<p class="sz-paper__facts">${reason}</p>` : nothing}
    ${isShut(paper) ? nothing : html`<div class="sz-row">${acts(papers, giving, paper)}</div>`}
  </li>`;
}

function list(papers: Papers, giving: Giving): TemplateResult {
  const { list: all, problem } = papers.documents;
  if (problem !== "")
    return html`<p class="kern-body" role="alert" data-testid="papers-problem">${problem}</p>`;
  if (all === null) return html`<p class="kern-body">${text("papers.loading")}</p>`;
  if (all.length === 0) return html`<p class="kern-body kern-body--muted">${text("papers.none")}</p>`;
  return html`<ul class="sz-papers">
    ${repeat(
      [...all].reverse(),
      ({ id }) => id,
      (paper) => row(papers, giving, paper),
    )}
  </ul>`;
}

function fileField(
  id: string,
  label: string,
  hint: string,
  capture: boolean,
  giving: Giving,
): TemplateResult {
  return html`<div class="kern-form-input${capture ? " sz-capture" : ""}">
    <label class="kern-label" for=${id}>${label}</label>
    ${hint === "" ? nothing : html`<div class="kern-hint" id="${id}-hint">${hint}</div>`}
    <input class="kern-form-input__input file-input" id=${id} name="file" type="file" data-testid=${id}
      accept=${capture ? "image/jpeg,image/png" : accepted} capture=${capture ? "environment" : nothing}
      aria-describedby=${hint === "" ? nothing : `${id}-hint`} @change=${giving.chose}>
  </div>`;
}

function problem(giving: Giving): TemplateResult | typeof nothing {
  return giving.problem === ""
    ? nothing
    : html`<p class="kern-body sz-upload__status--wrong" role="alert" data-testid="give-problem">${giving.problem}</p>`;
}

function sendForm({ api }: Papers, giving: Giving): TemplateResult {
  const { items, limit_mb: limit } = api.page;
  return html`<sz-upload limit=${limit * 1_000_000} endpoint=${api.documents} @sz-uploaded=${giving.arrived}>
    <form class="sz-panel__form" method="post" enctype="multipart/form-data" @submit=${giving.guard}>
      <h3>${text("papers.send.title")}</h3>
      <div class="kern-form-input">
        <label class="kern-label" for="sz-paper-item">${text("papers.item")}</label>
        <div class="kern-form-input__select-wrapper"><select class="kern-form-input__select" id="sz-paper-item" name="item">
          ${items.map(([key, name], at) => html`<option value=${key} ?selected=${at === 0}>${name}</option>`)}
          <option value="other">${text("papers.item.other")}</option>
        </select></div>
      </div>
      ${fileField("sz-paper-photo", text("papers.photo"), text("papers.photo.hint"), true, giving)}
      ${fileField("sz-paper-file", text("papers.file"), text("papers.file.hint", { limit }), false, giving)}
      ${problem(giving)}
      <button type="submit" class="kern-btn kern-btn--secondary" data-testid="paper-send">
        <span class="kern-label">${text("papers.send")}</span></button>
    </form>
  </sz-upload>`;
}

function giveForm({ api }: Papers, giving: Giving): TemplateResult {
  const hint = text("papers.file.hint", { limit: api.page.limit_mb });
  return html`<form class="sz-panel__form" @submit=${giving.give} aria-busy=${giving.busy ? "true" : "false"}>
    <h3>${text("papers.give.title")}</h3>
    ${fileField("sz-paper-file", text("papers.file"), hint, false, giving)}
    ${problem(giving)}
    <button type="submit" class="kern-btn kern-btn--secondary" data-testid="paper-give" ?disabled=${giving.busy}>
      <span class="kern-label">${text(giving.busy ? "papers.giving" : "papers.give")}</span></button>
  </form>`;
}

export function papersPanel(papers: Papers, giving: Giving): TemplateResult {
  const clerk = papers.side === "clerk";
  return html`<p class="kern-body">${text(clerk ? "papers.intro.clerk" : "papers.intro")}</p>
    ${list(papers, giving)} ${clerk ? giveForm(papers, giving) : sendForm(papers, giving)}`;
}
