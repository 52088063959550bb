// How much can be sent from here, estimated on a connection that stands: a few seconds of bytes, never more than a call needs.
import { pause } from "./probes";

const ceilingKbit = 2000;
const piece = new Uint8Array(8192);
const mostWaiting = 128 * 1024;

async function mediaBytes(connection: RTCPeerConnection): Promise<number> {
  let sum = 0;
  for (const report of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
    if (report.type === "outbound-rtp" && typeof report.bytesSent === "number") sum += report.bytesSent;
  }
  return sum;
}

/** Kilobits a second that left by `channel` and as media within `span` ms, at most about what a call in good quality takes. */
export async function measureUpload(
  connection: RTCPeerConnection,
  channel: RTCDataChannel,
  span = 2500,
): Promise<number | null> {
  if (channel.readyState !== "open") return null;
  const media = await mediaBytes(connection);
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < span && channel.readyState === "open") {
    const due = ((performance.now() - began) * ceilingKbit) / 8;
    while (sent < due && channel.bufferedAmount < mostWaiting) {
      channel.send(piece);
      sent += piece.length;
    }
    await pause(40);
  }
  const gone = sent - channel.bufferedAmount + (await mediaBytes(connection)) - media;
  return Math.round((gone * 8) / (performance.now() - began));
}
