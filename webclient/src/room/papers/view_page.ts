// The page of a document that both sides look at: the picture, the pointers on it, turning, one's own zoom. Where anybody
// points is pointing.ts, which page it is viewing.ts.
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { text } from "../../texts";
import { intoSight } from "./into_sight";
import type { Papers } from "./papers";
import { own, stepped } from "./pointing";
import { zooms } from "./viewing";
import type { Place, Sheet } from "./words";

function button(id: string, label: string, off: boolean, action: () => void): TemplateResult {
  // Not `disabled`: whoever turns to the last page by keyboard must not lose the focus.
  return html`<button type="button" class="kern-btn kern-btn--secondary" data-testid=${id}
    aria-disabled=${off ? "true" : nothing} @click=${off ? nothing : action}><span class="kern-label">${label}</span></button>`;
}

function placeOf(event: PointerEvent): Place | null {
  const sheet = (event.currentTarget as HTMLElement).querySelector("img")?.getBoundingClientRect();
  if (sheet === undefined || sheet.width === 0 || sheet.height === 0) return null;
  const at = { x: (event.clientX - sheet.left) / sheet.width, y: (event.clientY - sheet.top) / sheet.height };
  return at.x >= 0 && at.x <= 1 && at.y >= 0 && at.y <= 1 ? at : null;
}

function onKey(papers: Papers, page: number, event: KeyboardEvent): void {
  const { viewing, pointing } = papers;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const place = stepped(pointing.place, event.key, event.shiftKey);
  if (place !== null) {
    pointing.point(place, true);
    const frame = event.currentTarget as HTMLElement;
    frame.querySelector(`[data-pointer="${own}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else if (event.key === "PageDown" || event.key === "PageUp") {
    papers.turn(page + (event.key === "PageDown" ? 1 : -1));
  } else if (event.key === "+" || event.key === "-") {
    viewing.magnify(event.key === "+" ? 1 : -1);
  } else if (event.key === "Escape" && pointing.place !== null) {
    pointing.point(null);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function marks(papers: Papers): TemplateResult {
  return html`<span class="sz-pointer sz-pointer--own" data-pointer=${own} aria-hidden="true" hidden></span>
    ${repeat(
      papers.pointers,
      ({ id }) => id,
      ({
        id,
        name,
        role,
      }) => html`<span class="sz-pointer sz-pointer--${role}" data-pointer=${id} aria-hidden="true" hidden
        ><span class="sz-pointer__name">${name}</span></span>`,
    )}`;
}

function picture(papers: Papers, { document, page }: Sheet, described: string): TemplateResult {
  const { viewing } = papers;
  if (viewing.failed) {
    return html`<div class="sz-view__failed"><p class="kern-body">${text("view.failed")}</p>
      ${button("view-retry", text("view.retry"), false, () => viewing.retry())}</div>`;
  }
  return html`<div class="sz-view__sheet" data-zoom=${viewing.zoom}>
    <img data-testid="view-picture" src=${papers.api.picture(document, page)} alt=${described} draggable="false"
      @load=${() => viewing.loaded(true)} @error=${() => viewing.loaded(false)}>
    ${marks(papers)}
  </div>`;
}

function bar(papers: Papers, { page }: Sheet, pages: number): TemplateResult {
  const { viewing } = papers;
  return html`<div class="sz-row">
    ${button("view-back", text("view.back"), page === 0, () => papers.turn(page - 1))}
    ${button("view-next", text("view.next"), page + 1 >= pages, () => papers.turn(page + 1))}
    ${button("view-smaller", text("view.smaller"), viewing.zoom === zooms[0], () => viewing.magnify(-1))}
    ${button("view-larger", text("view.larger"), viewing.zoom === zooms.at(-1), () => viewing.magnify(1))}
    ${viewing.leads ? button("view-end", text("view.end"), false, () => viewing.end()) : nothing}
  </div>`;
}

function whoSees({ viewing }: Papers): TemplateResult {
  const words = viewing.leads ? text(viewing.seen ? "view.seen" : "view.unseen") : text("view.led");
  return html`<p class="sz-view__note" data-testid="view-note" data-seen=${viewing.seen}>${words}</p>`;
}

/** The page both look at; or, for a third person, the words that there is one. */
export function commonView(papers: Papers): TemplateResult | typeof nothing {
  const { shown, hidden } = papers.viewing;
  if (hidden !== null)
    return html`<p class="sz-view__hidden" data-testid="view-hidden">${text("view.hidden", { name: hidden.name })}</p>`;
  if (shown === null) return nothing;
  const paper = papers.documents.get(shown.document);
  const name = paper?.name ?? "";
  const pages = paper?.pages ?? Infinity;
  const number = shown.page + 1;
  const where = Number.isFinite(pages)
    ? text("view.page", { number, pages })
    : text("view.page.only", { number });
  const point = (event: PointerEvent): void => papers.pointing.point(placeOf(event));
  return html`<section class="sz-view" aria-labelledby="sz-view-title" data-testid="view" data-page=${shown.page}
    data-leads=${papers.viewing.leads} ${ref(intoSight)}>
    <header class="sz-view__head">
      <h2 id="sz-view-title"><bdi>${name}</bdi></h2>
      <p role="status" data-testid="view-page">${where}</p>
    </header>
    ${bar(papers, shown, pages)}
    <div class="sz-view__frame" tabindex="0" role="group" aria-label=${text("view.frame")} aria-describedby="sz-view-keys"
      data-testid="view-frame" @keydown=${(event: KeyboardEvent) => onKey(papers, shown.page, event)}
      @pointerdown=${point} @pointermove=${point} @pointerleave=${() => papers.pointing.point(null)}>
      ${picture(papers, shown, text("view.picture", { where, name }))}
    </div>
    ${whoSees(papers)}
    <p class="sz-view__note sz-view__keys" id="sz-view-keys">${text("view.keys")}</p>
  </section>`;
}
