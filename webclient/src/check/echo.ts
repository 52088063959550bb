// The round trip of picture and sound: one connection to the server's echo, made in one request (the shape of WHIP,
// RFC 9725, without trickle) and ended by DELETE.
import type { OwnDevices } from "../room/devices";
import { type LinkStatistics, summarize } from "../room/statistics";
import { csrfToken } from "../server";
import { type Finding, finding, pause } from "./probes";
import { measureUpload } from "./upload";

class EchoBusy extends Error {}

/** `path` is null when the echo was busy: nothing was found out then. */
export interface EchoResult {
  finding: Finding;
  path: "direct" | "relay" | "none" | null;
  upload: number | null;
}

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

function judge(devices: OwnDevices, seen: LinkStatistics, channel: RTCDataChannel): Finding | null {
  if (devices.audio === null && devices.video === null)
    return channel.readyState === "open" ? finding("ok", "check.media.way") : null;
  const sound = devices.audio === null || seen.packetsReceived > 20;
  const picture = devices.video === null || seen.framesDecoded > 3;
  return sound && picture && seen.bytesReceived > 0 ? finding("ok", "check.media.ok") : null;
}

function pathOf(seen: LinkStatistics | null): "direct" | "relay" {
  return seen?.selectedCandidateType === "relay" ? "relay" : "direct";
}

async function returned(
  connection: RTCPeerConnection,
  channel: RTCDataChannel,
  devices: OwnDevices,
  patience: number,
): Promise<Omit<EchoResult, "upload">> {
  let seen: LinkStatistics | null = null;
  for (let waited = 0; waited < patience; waited += 250) {
    await pause(250);
    seen = await summarize("echo", "echo", connection);
    const found = judge(devices, seen, channel);
    if (found !== null) return { finding: found, path: pathOf(seen) };
    if (connection.connectionState === "failed") break;
  }
  const something = seen !== null && seen.packetsReceived > 20;
  return something
    ? { finding: finding("warn", "check.media.audio"), path: pathOf(seen) }
    : { finding: finding("fail", "check.media.fail"), path: "none" };
}

/**
 * Sends what there is to the echo for at most `patience` ms, tells whether it came back and by which way, and
 * estimates how much can be sent. Without camera and microphone the way alone is tried.
 */
export async function probeMedia(
  path: string,
  devices: OwnDevices,
  iceServers: RTCIceServer[],
  patience = 12_000,
): Promise<EchoResult> {
  const connection = new RTCPeerConnection({ iceServers });
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
    const channel = connection.createDataChannel("sz-check");
    await connect(connection, path, (address) => {
      place = address;
    });
    const result = await returned(connection, channel, devices, patience);
    const upload = result.path === "none" ? null : await measureUpload(connection, channel);
    return { ...result, upload };
  } catch (error) {
    return error instanceof EchoBusy
      ? { finding: finding("warn", "check.media.busy"), path: null, upload: null }
      : { finding: finding("fail", "check.media.fail"), path: "none", upload: null };
  } finally {
    removeEventListener("pagehide", end);
    await end();
  }
}
