// What getStats tells about one connection, in few numbers, and how good it is in a word.

export interface LinkStatistics {
  peer: string;
  name: string;
  connectionState: RTCPeerConnectionState;
  framesDecoded: number;
  framesSent: number;
  framesPerSecond: number;
  totalAudioEnergy: number;
  bytesReceived: number;
  packetsReceived: number;
  packetsLost: number;
  roundTripSeconds: number;
  /** host, srflx, prflx or relay: how this side is reached; empty while there is no pair. */
  selectedCandidateType: string;
}

type Report = Record<string, unknown>;

function number(report: Report, name: string): number {
  const value = report[name];
  return typeof value === "number" ? value : 0;
}

function addInbound(sum: LinkStatistics, report: Report): void {
  sum.packetsReceived += number(report, "packetsReceived");
  sum.packetsLost += number(report, "packetsLost");
  sum.bytesReceived += number(report, "bytesReceived");
  if (report.kind === "audio") sum.totalAudioEnergy += number(report, "totalAudioEnergy");
  else {
    sum.framesDecoded += number(report, "framesDecoded");
    sum.framesPerSecond += number(report, "framesPerSecond");
  }
}

function selectedPair(reports: Map<string, Report>): Report | undefined {
  for (const report of reports.values()) {
    const pair = report.type === "transport" ? report.selectedCandidatePairId : undefined;
    if (typeof pair === "string") return reports.get(pair);
  }
  return [...reports.values()].find(
    (report) => report.type === "candidate-pair" && report.nominated === true,
  );
}

/** The summary of `connection`; counters run since the connection was made. */
export async function summarize(
  peer: string,
  name: string,
  connection: RTCPeerConnection,
): Promise<LinkStatistics> {
  const sum: LinkStatistics = {
    peer,
    name,
    connectionState: connection.connectionState,
    framesDecoded: 0,
    framesSent: 0,
    framesPerSecond: 0,
    totalAudioEnergy: 0,
    bytesReceived: 0,
    packetsReceived: 0,
    packetsLost: 0,
    roundTripSeconds: 0,
    selectedCandidateType: "",
  };
  const reports = new Map<string, Report>();
  (await connection.getStats()).forEach((report, id) => {
    reports.set(id, report as Report);
  });
  for (const report of reports.values()) {
    if (report.type === "inbound-rtp") addInbound(sum, report);
    if (report.type === "outbound-rtp" && report.kind === "video")
      sum.framesSent += number(report, "framesSent");
  }
  const pair = selectedPair(reports);
  if (pair === undefined) return sum;
  sum.roundTripSeconds = number(pair, "currentRoundTripTime");
  const local = reports.get(String(pair.localCandidateId));
  sum.selectedCandidateType = typeof local?.candidateType === "string" ? local.candidateType : "";
  return sum;
}

export type Quality = "good" | "fair" | "poor";

/** How the connection was between two summaries: lost packets and the way there and back decide. Silence is a loss
 * only when the other side says that it sends (`expecting`). */
export function qualityBetween(before: LinkStatistics, after: LinkStatistics, expecting: boolean): Quality {
  const lost = Math.max(0, after.packetsLost - before.packetsLost);
  const received = Math.max(0, after.packetsReceived - before.packetsReceived);
  const share = lost + received === 0 ? Number(expecting) : lost / (lost + received);
  if (share > 0.1 || after.roundTripSeconds > 1) return "poor";
  return share > 0.03 || after.roundTripSeconds > 0.4 ? "fair" : "good";
}
