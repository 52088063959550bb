// <sz-check>: tries camera, microphone, loudspeaker and the way to the server before the appointment, in under a
// minute, and says in words what to do. The tests themselves are probes.ts and echo.ts.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { Chime } from "../desk/chime";
import { closeDevices, type OwnDevices, openDevices } from "../room/devices";
import { type TextKey, text } from "../texts";
import { probeMedia } from "./echo";
import { cameraFinding, type Finding, finding, probeMicrophone, probeServer } from "./probes";

const steps = ["camera", "microphone", "speaker", "server", "media"] as const;
type Step = (typeof steps)[number];
type Result = "ok" | "part" | "fail";

/** The result in one word: without server or media nothing works, everything else is a hint. */
export function overall(findings: Readonly<Record<Step, Finding>>): Result | null {
  const verdicts = steps.map((step) => findings[step].verdict);
  if (steps.some((step) => step !== "speaker" && ["waiting", "running"].includes(findings[step].verdict)))
    return null;
  if (findings.server.verdict === "fail" || findings.media.verdict === "fail") return "fail";
  return verdicts.some((verdict) => verdict === "warn" || verdict === "fail") ? "part" : "ok";
}

function untested(): Record<Step, Finding> {
  const entries = steps.map((step) => [step, finding("waiting", "check.waiting")] as const);
  return Object.fromEntries(entries) as Record<Step, Finding>;
}

const icons = { waiting: "", running: "autorenew", ok: "success", warn: "warning", fail: "danger" } as const;

/** Attributes: `echo` and `socket`, the paths of the media echo and of the signaling socket. */
export class SzCheck extends LitElement {
  #findings = untested();
  #devices: OwnDevices | null = null;
  #level = 0;
  #state: "idle" | "running" | "done" = "idle";
  #chime = new Chime();

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    closeDevices(this.#devices);
  }

  override render(): TemplateResult {
    const result = overall(this.#findings);
    const label = this.#state === "done" ? "check.again" : "check.start";
    return html`<div class="sz-check" data-state=${this.#state}>
      <button type="button" class="kern-btn kern-btn--primary" data-testid="check-start"
        ?disabled=${this.#state === "running"} @click=${() => void this.#run()}>
        <span class="kern-label">${text(label)}</span>
      </button>
      ${this.#state === "idle" ? nothing : html`<ul class="sz-check__list">${steps.map((step) => this.#row(step))}</ul>`}
      ${this.#state === "done" && this.#devices !== null ? this.#button("check-stop", "check.stop", () => this.#stop()) : nothing}
      <div role="status">${this.#state === "done" && result !== null ? this.#result(result) : nothing}</div>
    </div>`;
  }

  #result(result: Result): TemplateResult {
    const kind = { ok: "success", part: "warning", fail: "danger" }[result];
    return html`<div class="kern-alert kern-alert--${kind}" data-testid="check-result" data-state=${result}>
      <div class="kern-alert__header">
        <span class="kern-icon kern-icon--${kind}" aria-hidden="true"></span>
        <span class="kern-title">${text(`check.result.${result}`)}</span>
      </div>
    </div>`;
  }

  #row(step: Step): TemplateResult {
    const { verdict, words } = this.#findings[step];
    const icon = icons[verdict];
    const title: TextKey = `check.${step}`;
    return html`<li class="sz-check__row" data-testid="check-${step}" data-state=${verdict}>
      <span class=${icon === "" ? "kern-icon sz-check__none" : `kern-icon kern-icon--${icon}`} aria-hidden="true"></span>
      <div class="sz-check__words">
        <strong>${text(title)}</strong>
        <p class="kern-body">${words}</p>
        ${step === "camera" && this.#devices?.video ? this.#preview() : nothing}
        ${step === "microphone" && verdict === "running" ? this.#meter() : nothing}
        ${step === "speaker" ? this.#speaker() : nothing}
      </div>
    </li>`;
  }

  #preview(): TemplateResult {
    return html`<video class="sz-check__preview" data-testid="check-preview" autoplay playsinline .muted=${true}
      .srcObject=${this.#devices?.stream ?? null} aria-label=${text("room.own")}></video>`;
  }

  #meter(): TemplateResult {
    const label = text("check.microphone.level");
    return html`<meter class="sz-check__meter" min="0" max="1" .value=${this.#level} aria-label=${label}></meter>`;
  }

  #speaker(): TemplateResult {
    const answer = (heard: boolean) => (): void =>
      this.#found(
        "speaker",
        finding(heard ? "ok" : "warn", heard ? "check.speaker.ok" : "check.speaker.fail"),
      );
    return html`<div class="sz-check__answers">
      ${this.#button("check-tone", "check.speaker.play", () => this.#chime.play())}
      ${this.#button("check-heard", "check.speaker.yes", answer(true))}
      ${this.#button("check-unheard", "check.speaker.no", answer(false))}
    </div>`;
  }

  #button(id: string, key: TextKey, action: () => void): TemplateResult {
    return html`<button type="button" class="kern-btn kern-btn--secondary" data-testid=${id} @click=${action}>
      <span class="kern-label">${text(key)}</span>
    </button>`;
  }

  #found(step: Step, found: Finding): void {
    this.#findings = { ...this.#findings, [step]: found };
    this.requestUpdate();
  }

  async #run(): Promise<void> {
    this.#stop();
    this.#state = "running";
    for (const step of steps) this.#found(step, finding("running", "check.running"));
    this.#found("speaker", finding("waiting", "check.speaker.ask"));
    const server = probeServer(this.getAttribute("socket") ?? "/signaling/v1");
    void server.then((found) => this.#found("server", found));
    const devices = await openDevices();
    this.#devices = devices;
    this.#found("camera", cameraFinding(devices));
    const listening = probeMicrophone(devices, (level) => {
      this.#level = level;
      this.requestUpdate();
    }).then((found) => this.#found("microphone", found));
    const echoing = probeMedia(this.getAttribute("echo") ?? "/signaling/v1/echo", devices).then((found) =>
      this.#found("media", found),
    );
    await Promise.all([server, listening, echoing]);
    this.#state = "done";
    this.requestUpdate();
  }

  /** The picture stays until the reader has seen enough of it. */
  #stop(): void {
    closeDevices(this.#devices);
    this.#devices = null;
    this.requestUpdate();
  }
}
