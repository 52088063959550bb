// A document that clerk and citizen look at together: which page, who leads, whether the other side has it before them.
// Each side fetches its pictures itself from the server; here pass only the document's id and the page.
import type { PeerInfo } from "../../messages";
import { type Sheet, same, type Word } from "./words";

export interface ViewingSurroundings {
  changed(): void;
  /** Says `message` to those who have a right to the case. */
  tell(message: object): void;
  /** Says `message` to the others in the call. */
  tellOthers(message: object): void;
  /** Something begins or ends to be shown. */
  happened(event: "begun" | "ended" | "hidden", name: string): void;
  /** Keeps what this page shows over a reload; null: nothing. */
  keep(sheet: Sheet | null): void;
  now(): number;
}

/** Milliseconds between two wishes to turn that are fulfilled: each costs the server a drawing. */
const turnsEvery = 200;

export const zooms = [100, 150, 200, 300] as const;

export class Viewing {
  shown: Sheet | null = null;
  /** Who shows it; null: this page. */
  leader: PeerInfo | null = null;
  /** Somebody shows something that this page may not see. */
  hidden: PeerInfo | null = null;
  /** The other side has this very page before them. */
  seen = false;
  /** This page's picture did not come. */
  failed = false;
  zoom: (typeof zooms)[number] = 100;

  #turned = -Infinity;

  constructor(private readonly around: ViewingSurroundings) {}

  get leads(): boolean {
    return this.shown !== null && this.leader === null;
  }

  /** For the clerk: both look at this. */
  show(sheet: Sheet): void {
    this.leader = null;
    this.#put(sheet);
    this.around.keep(sheet);
    this.#tellAll();
  }

  /** To another page: the leader turns, everybody else asks the leader to. */
  turn(page: number): void {
    if (this.shown === null || page < 0 || page === this.shown.page) return;
    const sheet = { document: this.shown.document, page };
    if (this.leads) this.show(sheet);
    else this.around.tell({ kind: "turn", ...sheet });
  }

  end(): void {
    if (!this.leads) return;
    this.#clear();
    this.around.keep(null);
    this.around.tell({ kind: "view-end" });
    this.around.tellOthers({ kind: "view-end" });
  }

  /** The picture is there, or did not come. */
  loaded(well: boolean): void {
    this.failed = !well;
    if (well && this.shown !== null && !this.leads) this.around.tell({ kind: "view-seen", ...this.shown });
    this.around.changed();
  }

  retry(): void {
    this.failed = false;
    this.around.changed();
  }

  magnify(by: 1 | -1): void {
    this.zoom = zooms[zooms.indexOf(this.zoom) + by] ?? this.zoom;
    this.around.changed();
  }

  /** Only a clerk's page may show something, only who has a right to the case asks for another page. */
  hear(from: PeerInfo, word: Word, side: "clerk" | "citizen" | "other"): void {
    if (word.kind === "view" && side === "clerk") this.#shownBy(from, word.sheet);
    if (word.kind === "view-end" && this.#isOf(from)) this.#clear();
    if (word.kind === "turn" && side !== "other" && this.leads) this.#asked(word.sheet);
    if (word.kind === "view-seen" && side !== "other") {
      this.seen = same(word.sheet, this.shown);
      this.around.changed();
    }
  }

  /** Somebody's channel is open: who leads says again what is shown. */
  again(tell: (message: object) => void, entitled: boolean): void {
    if (!this.leads) return;
    this.seen = false;
    tell(entitled ? { kind: "view", ...this.shown } : { kind: "view" });
  }

  /** Who shows something is gone, and so is what was shown. */
  gone(from: PeerInfo): void {
    if (this.#isOf(from)) this.#clear();
    else if (this.leads) this.seen = false;
  }

  #isOf(from: PeerInfo): boolean {
    return this.leader?.id === from.id || this.hidden?.id === from.id;
  }

  #asked({ document, page }: Sheet): void {
    const now = this.around.now();
    if (document !== this.shown?.document || now - this.#turned < turnsEvery) return;
    this.#turned = now;
    this.turn(page);
  }

  #shownBy(from: PeerInfo, sheet: Sheet | null): void {
    if (sheet === null) {
      const news = this.hidden === null;
      this.hidden = from;
      if (news) this.around.happened("hidden", from.name);
      this.around.changed();
      return;
    }
    const begins = this.shown === null;
    if (this.leads) this.around.keep(null);
    this.leader = from;
    this.#put(sheet);
    if (begins) this.around.happened("begun", from.name);
  }

  #put(sheet: Sheet): void {
    if (sheet.document !== this.shown?.document) this.zoom = 100;
    if (!same(sheet, this.shown)) this.failed = false;
    this.seen = false;
    this.shown = sheet;
    this.around.changed();
  }

  #clear(): void {
    const { leader } = this;
    this.shown = this.leader = this.hidden = null;
    this.seen = this.failed = false;
    this.around.happened("ended", leader?.name ?? "");
    this.around.changed();
  }

  #tellAll(): void {
    this.around.tell({ kind: "view", ...this.shown });
    this.around.tellOthers({ kind: "view" });
  }
}
