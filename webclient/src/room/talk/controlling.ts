// The control channel: what one page tells the others about the meeting, kept until there is a channel; what a clerk's
// page says to be shown. Reading is control.ts.
import type { PeerInfo } from "../../messages";
import type { ControlMessage } from "../link_extension";
import type { Line, Voice } from "./channels";
import { controlText, type Notice, noticeOf, parseControl } from "./control";

const keptNotices = 5;
const keptWaiting = 20;

export interface ControlSurroundings {
  heard(from: PeerInfo, message: ControlMessage): void;
  /** This person's channel is open, for the first time or again. */
  opened(peer: PeerInfo): void;
  /** This person's page is gone. */
  gone(peer: PeerInfo): void;
  noticed(notice: Notice): void;
  site(): string;
}

export class Controlling implements Voice {
  notices: Notice[] = [];
  #lines = new Map<string, Line>();
  #waiting = new Map<string, string[]>();

  constructor(private readonly around: ControlSurroundings) {}

  /** Says `message` to `people`, at once or when their channel is back; what is `passing` is old by then and not said. */
  say(message: ControlMessage, people: Iterable<string>, passing = false): void {
    const words = controlText(message);
    for (const person of people) {
      if (this.#lines.get(person)?.send(words) || passing) continue;
      this.#waiting.set(person, [...(this.#waiting.get(person) ?? []), words].slice(-keptWaiting));
    }
  }

  dismiss(notice: Notice): void {
    this.notices = this.notices.filter((one) => one !== notice);
  }

  opened(line: Line): void {
    this.#lines.set(line.peer.id, line);
    const waiting = this.#waiting.get(line.peer.id) ?? [];
    this.#waiting.delete(line.peer.id);
    for (const words of waiting) line.send(words);
    this.around.opened(line.peer);
  }

  received(line: Line, data: unknown): void {
    const message = parseControl(data);
    if (message === null) return;
    // Only the clerk's side may put something before people's eyes.
    const notice = line.peer.role === "host" ? noticeOf(message, this.around.site()) : null;
    if (notice !== null) {
      this.notices = [...this.notices, notice].slice(-keptNotices);
      this.around.noticed(notice);
    }
    this.around.heard(line.peer, message);
  }

  closed(line: Line): void {
    if (this.#lines.get(line.peer.id) !== line) return;
    this.#lines.delete(line.peer.id);
    this.around.gone(line.peer);
  }
}
