// Ending the meeting at once: one press and one confirmation stop picture and sound for everybody; the form comes after.
import { html, type TemplateResult } from "lit";
import { button, field, select, sent, Tool } from "./tool";
import { words } from "./words";

const kinds = ["insult", "threat", "indecent", "recording", "other"] as const;
const spans = ["0", "1", "7", "30", "90"] as const;
type Kind = (typeof kinds)[number];

export class EndingAtOnce extends Tool {
  get title(): "end" | "report" {
    return this.over ? "report" : "end";
  }

  /** The meeting is over, by this or in another way. */
  over = false;
  #filed = false;
  #kind: Kind = "insult";
  #days = "0";
  #touched = false;

  body(): TemplateResult {
    if (!this.over) {
      return html`<p class="kern-body">${words("end.question")}</p>
        ${button(words("end.now"), "end-now", () => this.#end(), "primary sz-clerk__end")}`;
    }
    if (this.#filed)
      return html`<p class="kern-body" data-testid="incident-filed">${words("end.filed")}</p>${this.#day()}`;
    return html`<p class="kern-body">${words("end.done")}</p>${this.#form()}`;
  }

  #day(): TemplateResult {
    return html`<a class="kern-btn kern-btn--secondary" href="/office/day"><span class="kern-label">${words("end.day")}</span></a>`;
  }

  #end(): void {
    this.over = true;
    this.around.endRoom();
    this.around.tell(words("end.done"));
    // The page's own line may be down: then the server is the one that can close the room.
    void this.around.api.end().catch(() => undefined);
    this.around.changed();
  }

  #form(): TemplateResult {
    return html`<form class="sz-clerk__form" @submit=${(event: Event) => void this.#file(event)}>
      <fieldset class="kern-fieldset">
        <legend class="kern-label">${words("end.kind")}</legend>
        <div class="kern-fieldset__body">${kinds.map((kind) => this.#choice(kind))}</div>
      </fieldset>
      ${field(
        "sz-incident-note",
        words("end.note"),
        words("end.note.hint"),
        html`<textarea class="kern-form-input__input" id="sz-incident-note" name="note" rows="4" maxlength="2000"
          aria-describedby="sz-incident-note-hint" .value=${words(`end.template.${this.#kind}`)}
          @input=${() => {
            this.#touched = true;
          }}></textarea>`,
      )}
      ${field(
        "sz-incident-days",
        words("end.exclude"),
        words("end.exclude.hint"),
        select(
          "sz-incident-days",
          spans.map((days) => [days, words(`end.exclude.${days}`)] as const),
          this.#days,
          (days) => {
            this.#days = days;
          },
        ),
        false,
      )}
      ${button(words("end.file"), "incident-file", null, "primary")}
    </form>`;
  }

  #choice(kind: Kind): TemplateResult {
    const id = `sz-incident-${kind}`;
    return html`<div class="kern-form-check">
      <input class="kern-form-check__radio" type="radio" name="kind" id=${id} value=${kind} ?checked=${kind === this.#kind}
        @change=${() => this.#choose(kind)}>
      <label class="kern-label" for=${id}>${words(`end.kind.${kind}`)}</label>
    </div>`;
  }

  /** The note begins with a sentence for the kind, until the clerk has written something. */
  #choose(kind: Kind): void {
    this.#kind = kind;
    if (!this.#touched) this.around.changed();
  }

  async #file(event: Event): Promise<void> {
    const [kind, note] = [sent(event, "kind"), sent(event, "note")];
    await this.attempt(async () => {
      await this.around.api.report(kind, note, Number(this.#days));
      this.#filed = true;
      this.around.tell(words("end.filed"));
    });
  }
}
