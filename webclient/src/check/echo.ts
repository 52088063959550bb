// The round trip of picture and sound: one connection to the server's echo, made in one request (the shape of WHIP,
// RFC 9725, without trickle) and ended by DELETE.
import type { OwnDevices } from "../room/devices";
import { type LinkStatistics, summarize } from "../room/statistics";
import { csrfToken } from "../server";
import { type Finding, finding, pause } from "./probes";

class EchoBusy extends Error {}

function gathered(connection: RTCPeerConnection, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patience);
    const look = (): void => {
      if (connection.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    };
    connection.onicegatheringstatechange = look;
    look();
  });
}

/** Offers `connection` to the echo at `path`; `placed` gets the address to end it with as soon as there is one. */
async function connect(
  connection: RTCPeerConnection,
  path: string,
  placed: (place: string) => void,
): Promise<void> {
  await connection.setLocalDescription();
  await gathered(connection, 4000);
  const headers: Record<string, string> = { "Content-Type": "application/sdp", Accept: "application/sdp" };
  const token = csrfToken();
  if (token !== "") headers["X-CSRF-Token"] = token;
  const body = connection.localDescription?.sdp ?? "";
  const response = await fetch(path, { method: "POST", headers, body });
  if (response.status === 503 || response.status === 429) throw new EchoBusy();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const place = response.headers.get("Location");
  if (place !== null) placed(new URL(place, response.url).href);
  await connection.setRemoteDescription({ type: "answer", sdp: await response.text() });
}

function judge(devices: OwnDevices, seen: LinkStatistics): Finding | null {
  const sound = devices.audio === null || seen.packetsReceived > 20;
  const picture = devices.video === null || seen.framesDecoded > 3;
  return sound && picture && seen.bytesReceived > 0 ? finding("ok", "check.media.ok") : null;
}

async function returned(
  connection: RTCPeerConnection,
  devices: OwnDevices,
  patience: number,
): Promise<Finding> {
  let seen: LinkStatistics | null = null;
  for (let waited = 0; waited < patience; waited += 250) {
    await pause(250);
    seen = await summarize("echo", "echo", connection);
    const verdict = judge(devices, seen);
    if (verdict !== null) return verdict;
    if (connection.connectionState === "failed") break;
  }
  const something = seen !== null && seen.packetsReceived > 20;
  return something ? finding("warn", "check.media.audio") : finding("fail", "check.media.fail");
}

/** Sends what there is to the echo for at most `patience` ms, and tells whether it came back. */
export async function probeMedia(path: string, devices: OwnDevices, patience = 12_000): Promise<Finding> {
  if (devices.audio === null && devices.video === null) return finding("warn", "check.media.skip");
  const connection = new RTCPeerConnection({ iceServers: [] });
  let place: string | null = null;
  const end = async (): Promise<void> => {
    connection.close();
    const ended = place;
    place = null;
    // Outlives the page: whoever leaves halfway must not keep the server's place from others.
    if (ended !== null) await fetch(ended, { method: "DELETE", keepalive: true }).catch(() => undefined);
  };
  addEventListener("pagehide", end);
  try {
    for (const track of devices.stream.getTracks()) connection.addTrack(track, devices.stream);
    await connect(connection, path, (address) => {
      place = address;
    });
    return await returned(connection, devices, patience);
  } catch (error) {
    return finding(
      error instanceof EchoBusy ? "warn" : "fail",
      error instanceof EchoBusy ? "check.media.busy" : "check.media.fail",
    );
  } finally {
    removeEventListener("pagehide", end);
    await end();
  }
}
