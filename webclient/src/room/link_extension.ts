// What else travels over a connection between two people than camera and sound: the shape of it. The data channels that
// fill this shape are talk/.
import type { PeerLink } from "./peer_link";
import type { RoomSession } from "./session";

/** One word between the pages of a room: `kind` says what it is about. */
export interface ControlMessage {
  kind: string;
  [field: string]: unknown;
}

/** Belongs to one PeerLink. `open` is called once media may flow (never before admission) and after the first picture has
 * had its time; `replaced` when a new RTCPeerConnection has taken the old one's place, only after `open`. */
export interface LinkExtension {
  open(connection: RTCPeerConnection, link: PeerLink): void;
  replaced(connection: RTCPeerConnection): void;
  close(): void;
}

/** For a connection over which nothing else travels. */
export const nothingSaid: LinkExtension = {
  open: () => undefined,
  replaced: () => undefined,
  close: () => undefined,
};

export type MakeExtension = (link: PeerLink) => LinkExtension;

/** What the room offers to that which speaks over its connections. */
export interface TalkSurroundings {
  changed(): void;
  session(): RoomSession | null;
  heard(from: string, message: ControlMessage): void;
  /** Words reach this person's page, for the first time or again: the last ones before may be lost. */
  opened(from: string): void;
  /** Own pictures go to nobody but clerks. */
  keepFromOthers(on: boolean): void;
  /** Says `words` to those who do not see the screen. */
  say(words: string): void;
}
