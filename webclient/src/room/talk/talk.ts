// What is said in one room beside picture and sound: the voices of chat, real-time text, safety code and control, one
// extension for each connection, and which panel is open. What the panels look like is views.ts.
import { text } from "../../texts";
import type { ControlMessage, LinkExtension, TalkSurroundings } from "../link_extension";
import { caseOfPage } from "../papers/case_api";
import { Giving } from "../papers/giving";
import { Papers } from "../papers/papers";
import { sideOf } from "../papers/words";
import { Captions } from "./captions";
import { Channels } from "./channels";
import { Chatting } from "./chatting";
import { Controlling } from "./controlling";
import { LiveText } from "./live_text";
import { ReadingOut } from "./reading_out";
import { type Comparison, Safety, type Verdict } from "./safety";
import { ScreenShare } from "./screen";
import { noticeWords } from "./words";

export type PanelName = "chat" | "text" | "safety" | "papers" | "identity";

export class Talk {
  panel: PanelName | null = null;
  /** What stands in the field of the chat; it outlives the panel. */
  draft = "";
  /** Somebody wanted to write while nobody was there to read it. */
  nobodyReads = false;
  /** Somebody has typed while the panel of live text was closed. */
  textIsNew = false;
  readonly chat: Chatting;
  readonly text: LiveText;
  readonly safety: Safety;
  readonly captions: Captions;
  readonly controlling: Controlling;
  readonly screen: ScreenShare;
  readonly papers: Papers;
  readonly giving: Giving;
  /** A document came while the panel of documents was closed. */
  papersAreNew = false;
  #readingOut: ReadingOut;
  #odd = false;

  constructor(readonly around: TalkSurroundings) {
    const changed = () => around.changed();
    this.chat = new Chatting({
      changed,
      arrived: ({ name, text: words }) => this.#arrived(name, words),
      now: () => new Date(),
    });
    this.text = new LiveText({
      changed,
      typed: (peer, received, finished) => {
        this.captions.refresh();
        this.textIsNew = this.panel !== "text";
        this.#readingOut.typed(peer, received.line, finished);
      },
      now: () => performance.now(),
    });
    this.captions = new Captions(this.text, changed);
    this.#readingOut = new ReadingOut((name, words) => this.#say(text("talk.text.said", { name, words })));
    this.safety = new Safety({
      changed,
      renewed: ({ name }) => this.#say(text("talk.safety.again", { name })),
      failed: ({ name }) => this.#say(text("talk.safety.failed", { name })),
      room: () => around.session()?.welcome?.room ?? "",
    });
    this.controlling = new Controlling({
      heard: (from, message) => {
        if (!this.papers.hear(from, message)) around.heard(from.id, message);
      },
      opened: (peer) => {
        this.papers.opened(peer);
        around.opened(peer.id);
      },
      gone: (peer) => this.papers.gone(peer),
      noticed: (notice) => {
        this.#say(noticeWords(notice));
        changed();
      },
      site: () => location.href,
    });
    this.screen = new ScreenShare({
      changed,
      share: (stream) => around.session()?.shareScreen(stream),
      stopped: () => this.#say(text("talk.share.stopped")),
    });
    this.papers = this.#papers();
    this.giving = new Giving(this.papers, changed);
  }

  #papers(): Papers {
    const { around } = this;
    const welcome = () => around.session()?.welcome ?? null;
    return new Papers(
      {
        changed: () => around.changed(),
        say: (words) => this.#say(words),
        people: () => (around.session()?.openLinks ?? []).map((link) => link.peer),
        side: () => sideOf(welcome() ?? { role: "guest", part: "support" }),
        send: (message, people, passing) =>
          this.controlling.say(
            message,
            people.map(({ id }) => id),
            passing,
          ),
        keepFromOthers: (on) => around.keepFromOthers(on),
        news: () => {
          this.papersAreNew = this.panel !== "papers";
        },
      },
      caseOfPage(),
    );
  }

  extend(): LinkExtension {
    return new Channels({ control: this.controlling, chat: this.chat, t140: this.text, safety: this.safety });
  }

  /** Those who are in the call now. */
  get people(): string[] {
    return (this.around.session()?.openLinks ?? []).map((link) => link.peer.id);
  }

  /** Sends `message` to everybody in the call. */
  control(message: ControlMessage): void {
    this.controlling.say(message, this.people);
  }

  /** Opens this panel in the place of another, or closes it. */
  toggle(panel: PanelName): void {
    const before = this.panel;
    this.panel = before === panel ? null : panel;
    if ("papers" === before || "papers" === panel) this.papers.look(this.panel === "papers");
    this.#read();
    this.around.changed();
  }

  /** Sends the draft to everybody; without anybody it stays where it is. */
  write(): void {
    const { people } = this;
    this.nobodyReads = people.length === 0;
    if (!this.nobodyReads && this.chat.write(this.draft, people)) this.draft = "";
    this.around.changed();
  }

  /** What this person says about the words of the safety code. */
  decide(comparison: Comparison, verdict: Verdict): void {
    this.safety.decide(comparison, verdict);
    const { name } = comparison.peer;
    if (verdict !== "open") this.#say(text(`talk.safety.is.${verdict}`, { name }));
  }

  close(): void {
    this.screen.close();
    this.papers.close();
    this.captions.close();
    this.#readingOut.close();
  }

  #arrived(name: string, words: string): void {
    this.#read();
    this.#say(text("talk.chat.said", { name, words }));
  }

  #read(): void {
    if (this.panel === "chat") this.chat.log.unread = 0;
    if (this.panel === "text") this.textIsNew = false;
    if (this.panel === "papers") this.papersAreNew = false;
  }

  /** The same words twice are two messages: an invisible difference makes a screen reader read them twice. */
  #say(words: string): void {
    this.#odd = !this.#odd;
    this.around.say(this.#odd ? words : `${words}\u00a0`);
  }
}
