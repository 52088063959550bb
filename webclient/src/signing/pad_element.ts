// <sz-pad>: the field to sign in by finger, mouse or pen. In a form it brings its own hidden input `lines`. Whoever can't
// draw types the name beside it, so nothing here is needed by keyboard.
import { html, LitElement, type TemplateResult } from "lit";
import { high, Ink, type Lines, wide } from "./ink";
import { words } from "./words";

/** Attribute `value`: lines as text, to begin with. */
export class SzPad extends LitElement {
  readonly #ink = new Ink();
  #pointer: number | null = null;

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
    this.#ink.restore(this.getAttribute("value") ?? "");
  }

  get lines(): Lines {
    return this.#ink.lines;
  }

  override render(): TemplateResult {
    const { empty } = this.#ink;
    return html`<div class="sz-pad">
      <p class="kern-label" id="sz-pad-label">${words("pad.label")}</p>
      <canvas class="sz-pad__field" width=${wide} height=${high} role="img" aria-labelledby="sz-pad-label"
        data-testid="pad" data-lines=${this.#ink.lines.length} @pointerdown=${this.#down} @pointermove=${this.#move}
        @pointerup=${this.#up} @pointercancel=${this.#up}></canvas>
      <input type="hidden" name="lines" .value=${this.#ink.toString()}>
      <div class="sz-pad__actions">
        <button type="button" class="kern-btn kern-btn--tertiary" data-testid="pad-undo" ?disabled=${empty}
          @click=${() => this.#change(() => this.#ink.undo())}><span class="kern-label">${words("pad.undo")}</span></button>
        <button type="button" class="kern-btn kern-btn--tertiary" data-testid="pad-clear" ?disabled=${empty}
          @click=${() => this.#change(() => this.#ink.clear())}><span class="kern-label">${words("pad.clear")}</span></button>
      </div>
      <p class="kern-body muted">${words("pad.or")}</p>
    </div>`;
  }

  override updated(): void {
    this.#draw();
  }

  readonly #down = (event: PointerEvent): void => {
    if (!event.isPrimary || event.button !== 0) return;
    const canvas = event.currentTarget as HTMLCanvasElement;
    const [x, y] = placeOf(canvas, event);
    if (!this.#ink.begin(x, y)) return;
    event.preventDefault();
    this.#pointer = event.pointerId;
    canvas.setPointerCapture(event.pointerId);
    this.#draw();
  };

  readonly #move = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pointer) return;
    const canvas = event.currentTarget as HTMLCanvasElement;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length > 0 ? passed : [event]) this.#ink.goOn(...placeOf(canvas, one));
    this.#draw();
  };

  readonly #up = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    this.requestUpdate();
  };

  #change(change: () => void): void {
    change();
    this.requestUpdate();
  }

  /** Curves through the middles of neighbouring points, as the server draws them into the form. */
  #draw(): void {
    const pen = this.querySelector("canvas")?.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, wide, high);
    Object.assign(pen, { lineWidth: 7, lineCap: "round", lineJoin: "round", strokeStyle: "#00205b" });
    for (const line of this.#ink.lines) {
      pen.beginPath();
      drawLine(pen, line);
      pen.stroke();
    }
  }
}

function placeOf(canvas: HTMLCanvasElement, event: PointerEvent): [number, number] {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) * wide) / box.width, ((event.clientY - box.top) * high) / box.height];
}

function drawLine(pen: CanvasRenderingContext2D, line: number[]): void {
  const at = (index: number): number => line[index] ?? 0;
  pen.moveTo(at(0), at(1));
  for (let index = 2; index + 3 < line.length; index += 2) {
    const [x, y, nextX, nextY] = [at(index), at(index + 1), at(index + 2), at(index + 3)];
    pen.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  pen.lineTo(at(line.length - 2), at(line.length - 1));
}
