// What is said in one room beside picture and sound: one extension for each connection, and the words between pages.
import type { ControlMessage, LinkExtension, TalkSurroundings } from "../link_extension";
import type { PeerLink } from "../peer_link";

export class Talk {
  constructor(readonly around: TalkSurroundings) {}

  extend(_link: PeerLink): LinkExtension {
    return { open: () => undefined, replaced: () => undefined, close: () => undefined };
  }

  /** Sends `message` to everybody in the call. */
  control(_message: ControlMessage): void {}

  close(): void {}
}
