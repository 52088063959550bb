// The decisions of perfect negotiation (W3C WebRTC § 10.7), and which connection a description belongs to: pure, so
// that they can be tested without a browser. Acting on them is peer_link.ts.
import type { DescriptionKind } from "../messages";

export interface NegotiationFacts {
  kind: DescriptionKind;
  polite: boolean;
  makingOffer: boolean;
  settingAnswer: boolean;
  signalingState: RTCSignalingState;
  /** Who speaks at the other end: the origin of the description, of the one in force, and of the one given up. */
  origin: string;
  knownOrigin: string | null;
  droppedOrigin: string | null;
}

/** `apply` it, `ignore` it, or `replace` the connection first because the other side has begun a new one. */
export type Verdict = "apply" | "ignore" | "replace";

export function judge(facts: NegotiationFacts): Verdict {
  if (facts.origin === facts.droppedOrigin) return "ignore";
  if (facts.kind === "answer") return facts.signalingState === "have-local-offer" ? "apply" : "ignore";
  const settled = facts.signalingState === "stable" || facts.settingAnswer;
  if ((facts.makingOffer || !settled) && !facts.polite) return "ignore";
  return facts.knownOrigin === null || facts.knownOrigin === facts.origin ? "apply" : "replace";
}

/** The session id in a description's `o=` line: the same for the life of one RTCPeerConnection, another for the next. */
export function originOf(sdp: string): string {
  return /^o=\S+ (\S+) /m.exec(sdp)?.[1] ?? "";
}

/** The other side's origin as far as this connection has heard of it. */
export function knownOrigin(connection: Pick<RTCPeerConnection, "remoteDescription">): string | null {
  return connection.remoteDescription === null ? null : originOf(connection.remoteDescription.sdp);
}

/** Whether applying this description takes back an own offer on a connection that has been negotiated before. */
export function takesBack(
  kind: DescriptionKind,
  connection: Pick<RTCPeerConnection, "signalingState" | "remoteDescription">,
): boolean {
  return (
    kind === "offer" &&
    connection.signalingState === "have-local-offer" &&
    connection.remoteDescription !== null
  );
}

export type Remedy = "none" | "restart" | "rebuild";

/** What to do about a connection that has been `state` for `ms`; the impolite side moves first, so that seldom both do.
 * As long as the other side has not `answered` a restart, nobody would answer a new connection either. */
export function remedy(
  state: RTCPeerConnectionState,
  ms: number,
  polite: boolean,
  restarted: boolean,
  answered = true,
): Remedy {
  const headStart = polite ? 2000 : 0;
  const patience = answered ? 8000 : 30_000;
  const lost = state === "failed" || (state === "disconnected" && ms >= 3000);
  if (!restarted) return lost && ms >= headStart ? "restart" : "none";
  return state !== "connected" && ms >= patience + headStart ? "rebuild" : "none";
}
