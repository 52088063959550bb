// What the page's first script has begun before the others were there (early.ts): each is taken up once, by whoever needs it
// first. The two are built apart, so that the window is where one leaves it for the other.
import type { OwnDevices } from "./devices";

/** A line that has been dialled. Its hello is `said` by whoever began it, as soon as it is open and there is a ticket. */
export interface BegunLine {
  socket: WebSocket;
  url: string;
  said: boolean;
  taken: boolean;
  /** What the server has said meanwhile. */
  heard: string[];
}

/** The answer to the request for a ticket, whatever it says. */
export interface Answer {
  status: number;
  text: string;
}

export interface Begun {
  devices?: Promise<OwnDevices>;
  answer?: Promise<Answer>;
  line?: BegunLine | undefined;
  instance?: string;
}

const place = globalThis as { szBegun?: Begun };

export function leave(begun: Begun): void {
  place.szBegun = begun;
}

export function take<Name extends keyof Begun>(name: Name): Begun[Name] | undefined {
  const found = place.szBegun?.[name];
  delete place.szBegun?.[name];
  return found;
}
