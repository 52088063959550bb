// The parts of the room's page that belong to talk.ts: panels between stage and controls, and buttons in the control bar.
// What stands in each panel is view_chat.ts, view_text.ts and view_safety.ts.
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { text } from "../../texts";
import { identityPanel } from "../papers/view_identity";
import { papersPanel } from "../papers/view_papers";
import type { RoomSession } from "../session";
import type { Notice } from "./control";
import { canShare, type ScreenShare } from "./screen";
import type { PanelName, Talk } from "./talk";
import { chatPanel } from "./view_chat";
import { safetyPanel, safetyWarnings } from "./view_safety";
import { captionsBelow, textPanel } from "./view_text";
import { noticeWords, shareWords } from "./words";

export type Part = TemplateResult | typeof nothing;

const titles = {
  chat: "talk.chat",
  text: "talk.text",
  safety: "talk.safety.title",
  papers: "papers.title",
  identity: "identity.panel",
} as const;
const contents = {
  chat: chatPanel,
  text: textPanel,
  safety: safetyPanel,
  papers: ({ papers, giving }: Talk) => papersPanel(papers, giving),
  identity: ({ papers }: Talk) => identityPanel(papers),
};

/** Whoever opens a panel is in it at once: in its field, or else at its heading. */
function takeFocus(panel: Element | undefined): void {
  // Called while the panel is being put onto the page: what is in it comes after.
  queueMicrotask(() =>
    (panel?.querySelector<HTMLElement>("textarea") ?? panel?.querySelector<HTMLElement>("h2"))?.focus(),
  );
}

/** Closed, it gives the focus back to the button that opened it. */
function close(talk: Talk, name: PanelName): void {
  document.getElementById(`sz-open-${name}`)?.focus();
  talk.toggle(name);
}

function panel(talk: Talk, name: PanelName): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    close(talk, name);
  };
  return html`<section class="sz-panel sz-panel--${name}" id="sz-panel-${name}" aria-labelledby="sz-panel-title"
    data-testid="panel-${name}" @keydown=${onKey} ${ref(takeFocus)}>
    <header class="sz-panel__head">
      <h2 id="sz-panel-title" tabindex="-1">${text(titles[name])}</h2>
      <button type="button" class="kern-btn kern-btn--tertiary" data-testid="panel-close" @click=${() => close(talk, name)}>
        <span class="kern-label">${text("talk.close")}</span>
      </button>
    </header>
    ${contents[name](talk)}
  </section>`;
}

function noticeBox(talk: Talk, notice: Notice): TemplateResult {
  const dismiss = (): void => {
    talk.controlling.dismiss(notice);
    talk.around.changed();
  };
  return html`<div class="kern-alert kern-alert--info" role="group" aria-label=${text("talk.notice")} data-testid="notice"
    data-kind=${notice.kind}>
    <div class="kern-alert__header">
      <span class="kern-icon kern-icon--info" aria-hidden="true"></span>
      <span class="kern-title">${noticeWords(notice)}</span>
    </div>
    <div class="kern-alert__body sz-row">
      ${
        notice.kind === "onsite" && notice.manage !== null
          ? html`<a class="kern-link" href=${notice.manage} target="_blank" rel="noopener">${text("talk.notice.manage")}</a>`
          : nothing
      }
      <button type="button" class="kern-btn kern-btn--secondary" data-testid="notice-close" @click=${dismiss}>
        <span class="kern-label">${text("talk.notice.close")}</span>
      </button>
    </div>
  </div>`;
}

/** What this person shows of the own screen, so that nobody forgets it. */
function sharing({ screen }: Talk): TemplateResult {
  const { surface, problem } = screen;
  const words =
    surface !== null ? shareWords(surface) : problem === null ? "" : text(`talk.share.${problem}`);
  return html`<p class=${words === "" ? "kern-sr-only" : "kern-body sz-sharing"} role="status" data-testid="sharing"
    data-surface=${surface ?? ""}>${words}</p>`;
}

export function talkPanels(session: RoomSession, talk: Talk): Part {
  const open = session.phase === "call" ? talk.panel : null;
  const { notices } = talk.controlling;
  const warnings = safetyWarnings(talk);
  return html`${open === null ? nothing : keyed(open, panel(talk, open))} ${captionsBelow(talk)}
    ${
      notices.length + warnings.length === 0
        ? nothing
        : html`<div class="sz-notices">
            ${repeat(
              notices,
              (notice) => notice,
              (notice) => noticeBox(talk, notice),
            )}
            ${warnings}
          </div>`
    }`;
}

function opener(talk: Talk, name: PanelName, label: string, news: boolean): TemplateResult {
  const open = talk.panel === name;
  return html`<button type="button" class="kern-btn kern-btn--secondary sz-opener" id="sz-open-${name}"
    data-testid="open-${name}" data-news=${news} aria-expanded=${open ? "true" : "false"}
    aria-controls=${open ? `sz-panel-${name}` : nothing} @click=${() => talk.toggle(name)}>
    <span class="kern-label">${label}</span>
  </button>`;
}

function shareButton(screen: ScreenShare): TemplateResult {
  const now = screen.surface !== null;
  return html`<button type="button" class="kern-btn kern-btn--${now ? "primary" : "secondary"}" data-testid="share"
    @click=${() => (now ? screen.stop() : void screen.start())}>
    <span class="kern-label">${text(now ? "talk.share.stop" : "talk.share")}</span>
  </button>`;
}

export function talkControls(session: RoomSession, talk: Talk): Part {
  if (session.phase !== "call") return nothing;
  const { unread } = talk.chat.log;
  const chat = unread > 0 ? text("talk.chat.new", { count: unread }) : text("talk.chat");
  const { side } = talk.papers;
  const papers = text(talk.papersAreNew ? "papers.title.new" : "papers.title");
  return html`${side === "other" ? nothing : opener(talk, "papers", papers, talk.papersAreNew)}
    ${side === "clerk" ? opener(talk, "identity", text("identity.panel"), false) : nothing}
    ${opener(talk, "chat", chat, unread > 0)}
    ${opener(talk, "text", text(talk.textIsNew ? "talk.text.new" : "talk.text"), talk.textIsNew)}
    ${canShare() ? shareButton(talk.screen) : nothing}
    ${opener(talk, "safety", text("talk.safety"), false)} ${sharing(talk)}`;
}
