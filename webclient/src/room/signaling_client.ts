// One participant's line to the signaling server: socket, hello, resume and reconnection, each numbered message handed
// on once and in order. What the messages mean for the call is session.ts.
import { type ClientMessage, parseServerMessage, type ServerMessage } from "../messages";
import type { BegunLine } from "./begun";
import { dialPatience, reconnectDelay } from "./reconnect";
import { subprotocol } from "./signaling_address";

/** What a ticket request yields: the ticket itself and where to take it; or the line on which it is taken there already. */
export interface Entry {
  ticket: string;
  url: string;
  line?: BegunLine;
}

/** The entry was refused for a reason that trying again at once does not change. */
export class EntryRefused extends Error {
  constructor(
    readonly code: string,
    detail: string,
    readonly opensAt: Date | null = null,
  ) {
    super(detail);
  }
}

export type LineState = "connecting" | "open" | "lost" | "closed";

export interface SignalingEvents {
  message(message: ServerMessage): void;
  state(state: LineState): void;
  refused(reason: EntryRefused): void;
}

/** Which page this is: `instance` is new with each load, `device` stays while the tab is open. */
export interface OwnIds {
  instance: string;
  device: string;
}

export interface SignalingSurroundings {
  fetchEntry(): Promise<Entry>;
  openSocket(url: string, protocol: string): WebSocket;
  random(): number;
  /** Milliseconds that only grow. */
  now(): number;
  /** Whether picture and sound are gone too. */
  urgent(): boolean;
}

const keptWhileAway = 200;
const finalCloseCodes = new Set([4403, 4409, 4410]);
const ticketErrors = new Set(["ticket-refused", "ticket-used", "no-such-session"]);
const joinPatience = 15_000;
const movedCode = 1012;
const movedWithin = 2000;
const doubtAtMostEvery = 4000;
const refusals = new Set(["room-closed", "too-early", "not-allowed", "removed"]);

export class SignalingClient {
  state: LineState = "connecting";
  #socket: WebSocket | null = null;
  #session: string | null = null;
  #url: string | null = null;
  #seen = 0;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsent: ClientMessage[] = [];
  #stopped = false;
  #closing = false;
  /** The server could not say whether it may let this page in; it is asked again. */
  unsure = false;
  // The number of the attempt under way; what belongs to an earlier one comes too late.
  #round = 0;
  #dialledAt = 0;
  #openedAt = 0;
  #took = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly own: OwnIds,
    private readonly events: SignalingEvents,
    private readonly surroundings: SignalingSurroundings,
  ) {}

  start(): void {
    void this.#dial();
  }

  /** Sends now, or keeps the message until the line is back. */
  send(message: ClientMessage): void {
    if (this.state === "open" && this.#socket?.readyState === 1) {
      this.#socket.send(JSON.stringify(message));
      return;
    }
    if (this.state === "closed") return;
    this.#unsent.push(message);
    if (this.#unsent.length > keptWhileAway) this.#unsent.shift();
  }

  /** Tries at once: the network is back or the page is seen again. `suspect`: an open socket may be dead as well. */
  wake(suspect = false): void {
    if (this.#stopped) return;
    if (this.state === "open" && !suspect) return;
    this.#attempt = 0;
    this.#redial();
  }

  /** Picture and sound have been gone for `ms` although this line seems open: it is dialled anew, because a dead line looks
   * like a silent one. More and more seldom, because the reason may be another. */
  doubt(ms: number): void {
    const open = this.surroundings.now() - this.#openedAt;
    if (this.state === "open" && open >= Math.max(doubtAtMostEvery, ms / 2)) this.wake(true);
  }

  /** Says `message` and stops, once it is said: at once, or when the line is back. */
  close(message: ClientMessage): void {
    this.send(message);
    this.#closing = this.state !== "open";
    if (!this.#closing) this.stop();
  }

  /** Ends the line for good. */
  stop(): void {
    this.#stopped = true;
    this.#round += 1;
    clearTimeout(this.#timer);
    this.#drop();
    this.#say("closed");
  }

  #say(state: LineState): void {
    if (this.state === state) return;
    this.state = state;
    this.events.state(state);
  }

  #drop(): void {
    clearTimeout(this.#patience);
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close(1000);
  }

  #redial(): void {
    this.#round += 1;
    this.#drop();
    this.#again();
  }

  #again(): void {
    if (this.#stopped) return;
    this.#say(this.state === "connecting" && this.#session === null ? "connecting" : "lost");
    clearTimeout(this.#timer);
    const { random, urgent, now } = this.surroundings;
    const delay = reconnectDelay(this.#attempt, random(), urgent());
    // What a failed attempt has taken counts: whoever waited two seconds for nothing need not wait again.
    const spent = this.#attempt === 0 ? 0 : now() - this.#dialledAt;
    this.#attempt += 1;
    this.#timer = setTimeout(() => void this.#dial(), Math.max(0, delay - spent));
  }

  async #dial(): Promise<void> {
    if (this.#stopped) return;
    this.#round += 1;
    const round = this.#round;
    this.#dialledAt = this.surroundings.now();
    const resuming = this.#session !== null;
    const patience = resuming
      ? dialPatience(this.#attempt, this.surroundings.urgent(), this.#took)
      : joinPatience;
    this.#patience = setTimeout(() => this.#redial(), patience);
    try {
      const [hello, line] = await this.#hello();
      if (!this.#stopped && round === this.#round) this.#open(hello, line);
      else line?.socket.close();
    } catch (error) {
      if (round !== this.#round) return;
      clearTimeout(this.#patience);
      if (error instanceof EntryRefused) this.#refuse(error);
      else this.#again();
    }
  }

  async #hello(): Promise<[hello: ClientMessage, line: BegunLine | undefined]> {
    const { instance, device } = this.own;
    if (this.#session !== null && this.#url !== null) {
      return [{ type: "hello", resume: this.#session, seen: this.#seen, instance }, undefined];
    }
    const { ticket, url, line } = await this.surroundings.fetchEntry();
    this.#url = url;
    return [{ type: "hello", ticket, instance, device }, line];
  }

  /** Whoever began the line says hello on it. */
  #open(hello: ClientMessage, line: BegunLine | undefined): void {
    const socket = line?.socket ?? this.surroundings.openSocket(this.#url ?? "", subprotocol);
    this.#socket = socket;
    if (line === undefined) socket.onopen = () => socket.send(JSON.stringify(hello));
    socket.onmessage = (event) => this.#receive(String(event.data));
    socket.onclose = (event) => this.#closed(event.code);
    for (const text of line?.heard ?? []) if (socket === this.#socket) this.#receive(text);
  }

  #closed(code: number): void {
    clearTimeout(this.#patience);
    this.#socket = null;
    if (this.#stopped) return;
    if (finalCloseCodes.has(code)) {
      this.#refuse(
        new EntryRefused(code === 4409 ? "replaced" : code === 4410 ? "ended" : "not-allowed", ""),
      );
      return;
    }
    if (code === 4401) this.#session = null;
    if (code === movedCode) this.#attempt = 0;
    this.#again();
  }

  #receive(text: string): void {
    const message = parseServerMessage(text);
    if (message === null) return;
    if (message.type === "error") {
      this.#failed(message.code, message.detail);
      this.events.message(message);
      return;
    }
    if (message.type === "welcome") this.#welcomed(message);
    else if (message.n <= this.#seen) return;
    else this.#seen = message.n;
    if (message.type === "moving") this.#move();
    this.events.message(message);
    if (message.type !== "welcome") return;
    this.#flush(message.resumed);
    if (this.#closing) this.stop();
  }

  #welcomed(message: Extract<ServerMessage, { type: "welcome" }>): void {
    clearTimeout(this.#patience);
    this.#attempt = 0;
    this.unsure = false;
    this.#openedAt = this.surroundings.now();
    if (message.resumed) this.#took = this.#openedAt - this.#dialledAt;
    this.#session = message.session;
    // A resumed session replays what came after `seen`; only a new one counts from its welcome.
    if (!message.resumed) this.#seen = message.n;
    this.#say("open");
  }

  /** This process is going away and closes the line itself, once what it knows is handed over. */
  #move(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(true), movedWithin);
  }

  #flush(resumed: boolean): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const message of unsent) {
      // A new session has no peers yet; the links say again what is still open once they are named.
      if (resumed || !("to" in message)) this.send(message);
    }
  }

  #failed(code: string, detail: string): void {
    if (refusals.has(code) && this.state !== "open") {
      this.#refuse(new EntryRefused(code, detail));
      return;
    }
    if (code === "try-again") this.unsure = true;
    if (!ticketErrors.has(code)) return;
    // A session that the server no longer knows (it was restarted, or away too long): a new ticket, the same page, and
    // at once, because the server is there. A refused ticket waits its turn.
    if (this.#session !== null) this.#attempt = 0;
    this.#session = null;
    this.#seen = 0;
    this.#redial();
  }

  #refuse(reason: EntryRefused): void {
    this.stop();
    this.events.refused(reason);
  }
}
