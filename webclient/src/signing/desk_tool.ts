// The clerk's tool for forms: fill one in, lay it before the citizen, and see how far it is. The state is the server's, asked
// again when the citizen's page says that something changed.
import { html, nothing, type TemplateResult } from "lit";
import { button, field, type Surroundings, select, Tool } from "../clerk/tool";
import type { ControlMessage } from "../room/link_extension";
import { type Blank, type Form, FormDeskApi, isOpen } from "./form_api";
import { words } from "./words";

const lookAgain = 1500;

export class LayingBefore extends Tool {
  readonly title = "sign";
  readonly #api: FormDeskApi;
  #blanks: Blank[] = [];
  #forms: Form[] | null = null;
  #chosen = "";
  #filling: Blank | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  // An answer to an earlier question may come later, and says less.
  #turn = 0;

  constructor(around: Surroundings, base: string) {
    super(around);
    this.#api = new FormDeskApi(base);
  }

  override async opened(): Promise<void> {
    this.#filling = null;
    await this.attempt(() => this.#look());
  }

  /** A word of the citizen's page. */
  heard(message: ControlMessage): void {
    if (message.kind === "form-state") void this.#look().catch(() => undefined);
  }

  /** A word of the citizen's page may be lost. */
  missed(): void {
    if (this.#forms !== null) void this.#look().catch(() => undefined);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  body(): TemplateResult {
    if (this.#filling !== null) return this.#form(this.#filling);
    const forms = this.#forms ?? [];
    return html`${forms.length === 0 ? nothing : this.#list(forms)} ${this.#blanks.length === 0 ? nothing : this.#choose()}`;
  }

  #list(forms: Form[]): TemplateResult {
    return html`<h3 class="kern-heading-small" id="sz-forms">${words("clerk.list")}</h3>
      <ul class="sz-clerk__list" aria-labelledby="sz-forms">${forms.map(
        (form) => html`<li class="sz-clerk__row" data-testid="form-row" data-status=${form.status}>
          <p class="kern-body"><strong>${form.title}</strong>: ${words(`clerk.is.${form.status}`)}</p>
          <div class="sz-clerk__actions">
            <a class="kern-btn kern-btn--secondary" target="_blank" rel="noopener"
              href="${this.#api.base.replace("/api/v1", "")}/forms/${form.id}"><span class="kern-label">${words("clerk.look")}</span></a>
            ${isOpen(form) ? button(words("clerk.withdraw"), "form-withdraw", () => void this.#withdraw(form), "tertiary", form.title) : nothing}
          </div>
        </li>`,
      )}</ul>`;
  }

  #choose(): TemplateResult {
    const options = this.#blanks.map((blank) => [blank.key, blank.title] as const);
    const chosen = this.#chosen === "" ? (options[0]?.[0] ?? "") : this.#chosen;
    const fill = (): void => {
      this.#filling = this.#blanks.find((blank) => blank.key === chosen) ?? null;
      this.around.changed();
    };
    return html`${field(
      "sz-form-blank",
      words("clerk.choose"),
      "",
      select("sz-form-blank", options, chosen, (key) => {
        this.#chosen = key;
        this.around.changed();
      }),
      false,
    )}
    ${button(words("clerk.fill"), "form-fill", fill)}`;
  }

  #form(blank: Blank): TemplateResult {
    const back = (): void => {
      this.#filling = null;
      this.around.changed();
    };
    return html`<form class="sz-clerk__form" @submit=${(event: Event) => void this.#make(event, blank)}>
      <h3 class="kern-heading-small" lang="de">${blank.title}</h3>
      ${blank.fields.map((one) => {
        const id = `sz-form-${one.key}`;
        const input =
          one.kind === "lines"
            ? html`<textarea class="kern-form-input__input" id=${id} name=${one.key} rows="2" maxlength="1000"
                ?required=${one.required}>${one.value}</textarea>`
            : html`<input class="kern-form-input__input" id=${id} name=${one.key} type=${one.kind === "date" ? "date" : "text"}
                maxlength="200" autocomplete="off" ?required=${one.required} value=${one.value}>`;
        return field(id, one.label, "", input, !one.required);
      })}
      <div class="sz-clerk__actions">
        ${button(words("clerk.make"), "form-make", null, "primary")} ${button(words("clerk.back"), "form-back", back)}
      </div>
    </form>`;
  }

  async #make(event: Event, blank: Blank): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const fields = Object.fromEntries([...data].map(([key, value]) => [key, String(value)]));
    await this.attempt(async () => {
      const made = await this.#api.make(blank.key, fields);
      this.#filling = null;
      this.around.control({ kind: "form", id: made.id });
      this.around.tell(words("clerk.made", { title: made.title }));
      await this.#look();
    });
  }

  async #withdraw(form: Form): Promise<void> {
    await this.attempt(async () => {
      await this.#api.withdraw(form);
      this.around.control({ kind: "form-state", id: form.id });
      await this.#look();
    });
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    const { blanks, forms } = await this.#api.all();
    if (turn !== this.#turn) return;
    const before = this.#forms;
    this.#blanks = blanks;
    this.#forms = forms;
    const news = forms.find((form) =>
      before?.some((one) => one.id === form.id && one.status !== form.status),
    );
    if (news !== undefined) {
      const state = words(`clerk.is.${news.status}`);
      this.around.tell(words("clerk.state", { title: news.title, state }));
    }
    if (forms.some((form) => form.status === "signed"))
      this.#timer = setTimeout(() => void this.#look().catch(() => undefined), lookAgain);
    this.around.changed();
  }
}
