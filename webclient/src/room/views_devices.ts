// Help with camera and microphone: what is missing and why, hints while talking, and the panel where devices are chosen.
import { html, nothing, type TemplateResult } from "lit";
import { text } from "../texts";
import { speakersCanBeChosen } from "./device_choice";
import type { MicrophoneHint } from "./microphone_watch";
import type { OwnSide } from "./own_side";
import type { Actions } from "./views";
import { deviceWords, permissionHelp } from "./words";

export function deviceHelp(own: OwnSide, actions: Actions): TemplateResult | typeof nothing {
  if (own.devices === null)
    return html`<p class="kern-body" data-testid="device-help">${text("device.asking")}</p>`;
  const words = own.lost ? { problem: text("device.lost"), remains: "" } : deviceWords(own.devices);
  if (words === null) return nothing;
  const help = own.lost ? "" : permissionHelp(own.devices.problem);
  return html`<div class="kern-alert kern-alert--warning" role="group" data-testid="device-help">
    <div class="kern-alert__header">
      <span class="kern-icon kern-icon--warning" aria-hidden="true"></span>
      <span class="kern-title">${words.problem}</span>
    </div>
    <div class="kern-alert__body">
      ${help === "" ? nothing : html`<p class="kern-body" data-testid="device-permission">${help}</p>`}
      <p class="kern-body">${words.remains}</p>
      <button type="button" class="kern-btn kern-btn--secondary" data-testid="device-retry" @click=${actions.retryDevices}>
        <span class="kern-label">${text("device.retry")}</span>
      </button>
    </div>
  </div>`;
}

export function microphoneHint(hint: MicrophoneHint): TemplateResult | typeof nothing {
  if (hint === null) return nothing;
  return html`<p class="sz-room__hint" data-testid="microphone-hint" data-hint=${hint}>${text(`device.hint.${hint}`)}</p>`;
}

function choice(
  name: "camera" | "microphone" | "speaker",
  devices: MediaDeviceInfo[],
  used: string | undefined,
  actions: Actions,
): TemplateResult {
  const id = `sz-choose-${name}`;
  const chosen = (event: Event): void =>
    actions.choose({ [name]: (event.target as HTMLSelectElement).value });
  return html`<div class="kern-form-input">
    <label class="kern-label" for=${id}>${text(`device.choose.${name}`)}</label>
    <div class="kern-form-input__select-wrapper">
      <select class="kern-form-input__select" id=${id} data-testid="choose-${name}" @change=${chosen}>
        ${devices.map(
          (device) =>
            html`<option value=${device.deviceId} ?selected=${device.deviceId === used}>${device.label}</option>`,
        )}
      </select>
    </div>
  </div>`;
}

function check(id: string, label: string, on: boolean, act: (on: boolean) => void): TemplateResult {
  return html`<div class="kern-form-check">
    <input class="kern-form-check__checkbox" type="checkbox" id="sz-${id}" data-testid=${id} .checked=${on}
      @change=${(event: Event) => act((event.target as HTMLInputElement).checked)}>
    <label class="kern-label" for="sz-${id}">${label}</label>
  </div>`;
}

/** Devices, data, sign language: what one sets once and seldom looks at. */
export function devicePanel(own: OwnSide, actions: Actions): TemplateResult {
  const { cameras, microphones, speakers } = own.list;
  const uses = (track: MediaStreamTrack | null | undefined): string | undefined =>
    track?.getSettings().deviceId;
  return html`<section class="sz-panel" id="sz-devices" aria-labelledby="sz-devices-title" data-testid="device-panel">
    <h2 class="kern-heading-small" id="sz-devices-title" tabindex="-1">${text("device.panel")}</h2>
    ${microphones.length > 0 ? choice("microphone", microphones, uses(own.devices?.audio), actions) : nothing}
    <p class="sz-panel__level"><span class="kern-body">${text("check.microphone.level")}</span>
      <meter data-level min="0" max="1" aria-label=${text("check.microphone.level")}></meter></p>
    ${cameras.length > 0 ? choice("camera", cameras, uses(own.devices?.video), actions) : nothing}
    ${
      cameras.length > 1
        ? html`<button type="button" class="kern-btn kern-btn--secondary" data-testid="flip" @click=${actions.flip}>
            <span class="kern-label">${text("device.flip")}</span></button>`
        : nothing
    }
    ${
      speakersCanBeChosen() && speakers.length > 0
        ? choice("speaker", speakers, own.choice.speaker ?? "default", actions)
        : nothing
    }
    ${check("save-data", text("room.save"), own.saving, actions.saveData)}
    ${check("sign-language", text("room.sign"), own.signs, actions.sign)}
  </section>`;
}
