// The chat panel: messages with name and time, as text and never as markup, and the field for the own one.
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { clockTime, text } from "../../texts";
import { type ChatMessage, longestMessage } from "./chat";
import type { Talk } from "./talk";

/** From here on it is said how many characters are left. */
const nearlyFull = 3500;

function message(talk: Talk, one: ChatMessage): TemplateResult {
  const { from, name, text: words, at } = one;
  const names = talk.chat.missingNames(one);
  return html`<li class="sz-message" data-testid="message" data-own=${from === null}>
    <p class="sz-message__head"><bdi>${from === null ? text("talk.you") : name}</bdi> <time datetime=${at.toISOString()}>${clockTime(at)}</time></p>
    <p class="sz-message__text" dir="auto">${words}</p>
    ${names.length === 0 ? nothing : html`<p class="sz-message__missing">${text("talk.chat.missing", { names: names.join(", ") })}</p>`}
  </li>`;
}

/** Enter sends, as people know it; a new line needs the shift key, and an unfinished character its own Enter. */
function onKey(event: KeyboardEvent): void {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  (event.target as HTMLTextAreaElement).form?.requestSubmit();
}

export function chatPanel(talk: Talk): TemplateResult {
  const { messages } = talk.chat.log;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    talk.write();
    (event.target as HTMLFormElement).querySelector("textarea")?.focus();
  };
  const type = (event: Event): void => {
    talk.draft = (event.target as HTMLTextAreaElement).value;
    talk.around.changed();
  };
  const left = longestMessage - talk.draft.length;
  return html`<div class="sz-log" role="log" aria-live="off" aria-label=${text("talk.chat.list")} tabindex="0">
      ${
        messages.length === 0
          ? nothing
          : html`<ol class="sz-log__list">${repeat(
              messages,
              (one) => one,
              (one) => message(talk, one),
            )}</ol>`
      }
      <p class="kern-body kern-body--small sz-log__note">
        ${text("talk.chat.note")} ${messages.length === 0 ? text("talk.chat.empty") : nothing}
      </p>
    </div>
    <form class="sz-panel__form" @submit=${submit}>
      <label class="kern-label" for="sz-chat-field">${text("talk.chat.field")}</label>
      <textarea class="kern-form-input__input" id="sz-chat-field" data-testid="chat-field" rows="2" dir="auto"
        maxlength=${longestMessage} aria-describedby="sz-chat-keys" enterkeyhint="send"
        .value=${live(talk.draft)} @keydown=${onKey} @input=${type}></textarea>
      ${talk.nobodyReads ? html`<p class="kern-body" role="alert">${text("talk.chat.nobody")}</p>` : nothing}
      ${left > longestMessage - nearlyFull ? nothing : html`<p class="kern-body kern-body--small">${text("talk.chat.left", { count: left })}</p>`}
      <div class="sz-row">
        <p class="kern-body kern-body--small kern-body--muted" id="sz-chat-keys">${text("talk.chat.keys")}</p>
        <button type="submit" class="kern-btn kern-btn--primary" data-testid="chat-send">
          <span class="kern-label">${text("talk.chat.send")}</span>
        </button>
      </div>
    </form>`;
}
