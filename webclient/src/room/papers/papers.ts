// The case on the table of the room: its documents, the page both look at, pointers, the identity check. It joins them to
// the control channel and decides who may say what to whom; a third person in the call gets none of it.
import type { PeerInfo } from "../../messages";
import { text } from "../../texts";
import type { ControlMessage } from "../link_extension";
import { CaseApi, type CaseOfPage, type Paper } from "./case_api";
import { Documents } from "./documents";
import { loadUpload } from "./giving";
import { Identity } from "./identity";
import { Kept } from "./kept";
import { Pointing, spotOf } from "./pointing";
import { Viewing } from "./viewing";
import { type Side, sideOf, steps, wordOf } from "./words";

export interface PapersSurroundings {
  changed(): void;
  say(words: string): void;
  /** Everybody in the call but this page. */
  people(): PeerInfo[];
  side(): Side;
  /** Sends to these; `passing`: only to those whose channel is open now. */
  send(message: ControlMessage, people: PeerInfo[], passing?: boolean): void;
  /** Own pictures go to nobody but clerks. */
  keepFromOthers(on: boolean): void;
  /** Something was handed over while nobody looked at the list. */
  news(): void;
}

const nobodys: CaseOfPage = { base: "", desk: null, items: [], limit_mb: 0 };

export class Papers {
  readonly api: CaseApi;
  readonly documents: Documents;
  readonly viewing: Viewing;
  readonly pointing: Pointing;
  readonly identity: Identity;
  readonly #kept: Kept;
  /** What came while this page was in the call: shown as new. */
  readonly fresh = new Set<string>();

  constructor(
    private readonly around: PapersSurroundings,
    private readonly page: CaseOfPage | null,
  ) {
    const changed = () => around.changed();
    const tell = (message: object) => around.send(message as ControlMessage, this.#entitled);
    this.api = new CaseApi(page ?? nobodys);
    this.#kept = new Kept(this.api.page.base);
    this.documents = new Documents(this.api, {
      changed,
      moved: (papers, before) => this.#moved(papers, before),
    });
    this.viewing = new Viewing({
      changed,
      tell,
      tellOthers: (message) => around.send(message as ControlMessage, this.others),
      happened: (event, name) => this.#viewHappened(event, name),
      now: () => performance.now(),
      keep: (sheet) => this.#kept.keep(sheet),
    });
    this.pointing = new Pointing({
      tell: (at) => this.around.send({ kind: "pointer", x: at?.x, y: at?.y }, this.#entitled, true),
      rested: (name, at) => {
        const place = text(`view.at.${spotOf(at)}`);
        around.say(name === "" ? text("view.own.points", { place }) : text("view.points", { name, place }));
      },
    });
    this.identity = new Identity({
      changed,
      tell,
      note: (level, method) => this.api.noteIdentity(level, method),
      led: (step) => around.say(stepWords(step)),
      over: (how) => around.say(text(`identity.said.${how}`)),
      keepFromOthers: (on) => around.keepFromOthers(on),
    });
  }

  /** A third person's page names no case: whoever sits there has no right to it. */
  get side(): Side {
    return this.page === null ? "other" : this.around.side();
  }

  /** Those in the call who have a right to the case. */
  get #entitled(): PeerInfo[] {
    return this.around.people().filter((peer) => sideOf(peer) !== "other");
  }

  get others(): PeerInfo[] {
    return this.around.people().filter((peer) => sideOf(peer) === "other");
  }

  get pointers(): PeerInfo[] {
    return this.#entitled;
  }

  /** This page has a place in the room: what is handed over from now on is news, also before there is a channel to say so. */
  entered(): void {
    if (this.side !== "other" && this.documents.list === null) void this.documents.refresh();
  }

  /** The clerk puts a document before both. */
  show(document: string, page = 0): void {
    this.pointing.forget();
    this.viewing.show({ document, page });
  }

  /** The list is looked at, or not any more; what was new is known then. */
  look(on: boolean): void {
    if (!on) this.fresh.clear();
    if (on && this.side === "citizen") void loadUpload().catch(() => undefined);
    this.documents.watch(on);
  }

  /** The page was out of sight: the clerk may have decided in another tab. */
  seenAgain(): void {
    if (this.documents.list !== null) void this.documents.refresh();
  }

  turn(page: number): void {
    const pages = this.documents.get(this.viewing.shown?.document ?? "")?.pages ?? Infinity;
    if (page < pages) this.viewing.turn(page);
  }

  /** A document that is in the case is handed to the other side, who can fetch it. */
  offer(document: string): void {
    this.around.send({ kind: "document", id: document, offered: true }, this.#entitled);
    this.around.say(text("papers.offered"));
  }

  /** Whether `message` was about papers; what comes from somebody without a right to the case is passed over. */
  hear(from: PeerInfo, message: ControlMessage): boolean {
    const word = wordOf(message);
    if (word === null) return false;
    const side = sideOf(from);
    if (this.side === "other" && word.kind === "view") word.sheet = null;
    this.viewing.hear(from, word, side);
    if (side === "other" || this.side === "other") return true;
    if (word.kind === "view" && word.sheet !== null) this.#pageChanged(word.sheet.document);
    if (word.kind === "document") void this.#handed(word.id, word.offered);
    if (word.kind === "pointer") this.pointing.hear(from.id, from.name, word.at);
    if (this.side === "citizen" || word.kind === "identity-no") this.identity.hear(from, word, side);
    return true;
  }

  /** Somebody's channel is open, for the first time or again: what was said in between is lost, so the list is read anew. */
  opened(peer: PeerInfo): void {
    if (this.side === "other") return;
    const side = sideOf(peer);
    const tell = (message: object) => this.around.send(message as ControlMessage, [peer]);
    if (side !== "other") void this.documents.refresh();
    if (this.side === "clerk" && this.viewing.shown === null) this.#restore();
    this.viewing.again(tell, side !== "other");
    if (side !== "other") this.identity.again(tell);
  }

  gone(peer: PeerInfo): void {
    this.pointing.gone(peer.id);
    this.viewing.gone(peer);
    this.identity.gone(peer);
  }

  close(): void {
    this.documents.close();
    this.pointing.forget();
    this.identity.close();
    if (this.viewing.leads) this.#kept.keep(null);
  }

  #restore(): void {
    const sheet = this.#kept.sheet;
    if (sheet === null) return;
    this.viewing.show(sheet);
  }

  #pageChanged(document: string): void {
    this.pointing.forget();
    if (this.documents.get(document) === undefined) void this.documents.refresh();
  }

  /** The other side has news: those are read from the server. `offered`: this one is to be fetched. */
  async #handed(id: string, offered: boolean): Promise<void> {
    const first = this.documents.list === null;
    await this.documents.refresh();
    const paper = this.documents.get(id);
    if (paper !== undefined && (offered || (first && !this.#isMine(paper)))) this.#came(paper);
  }

  /** News from the server: the other side shall read them too, and both hear of them. */
  #moved(papers: Paper[], before: Paper[]): void {
    for (const paper of papers) {
      const { id, name } = paper;
      this.around.send({ kind: "document", id }, this.#entitled);
      if (before.some((one) => one.id === id)) {
        this.around.say(text("papers.changed", { name, state: stateWords(paper) }));
      } else if (!this.#isMine(paper)) {
        this.#came(paper);
      }
    }
  }

  #isMine({ direction }: Paper): boolean {
    return (direction === "out") === (this.side === "clerk");
  }

  #came({ id, name }: Paper): void {
    this.fresh.add(id);
    this.around.news();
    this.around.say(text("papers.came", { name }));
  }

  #viewHappened(event: "begun" | "ended" | "hidden", name: string): void {
    if (event === "ended") this.pointing.forget();
    this.around.say(text(`view.${event}`, { name }));
  }
}

export function stateWords({ state, direction }: Paper): string {
  const ready = direction === "out" && (state === "checking" || state === "accepted");
  return text(ready ? "papers.state.out" : `papers.state.${state}`);
}

export function stepWords(step: (typeof steps)[number]): string {
  const number = steps.indexOf(step) + 1;
  return `${text("identity.step", { number, count: steps.length })} ${text(`identity.show.${step}`)}`;
}
