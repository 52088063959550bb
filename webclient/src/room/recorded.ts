// What the room says of a recording. That one is made is said as soon as the recorder is among those in the room; asking and
// ending are <sz-recording>'s, a script of its own.
import { html, nothing, type TemplateResult } from "lit";
import { text } from "../texts";
import type { RoomSession } from "./session";

/** Nothing at all where there is no recorder: `api` is the recording's address, null without one. */
export function recorded(
  session: RoomSession,
  api: string | null,
  as: string,
): TemplateResult | typeof nothing {
  const { recorder } = session;
  if (api === null && recorder === null) return nothing;
  return html`<div class="sz-recorded" ?data-live=${recorder !== null}>
    <div role="status">
      ${
        recorder === null
          ? nothing
          : html`<p class="sz-recorded__banner" data-testid="recording-banner">
              <strong>${text("record.running")}</strong> ${text("record.who", { name: recorder.name })}
            </p>`
      }
    </div>
    ${
      api === null
        ? nothing
        : html`<sz-recording api=${api} phase=${session.phase} as=${as} ?recorder=${recorder !== null}></sz-recording>`
    }
  </div>`;
}
