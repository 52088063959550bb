// A time at a desk out of the meeting: choosing place, day and time, booking it, telling the citizen.
import { html, nothing, type TemplateResult } from "lit";
import { alternativesOf, type Booked, type OnsiteTimes, type Slot } from "./office_api";
import { button, field, ReadingTool, select } from "./tool";
import { words } from "./words";

const shownDays = 40;

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
}

function written(start: string, options: Intl.DateTimeFormatOptions): string {
  const language = document.documentElement.lang || "de";
  return new Intl.DateTimeFormat(language, { timeZone: "Europe/Berlin", ...options }).format(new Date(start));
}

const asDay: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
const asTime: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };

export class BookingOnsite extends ReadingTool<OnsiteTimes> {
  readonly title = "onsite";
  #site = "";
  #day = "";
  #chosen: Slot | null = null;
  #key = "";
  #others: Slot[] = [];
  #booked: Booked | null = null;

  override async opened(): Promise<void> {
    this.#chosen = null;
    this.#others = [];
    this.#booked = null;
    await super.opened();
  }

  protected read(): Promise<OnsiteTimes> {
    return this.around.api.onsiteTimes();
  }

  protected shown(times: OnsiteTimes): TemplateResult {
    if (this.#booked !== null)
      return html`<p class="kern-body" data-testid="onsite-booked">${this.#bookedWords(this.#booked)}</p>`;
    if (this.#chosen !== null) return this.#confirm(this.#chosen);
    if (this.#others.length > 0) {
      return html`<p class="kern-body">${words("onsite.taken")}</p>${this.#slots(this.#others, true)}`;
    }
    return this.#choose(times);
  }

  #choose(times: OnsiteTimes): TemplateResult {
    const days = times.days
      .map((day) => ({
        ...day,
        slots: day.slots.filter((slot) => this.#site === "" || slot.site === this.#site),
      }))
      .filter((day) => day.slots.length > 0)
      .slice(0, shownDays);
    const day = days.find((one) => one.date === this.#day) ?? days[0];
    const places = [
      ["", words("onsite.everywhere")] as const,
      ...times.sites.map((site) => [site.id, site.name] as const),
    ];
    return html`<p class="kern-body">${words("onsite.explain")}</p>
      ${
        times.sites.length < 2
          ? nothing
          : field(
              "sz-onsite-site",
              words("onsite.site"),
              "",
              select("sz-onsite-site", places, this.#site, (site) => this.#set({ site })),
              false,
            )
      }
      ${
        day === undefined
          ? html`<p class="kern-body">${words("onsite.none")}</p>`
          : html`${field(
              "sz-onsite-day",
              words("onsite.day"),
              "",
              select(
                "sz-onsite-day",
                days.map((one) => [one.date, written(one.slots[0]?.start ?? one.date, asDay)] as const),
                day.date,
                (date) => this.#set({ day: date }),
              ),
              false,
            )}
            <h3 class="kern-heading-small" id="sz-onsite-times">${words("onsite.times")}</h3>
            ${this.#slots(day.slots, false)}`
      }`;
  }

  #set(change: { site?: string; day?: string }): void {
    this.#site = change.site ?? this.#site;
    this.#day = change.day ?? this.#day;
    this.around.changed();
  }

  #slots(slots: Slot[], withDay: boolean): TemplateResult {
    const several = (this.found?.sites.length ?? 0) > 1;
    return html`<ul class="sz-clerk__slots">${slots.map((slot) => {
      const day = withDay ? `${written(slot.start, asDay)}, ` : "";
      const place = several && this.#site === "" ? `, ${this.#placeOf(slot)}` : "";
      return html`<li>${button(`${day}${written(slot.start, asTime)}${place}`, "onsite-slot", () => this.#choice(slot))}</li>`;
    })}</ul>`;
  }

  #placeOf(slot: Slot): string {
    return this.found?.sites.find((site) => site.id === slot.site)?.name ?? slot.site;
  }

  #choice(slot: Slot): void {
    this.#chosen = slot;
    this.#key = newKey();
    this.problem = "";
    this.around.changed();
  }

  #confirm(slot: Slot): TemplateResult {
    const when = written(slot.start, { ...asDay, ...asTime });
    return html`<p class="kern-body" role="status">${words("onsite.confirm", { when, where: this.#placeOf(slot) })}</p>
      <div class="sz-clerk__actions">
        ${button(words("onsite.book"), "onsite-book", () => void this.#book(slot), "primary")}
        ${button(words("onsite.other"), "onsite-other", () => this.#back())}
      </div>`;
  }

  #back(): void {
    this.#chosen = null;
    this.#others = [];
    this.around.changed();
  }

  async #book(slot: Slot): Promise<void> {
    await this.attempt(async () => {
      const booked = await this.around.api.bookOnsite(slot, this.#key);
      this.#booked = booked;
      this.around.control({ kind: "onsite", number: booked.number, when: booked.when, where: booked.where });
      this.around.tell(this.#bookedWords(booked));
    });
  }

  protected override refused(error: unknown): void {
    this.#others = alternativesOf(error);
    if (this.#others.length > 0) {
      this.#chosen = null;
      this.problem = "";
    }
  }

  #bookedWords({ when, where, number }: Booked): string {
    return words("onsite.booked", { when, where, number });
  }
}
