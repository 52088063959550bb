// <sz-check>: tries camera, microphone, loudspeaker and the way to the server before the appointment, in under a
// minute, and says in words what to do. The order of things is run.ts.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { Chime } from "../desk/chime";
import { type TextKey, text } from "../texts";
import { browserKind } from "./browser_help";
import { CheckRun, overall, type Result, type Step, steps } from "./run";

const icons = { waiting: "", running: "autorenew", ok: "success", warn: "warning", fail: "danger" } as const;

/**
 * Attributes: `echo` and `socket`, the paths of the media echo and of the signaling socket; `result`, where the relay's
 * credentials come from and the result goes to; `back`, the appointment's page.
 */
export class SzCheck extends LitElement {
  #run: CheckRun | null = null;
  #chime = new Chime();
  #copied = false;
  #told: Result | null = null;

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#run?.stop();
  }

  override render(): TemplateResult {
    const run = this.#run;
    const state = run === null ? "idle" : run.done ? "done" : "running";
    return html`<div class="sz-check" data-state=${state}>
      <button type="button" class="kern-btn kern-btn--${state === "done" ? "secondary" : "primary"}"
        data-testid="check-start" ?disabled=${state === "running"} @click=${() => this.#start()}>
        <span class="kern-label">${text(state === "done" ? "check.again" : "check.start")}</span>
      </button>
      ${run === null ? nothing : this.#steps(run)}
      ${run?.done && run.devices?.stream.active ? this.#button("check-stop", "check.stop", () => run.stop()) : nothing}
      <div role="status">${run === null ? nothing : this.#outcome(run)}</div>
      ${run?.done ? this.#back() : nothing}
    </div>`;
  }

  #start(): void {
    this.#run?.stop();
    this.#run = new CheckRun(
      {
        echo: this.getAttribute("echo") ?? "/signaling/v1/echo",
        socket: this.getAttribute("socket") ?? "/signaling/v1",
        result: this.getAttribute("result") ?? "",
      },
      () => this.#changed(),
      () => this.#chime.play(),
    );
    void this.#run.start();
    this.requestUpdate();
  }

  /** For elements beside this one: `sz-check` {result} whenever there is a result. */
  #changed(): void {
    this.requestUpdate();
    const run = this.#run;
    const result = run?.done ? (run.result ?? overall(run.findings)) : null;
    if (result === null || result === this.#told) return;
    this.#told = result;
    this.dispatchEvent(new CustomEvent("sz-check", { detail: { result }, bubbles: true }));
  }

  #steps(run: CheckRun): TemplateResult {
    return html`<ol class="sz-check__list">${this.#shown(run).map((step) => this.#row(run, step))}</ol>`;
  }

  #shown(run: CheckRun): readonly Step[] {
    return run.hasRelay ? steps : steps.filter((step) => step !== "relay");
  }

  #outcome(run: CheckRun): TemplateResult | typeof nothing {
    if (!run.done) {
      const left = this.#shown(run).filter((step) => run.findings[step].verdict === "running").length;
      return html`<p class="kern-body" data-testid="check-progress">${text("check.progress", { left })}</p>`;
    }
    const result = run.result ?? overall(run.findings);
    return result === null ? nothing : this.#result(result, run.saved);
  }

  #result(result: Result, saved: boolean | null): TemplateResult {
    const kind = { ok: "success", part: "warning", fail: "danger" }[result];
    const kept = saved === null ? nothing : text(saved ? "check.saved" : "check.unsaved");
    return html`<div class="kern-alert kern-alert--${kind}" data-testid="check-result" data-state=${result}
      data-saved=${saved ?? "no"}>
      <div class="kern-alert__header">
        <span class="kern-icon kern-icon--${kind}" aria-hidden="true"></span>
        <span class="kern-title">${text(`check.result.${result}`)}</span>
      </div>
      <div class="kern-alert__body"><p class="kern-body">${kept}</p></div>
    </div>`;
  }

  #row(run: CheckRun, step: Step): TemplateResult {
    const { verdict, words } = run.findings[step];
    const icon = icons[verdict];
    const title: TextKey = `check.${step}`;
    return html`<li class="sz-check__row" data-testid="check-${step}" data-state=${verdict}>
      <span class=${icon === "" ? "kern-icon sz-check__none" : `kern-icon kern-icon--${icon}`} aria-hidden="true"></span>
      <div class="sz-check__words">
        <strong>${text(title)}</strong>
        <p class="kern-body">${words}</p>
        ${step === "camera" ? this.#camera(run) : nothing}
        ${step === "microphone" && verdict === "running" && run.devices?.audio ? this.#meter(run.level) : nothing}
        ${step === "speaker" ? this.#speaker(run) : nothing}
      </div>
    </li>`;
  }

  #camera(run: CheckRun): TemplateResult | typeof nothing {
    if (run.devices?.video) {
      return html`<video class="sz-check__preview" data-testid="check-preview" autoplay playsinline .muted=${true}
        .srcObject=${run.devices.preview} aria-label=${text("room.own")}></video>`;
    }
    const denied = run.devices !== null && run.devices.problem !== null;
    if (!denied || browserKind(navigator.userAgent, navigator.maxTouchPoints) !== "in-app") return nothing;
    return html`<div class="sz-check__answers">
      ${this.#button("check-copy", this.#copied ? "check.copied" : "check.copy", () => void this.#copy())}
    </div>`;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.#copied = true;
    } catch {
      this.#copied = false;
    }
    this.requestUpdate();
  }

  #meter(level: number): TemplateResult {
    const label = text("check.microphone.level");
    return html`<meter class="sz-check__meter" min="0" max="1" .value=${level} aria-label=${label}></meter>`;
  }

  #speaker(run: CheckRun): TemplateResult {
    return html`<div class="sz-check__answers">
      ${this.#button("check-tone", "check.speaker.play", () => this.#chime.play())}
      ${this.#button("check-heard", "check.speaker.yes", () => run.answer(true))}
      ${this.#button("check-unheard", "check.speaker.no", () => run.answer(false))}
    </div>`;
  }

  #back(): TemplateResult | typeof nothing {
    const back = this.getAttribute("back");
    if (back === null) return nothing;
    return html`<a class="kern-btn kern-btn--primary" href=${back}><span class="kern-label">${text("check.back")}</span></a>`;
  }

  #button(id: string, key: TextKey, action: () => void): TemplateResult {
    return html`<button type="button" class="kern-btn kern-btn--secondary" data-testid=${id} @click=${action}>
      <span class="kern-label">${text(key)}</span>
    </button>`;
  }
}
