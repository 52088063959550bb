// The data channels of one connection: opened on both sides under fixed numbers once media may flow, opened anew on a
// connection that takes the old one's place. What is said over them is the voices' business.
import type { PeerInfo } from "../../messages";
import type { LinkExtension } from "../link_extension";
import type { PeerLink } from "../peer_link";

/** The numbers and names are the same on both sides, so that nothing has to be announced; all are ordered and reliable. */
const kinds = [
  { name: "control", id: 0, protocol: "" },
  { name: "chat", id: 1, protocol: "" },
  { name: "t140", id: 2, protocol: "t140" },
  { name: "safety", id: 3, protocol: "" },
] as const;

export type ChannelName = (typeof kinds)[number]["name"];

/** One kind of talk to one person, over whichever connection there is now. */
export interface Line {
  readonly peer: PeerInfo;
  readonly connection: RTCPeerConnection;
  /** Says `text`; false when there is no channel just now. */
  send(text: string): boolean;
}

/** What is said and heard over the channels of one name, with everybody. */
export interface Voice {
  /** The channel is open; `again`: it takes the place of one that was lost. */
  opened(line: Line, again: boolean): void;
  received(line: Line, data: unknown): void;
  /** This person's page is gone. */
  closed(line: Line): void;
}

export type Voices = Record<ChannelName, Voice>;

class ChannelLine implements Line {
  #channel: RTCDataChannel | null = null;
  #opened = false;

  constructor(
    readonly peer: PeerInfo,
    public connection: RTCPeerConnection,
    private readonly kind: (typeof kinds)[number],
    private readonly voice: Voice,
  ) {
    this.use(connection);
  }

  use(connection: RTCPeerConnection): void {
    this.#drop();
    this.connection = connection;
    const { name, id, protocol } = this.kind;
    const channel = connection.createDataChannel(name, { negotiated: true, id, protocol, ordered: true });
    this.#channel = channel;
    channel.onopen = () => this.#open();
    channel.onmessage = (event) => this.voice.received(this, event.data);
  }

  send(text: string): boolean {
    if (this.#channel?.readyState !== "open") return false;
    try {
      this.#channel.send(text);
      return true;
    } catch {
      // It closed this very moment, or its buffer is full: as if there were none.
      return false;
    }
  }

  close(): void {
    this.#drop();
    this.voice.closed(this);
  }

  #open(): void {
    const again = this.#opened;
    this.#opened = true;
    this.voice.opened(this, again);
  }

  #drop(): void {
    if (this.#channel === null) return;
    this.#channel.onopen = this.#channel.onmessage = null;
    this.#channel.close();
    this.#channel = null;
  }
}

export class Channels implements LinkExtension {
  #lines: ChannelLine[] = [];

  constructor(private readonly voices: Voices) {}

  open(connection: RTCPeerConnection, link: PeerLink): void {
    this.#lines = kinds.map((kind) => new ChannelLine(link.peer, connection, kind, this.voices[kind.name]));
  }

  replaced(connection: RTCPeerConnection): void {
    for (const line of this.#lines) line.use(connection);
  }

  close(): void {
    for (const line of this.#lines) line.close();
    this.#lines = [];
  }
}
