// Inviting a third and fourth person: links to copy or to send, and taking them back.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Invitation } from "./office_api";
import { button, field, ReadingTool, select, sent } from "./tool";
import { words } from "./words";

const parts = ["interpreter", "sign", "support", "colleague"] as const;
const most = 2;

export class Inviting extends ReadingTool<Invitation[]> {
  readonly title = "invite";
  #part: string = parts[0];

  protected read(): Promise<Invitation[]> {
    return this.around.api.invitations();
  }

  protected shown(list: Invitation[]): TemplateResult {
    return html`<p class="kern-body">${words("invite.explain")}</p>
      ${
        list.length === 0
          ? nothing
          : html`<h3 class="kern-heading-small" id="sz-invited">${words("invite.list")}</h3>
              <ul class="sz-clerk__list" aria-labelledby="sz-invited">${repeat(
                list,
                (one) => one.id,
                (one) => this.#row(one),
              )}</ul>`
      }
      ${list.length >= most ? nothing : this.#form()}`;
  }

  #row(one: Invitation): TemplateResult {
    const part = words(`invite.part.${one.part}`);
    const name = one.name === "" ? part : `${one.name} (${part})`;
    const id = `sz-link-${one.id}`;
    return html`<li class="sz-clerk__row">
      <label class="kern-label" for=${id}>${words("invite.link", { name })}</label>
      <input class="kern-form-input__input" id=${id} data-testid="invite-url" readonly .value=${one.url}
        @focus=${(event: Event) => (event.target as HTMLInputElement).select()}>
      <div class="sz-clerk__actions">
        ${button(words("invite.copy"), "invite-copy", () => void this.#copy(one), "secondary", name)}
        ${button(words("invite.revoke"), "invite-revoke", () => void this.#revoke(one), "tertiary", name)}
      </div>
    </li>`;
  }

  #form(): TemplateResult {
    return html`<form class="sz-clerk__form" @submit=${(event: Event) => void this.#make(event)}>
      ${field(
        "sz-invite-part",
        words("invite.part"),
        "",
        select(
          "sz-invite-part",
          parts.map((part) => [part, words(`invite.part.${part}`)] as const),
          this.#part,
          (part) => {
            this.#part = part;
          },
        ),
        false,
      )}
      ${field(
        "sz-invite-name",
        words("invite.name"),
        words("invite.name.hint"),
        html`<input class="kern-form-input__input" id="sz-invite-name" name="name" maxlength="200" autocomplete="off"
          aria-describedby="sz-invite-name-hint">`,
      )}
      ${field(
        "sz-invite-email",
        words("invite.email"),
        words("invite.email.hint"),
        html`<input class="kern-form-input__input" id="sz-invite-email" name="email" type="email" maxlength="254"
          autocomplete="off" aria-describedby="sz-invite-email-hint">`,
      )}
      ${button(words("invite.make"), "invite-make", null, "primary")}
    </form>`;
  }

  async #make(event: Event): Promise<void> {
    const form = event.target as HTMLFormElement;
    const [name, email] = [sent(event, "name"), sent(event, "email")];
    await this.attempt(async () => {
      const made = await this.around.api.invite(this.#part, name, email);
      this.found = [...(this.found ?? []), made];
      form.reset();
      this.around.tell(words(made.mailed ? "invite.mailed" : "invite.made"));
    });
  }

  async #copy(one: Invitation): Promise<void> {
    await this.attempt(async () => {
      await navigator.clipboard.writeText(one.url);
      this.around.tell(words("invite.copied"));
    });
  }

  async #revoke(one: Invitation): Promise<void> {
    await this.attempt(async () => {
      await this.around.api.revoke(one.id);
      this.found = (this.found ?? []).filter((other) => other.id !== one.id);
      this.around.tell(words("invite.revoked"));
    });
  }
}
