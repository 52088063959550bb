// Candidates of the other side that come before its description: kept, and added once it is there.
import type { CandidateFields } from "../messages";

export class Candidates {
  #kept: RTCIceCandidateInit[] = [];

  /** Raises what the browser says about a candidate that fits nothing. */
  async add(connection: RTCPeerConnection, fields: CandidateFields): Promise<void> {
    const candidate: RTCIceCandidateInit = {
      candidate: fields.candidate,
      sdpMid: fields.sdp_mid,
      sdpMLineIndex: fields.sdp_m_line_index,
      usernameFragment: fields.username_fragment,
    };
    if (connection.remoteDescription === null) this.#kept.push(candidate);
    else await connection.addIceCandidate(candidate);
  }

  async described(connection: RTCPeerConnection): Promise<void> {
    const kept = this.#kept;
    this.#kept = [];
    for (const candidate of kept) await connection.addIceCandidate(candidate).catch(() => undefined);
  }

  forget(): void {
    this.#kept = [];
  }
}
