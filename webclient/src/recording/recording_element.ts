// <sz-recording>: in the room, the question whether to record, what came of it, and the way out of it at any time. That it is
// recorded is said by the room itself, so that no lost request hides it.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { Chime } from "../desk/chime";
import type { ControlMessage } from "../room/link_extension";
import { text } from "../texts";
import { RecordingApi } from "./api";
import { type Act, shownOf, unanswered } from "./standing";
import { recordingBar, recordingQuestion } from "./views";
import { RecordingWatch } from "./watch";

interface Room extends HTMLElement {
  control(message: ControlMessage): void;
}

const upwards = [523, 659, 784];
const beginning = upwards.map((frequency, at) => ({ frequency, at: at * 0.16 }));
const ending = [...upwards].reverse().map((frequency, at) => ({ frequency, at: at * 0.16 }));

/** Attributes: `api` (the recording of this meeting), `phase` and `as` of the room, `recorder` while there is one in it. */
export class SzRecording extends LitElement {
  static override properties = { phase: {}, as: {}, recorder: { type: Boolean } };
  declare phase: string;
  declare as: string;
  declare recorder: boolean;
  #watch: RecordingWatch | null = null;
  #chimes = { begin: new Chime(beginning), end: new Chime(ending) };
  /** The question was closed without an answer, which is no yes. */
  #closed = false;

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const api = new RecordingApi(this.getAttribute("api") ?? "");
    this.#watch = new RecordingWatch(api, () => this.requestUpdate());
    document.addEventListener("sz-control", this.#heard);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("sz-control", this.#heard);
    this.#watch?.close();
  }

  override willUpdate(changed: Map<string, unknown>): void {
    const before = this.#watch?.place.recorder ?? false;
    const { recorder = false } = this;
    this.#watch?.move({ here: this.phase === "call", host: this.as === "host", recorder });
    if (changed.has("recorder") && recorder !== before) this.#chimes[recorder ? "begin" : "end"].play();
  }

  override render(): TemplateResult | typeof nothing {
    const watch = this.#watch;
    if (watch === null) return nothing;
    const shown = shownOf(watch.standing, watch.place);
    return html`<section class="sz-record" tabindex="-1" aria-label=${text("record.title")} data-testid="recording">
      ${recordingBar(shown, watch.failed, (what) => void this.#act(what))}
      ${recordingQuestion(
        watch.standing,
        (agreed) => void this.#answer(agreed),
        () => this.#later(),
      )}
    </section>`;
  }

  override updated(): void {
    const watch = this.#watch;
    const dialog = this.querySelector("dialog");
    if (watch === null || dialog === null) return;
    const open = unanswered(watch.standing, watch.place);
    if (!open) {
      this.#closed = false;
      if (dialog.open) dialog.close();
    } else if (!dialog.open && !this.#closed) {
      dialog.showModal();
    }
  }

  readonly #heard = (event: Event): void => {
    const { message } = (event as CustomEvent<{ message: ControlMessage }>).detail;
    if (message.kind === "recording") this.#watch?.look();
  };

  /** Escape is no yes and no no: the question stays, to be answered from the page. */
  #later(): void {
    this.#closed = true;
    this.requestUpdate();
  }

  async #act(what: Act): Promise<void> {
    if (what === "question") {
      this.#closed = false;
      this.requestUpdate();
    } else if (what === "ask") {
      await this.#watch?.request();
      this.closest<Room>("sz-room")?.control({ kind: "recording" });
    } else if (what === "end") await this.#watch?.end();
    else if (what === "forget") await this.#watch?.forget();
    else await this.#watch?.answer(false);
    await this.updateComplete;
    // The button that was pressed is gone: another one must not lie under the next press, nor the place be lost.
    if (document.activeElement === document.body) this.querySelector("section")?.focus();
  }

  async #answer(agreed: boolean): Promise<void> {
    this.querySelector("dialog")?.close();
    this.#closed = true;
    await this.#watch?.answer(agreed);
  }
}
