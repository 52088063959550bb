// Whether the city's relay (TURN) lets media through from here: two connections of this page meet there and nowhere else.
import { pause } from "./probes";
import { measureUpload } from "./upload";

export interface RelayResult {
  works: boolean;
  /** Kilobits a second by way of the relay; null when not asked for or not measured. */
  upload: number | null;
}

function pair(iceServers: RTCIceServer[]): [RTCPeerConnection, RTCPeerConnection] {
  const make = (): RTCPeerConnection => new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
  const [one, other] = [make(), make()];
  const passOn = (from: RTCPeerConnection, to: RTCPeerConnection): void => {
    from.onicecandidate = ({ candidate }) => {
      if (candidate !== null) void to.addIceCandidate(candidate).catch(() => undefined);
    };
  };
  passOn(one, other);
  passOn(other, one);
  return [one, other];
}

async function introduce(one: RTCPeerConnection, other: RTCPeerConnection): Promise<void> {
  const offer = await one.createOffer();
  await other.setRemoteDescription(offer);
  await one.setLocalDescription(offer);
  const answer = await other.createAnswer();
  await one.setRemoteDescription(answer);
  await other.setLocalDescription(answer);
}

/** Tries for at most `patience` ms; measures the way up too when nothing else could (`measure`). Never raises. */
export async function probeRelay(
  iceServers: RTCIceServer[],
  measure: () => Promise<boolean>,
  patience = 10_000,
): Promise<RelayResult> {
  const [one, other] = pair(iceServers);
  try {
    const channel = one.createDataChannel("sz-relay");
    const open = new Promise<boolean>((resolve) => {
      channel.onopen = () => resolve(true);
    });
    await introduce(one, other);
    const works = await Promise.race([open, pause(patience).then(() => false)]);
    const wanted = works && (await measure());
    return { works, upload: wanted ? await measureUpload(one, channel) : null };
  } catch {
    return { works: false, upload: null };
  } finally {
    one.close();
    other.close();
  }
}
