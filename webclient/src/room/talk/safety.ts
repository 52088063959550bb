// The safety code with everybody in the call: one exchange for each connection, begun anew when the connection is, and
// what this person has said about the words. How it is made is safety_exchange.ts.
import type { PeerInfo } from "../../messages";
import type { Line, Voice } from "./channels";
import { fingerprintsOf } from "./safety_code";
import { SafetyExchange } from "./safety_exchange";

export type Verdict = "open" | "same" | "different";

export interface Comparison {
  peer: PeerInfo;
  /** null: still being made. */
  words: string[] | null;
  /** The rules were broken or the certificate was changed under way: as bad as different words. */
  failed: boolean;
  verdict: Verdict;
  /** There were other words before, and they had been compared. */
  again: boolean;
}

export interface SafetySurroundings {
  changed(): void;
  /** Words that had been compared have been replaced by new ones. */
  renewed(peer: PeerInfo): void;
  failed(peer: PeerInfo): void;
  room(): string;
}

interface Running {
  line: Line;
  comparison: Comparison;
  exchange: SafetyExchange;
  own: string;
  other: string;
  watched: RTCPeerConnection;
  watch: () => void;
}

function fingerprints(connection: RTCPeerConnection): [own: string, other: string] {
  const { currentLocalDescription, currentRemoteDescription } = connection;
  return [
    fingerprintsOf(currentLocalDescription?.sdp ?? ""),
    fingerprintsOf(currentRemoteDescription?.sdp ?? ""),
  ];
}

export class Safety implements Voice {
  #running = new Map<string, Running>();
  // With whom words have been compared already, whatever has become of that connection.
  #compared = new Set<string>();

  constructor(private readonly around: SafetySurroundings) {}

  get comparisons(): Comparison[] {
    return [...this.#running.values()].map(({ comparison }) => comparison);
  }

  decide(comparison: Comparison, verdict: Verdict): void {
    comparison.verdict = verdict;
    this.#compared.add(comparison.peer.id);
    this.around.changed();
  }

  opened(line: Line): void {
    this.#forget(this.#running.get(line.peer.id));
    const compared = this.#compared.has(line.peer.id);
    const [own, other] = fingerprints(line.connection);
    const comparison: Comparison = {
      peer: line.peer,
      words: null,
      failed: false,
      verdict: "open",
      again: compared,
    };
    const running: Running = {
      line,
      comparison,
      own,
      other,
      exchange: new SafetyExchange(
        {
          room: this.around.room(),
          own,
          other,
          random: (size) => crypto.getRandomValues(new Uint8Array(size)),
        },
        (message) => line.send(JSON.stringify(message)),
        () => this.#said(running),
      ),
      watched: line.connection,
      watch: () => this.#watch(running),
    };
    this.#running.set(line.peer.id, running);
    line.connection.addEventListener("signalingstatechange", running.watch);
    if (compared) this.around.renewed(line.peer);
    this.around.changed();
  }

  received(line: Line, data: unknown): void {
    const running = this.#running.get(line.peer.id);
    if (running?.line !== line) return;
    void running.exchange.receive(typeof data === "string" ? data : "");
  }

  closed(line: Line): void {
    const running = this.#running.get(line.peer.id);
    if (running?.line !== line) return;
    this.#forget(running);
    this.#running.delete(line.peer.id);
    this.around.changed();
  }

  #said({ comparison, exchange }: Running): void {
    comparison.words = exchange.words;
    if (exchange.failed) this.#broken(comparison);
    this.around.changed();
  }

  /** A negotiation is through: the certificates must still be those that the words were made of. */
  #watch(running: Running): void {
    if (running.watched.signalingState !== "stable") return;
    const [own, other] = fingerprints(running.watched);
    if (own === running.own && other === running.other) return;
    running.comparison.words = null;
    this.#broken(running.comparison);
    this.around.changed();
  }

  #broken(comparison: Comparison): void {
    if (comparison.failed) return;
    comparison.failed = true;
    this.around.failed(comparison.peer);
  }

  #forget(running: Running | undefined): void {
    running?.watched.removeEventListener("signalingstatechange", running.watch);
  }
}
