// Handing the meeting over to a colleague, with a note; and taking that back until the colleague is there.
import { html, type TemplateResult } from "lit";
import type { Colleague } from "./office_api";
import { button, field, ReadingTool, sent } from "./tool";
import { words } from "./words";

export class HandingOver extends ReadingTool<Colleague[]> {
  readonly title = "transfer";
  /** To whom it is being handed over; empty while it is not. */
  to = "";

  protected read(): Promise<Colleague[]> {
    return this.around.api.colleagues();
  }

  protected shown(list: Colleague[]): TemplateResult {
    if (list.length === 0) return html`<p class="kern-body">${words("transfer.nobody")}</p>`;
    return html`<p class="kern-body">${words("transfer.explain")}</p>
      <form class="sz-clerk__form" @submit=${(event: Event) => void this.#make(event)}>
        <fieldset class="kern-fieldset">
          <legend class="kern-label">${words("transfer.who")}</legend>
          <div class="kern-fieldset__body">${list.map((one, number) => this.#choice(one, number))}</div>
        </fieldset>
        ${field(
          "sz-transfer-note",
          words("transfer.note"),
          "",
          html`<textarea class="kern-form-input__input" id="sz-transfer-note" name="note" rows="3" maxlength="1000"></textarea>`,
        )}
        ${button(words("transfer.make"), "transfer-make", null, "primary")}
      </form>`;
  }

  #choice(one: Colleague, number: number): TemplateResult {
    const id = `sz-colleague-${one.id}`;
    return html`<div class="kern-form-check">
      <input class="kern-form-check__radio" type="radio" name="colleague" id=${id} value=${one.id} data-testid="colleague"
        ?checked=${number === 0 && one.free}>
      <label class="kern-label" for=${id}>${one.name}
        <span class="sz-clerk__state" data-free=${one.free}>${words(one.free ? "transfer.free" : "transfer.busy")}</span></label>
    </div>`;
  }

  async #make(event: Event): Promise<void> {
    const [colleague, note] = [sent(event, "colleague"), sent(event, "note")];
    if (colleague === "") {
      this.problem = words("transfer.choose");
      this.around.changed();
      return;
    }
    await this.attempt(async () => {
      this.to = (await this.around.api.transfer(Number(colleague), note)).to;
      this.around.control({ kind: "handover", to: this.to });
      this.around.close();
    });
  }

  async takeBack(): Promise<void> {
    await this.attempt(async () => {
      await this.around.api.takeBack();
      this.to = "";
      this.around.control({ kind: "notice", text: words("transfer.stays") });
      this.around.tell(words("transfer.undone"));
    });
  }
}
