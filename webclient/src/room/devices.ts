// Opens camera and microphone, as much of them as there is, and says in a word why something is missing.

export type DeviceProblem = "denied" | "none" | "busy" | "unsupported" | "unknown";

export interface OwnDevices {
  stream: MediaStream;
  /** The picture alone: a preview that also held the sound would keep a loudspeaker busy with nothing. */
  preview: MediaStream;
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  problem: DeviceProblem | null;
}

const audioWish: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};
// Larger pictures make the first one late; `ideal` because an exact wish fails when the camera was changed.
const videoWish: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30 },
  facingMode: "user",
};

export function problemFor(error: unknown): DeviceProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "unknown";
}

function asDevices(stream: MediaStream, problem: DeviceProblem | null): OwnDevices {
  for (const track of stream.getVideoTracks()) track.contentHint = "motion";
  return {
    stream,
    preview: new MediaStream(stream.getVideoTracks()),
    audio: stream.getAudioTracks()[0] ?? null,
    video: stream.getVideoTracks()[0] ?? null,
    problem,
  };
}

/** Both if possible, else the one that works, else none: a missing camera never keeps anybody out. Never raises. */
export async function openDevices(): Promise<OwnDevices> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return asDevices(new MediaStream(), "unsupported");
  let problem: DeviceProblem;
  try {
    return asDevices(await devices.getUserMedia({ audio: audioWish, video: videoWish }), null);
  } catch (error) {
    problem = problemFor(error);
  }
  for (const wish of [{ audio: audioWish }, { video: videoWish }]) {
    try {
      return asDevices(await devices.getUserMedia(wish), problem);
    } catch {
      // The next smaller wish is tried; the first reason is the one to tell.
    }
  }
  return asDevices(new MediaStream(), problem);
}

export function closeDevices(devices: OwnDevices | null): void {
  for (const track of devices?.stream.getTracks() ?? []) track.stop();
}
