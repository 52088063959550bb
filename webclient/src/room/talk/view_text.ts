// The panel of real-time text, and the captions below the picture. A line that is being typed stands outside of what a
// screen reader reads by itself: reading_out.ts says it in whole words.
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { text } from "../../texts";
import { captionSizes } from "./captions";
import type { Finished } from "./live_text";
import { longestLine } from "./t140";
import type { Talk } from "./talk";
import { shownText, speakerWords } from "./words";

function finishedLine({ peer, text: words }: Finished): TemplateResult {
  return html`<li class="sz-message" data-testid="text-line" data-own=${peer === null}>
    <p class="sz-message__head"><bdi>${speakerWords(peer)}</bdi></p>
    <p class="sz-message__text" dir="auto">${shownText(words)}</p>
  </li>`;
}

function lines(talk: Talk): TemplateResult {
  const { finished, current } = talk.text;
  if (finished.length === 0 && current.length === 0) {
    return html`<p class="kern-body kern-body--muted">${text("talk.text.empty")}</p>`;
  }
  return html`<ol class="sz-log__list">
    ${finished.map(finishedLine)}
    ${current.map(
      ({
        peer,
        text: words,
      }) => html`<li class="sz-message sz-message--now" data-testid="text-now" data-from=${peer.id}>
        <p class="sz-message__head"><bdi>${text("talk.text.writing", { name: speakerWords(peer) })}</bdi></p>
        <p class="sz-message__text" dir="auto">${shownText(words)}</p>
      </li>`,
    )}
  </ol>`;
}

function captionChoice(talk: Talk): TemplateResult {
  const { captions } = talk;
  const show = (event: Event): void => {
    captions.on = (event.target as HTMLInputElement).checked;
    talk.around.changed();
  };
  const resize = (event: Event): void => {
    captions.size = captionSizes[(event.target as HTMLSelectElement).selectedIndex] ?? "normal";
    talk.around.changed();
  };
  return html`<details class="sz-panel__details">
    <summary class="kern-body" data-testid="captions-choice">${text("talk.captions")}</summary>
    <label class="sz-choice"><input type="checkbox" data-testid="captions-on" .checked=${captions.on} @change=${show} />
      <span class="kern-body">${text("talk.captions.show")}</span></label>
    <label class="sz-choice"><span class="kern-body">${text("talk.captions.size")}</span>
      <select class="kern-form-input__select" data-testid="captions-size" @change=${resize}>
        ${captionSizes.map(
          (size) =>
            html`<option ?selected=${captions.size === size}>${text(`talk.captions.size.${size}`)}</option>`,
        )}
      </select></label>
  </details>`;
}

export function textPanel(talk: Talk): TemplateResult {
  const type = (event: Event): void => {
    const field = event.target as HTMLTextAreaElement;
    const remains = talk.text.type(field.value);
    if (field.value !== remains) field.value = remains;
  };
  return html`<div class="sz-log" role="log" aria-live="off" aria-label=${text("talk.text.list")} tabindex="0">
      ${lines(talk)}
      <p class="kern-body kern-body--small sz-log__note">${text("talk.text.note")}</p>
    </div>
    <div class="sz-panel__form">
      <label class="kern-label" for="sz-text-field">${text("talk.text.field")}</label>
      <textarea class="kern-form-input__input" id="sz-text-field" data-testid="text-field" rows="2" dir="auto"
        maxlength=${longestLine} aria-describedby="sz-text-keys" autocomplete="off" .value=${live(talk.text.own.line)}
        @input=${type}></textarea>
      <p class="kern-body kern-body--small kern-body--muted" id="sz-text-keys">${text("talk.text.keys")}</p>
    </div>
    ${captionChoice(talk)}`;
}

/** Below the picture; not while the same words stand in the open panel. */
export function captionsBelow(talk: Talk): TemplateResult | typeof nothing {
  const captions = talk.panel === "text" ? [] : talk.captions.lines;
  if (captions.length === 0) return nothing;
  return html`<div class="sz-captions" role="group" aria-label=${text("talk.captions")} data-testid="captions"
    data-size=${talk.captions.size}>
    ${captions.map(
      ({ peer, text: words }) =>
        html`<p class="sz-captions__line"><bdi class="sz-captions__name">${speakerWords(peer)}:</bdi> <bdi>${shownText(words)}</bdi></p>`,
    )}
  </div>`;
}
