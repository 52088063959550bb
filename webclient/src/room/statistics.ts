// What getStats tells about one connection, in few numbers. How good it is in a word is quality.ts.

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
  /** For how long the picture stood still because nothing new came. */
  freezeSeconds: number;
  bytesSent: number;
  /** Of what this side sent lately, as the other side counts it: 0 to 1, the worst kind; 0 while it has not said. */
  lostOnTheWay: number;
  /** What the browser believes it may send, bit/s; 0 where it does not tell. */
  mayCarry: number;
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
    sum.freezeSeconds += number(report, "totalFreezesDuration");
  }
}

function addOutbound(sum: LinkStatistics, report: Report): void {
  if (report.type === "remote-inbound-rtp") {
    sum.lostOnTheWay = Math.max(sum.lostOnTheWay, number(report, "fractionLost"));
  }
  if (report.type !== "outbound-rtp") return;
  sum.bytesSent += number(report, "bytesSent");
  if (report.kind === "video") sum.framesSent += number(report, "framesSent");
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
    freezeSeconds: 0,
    bytesSent: 0,
    lostOnTheWay: 0,
    mayCarry: 0,
    selectedCandidateType: "",
  };
  const reports = new Map<string, Report>();
  (await connection.getStats()).forEach((report, id) => {
    reports.set(id, report as Report);
  });
  for (const report of reports.values()) {
    if (report.type === "inbound-rtp") addInbound(sum, report);
    addOutbound(sum, report);
  }
  const pair = selectedPair(reports);
  if (pair === undefined) return sum;
  sum.roundTripSeconds = number(pair, "currentRoundTripTime");
  sum.mayCarry = number(pair, "availableOutgoingBitrate");
  const local = reports.get(String(pair.localCandidateId));
  sum.selectedCandidateType = typeof local?.candidateType === "string" ? local.candidateType : "";
  return sum;
}
