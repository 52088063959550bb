// Opens camera and microphone, as much of them as there is, and says in a word why something is missing. Which ones is
// device_choice.ts.
import { take } from "./begun";
import { audioWish, type DeviceChoice, videoWish } from "./device_choice";

export type DeviceProblem = "denied" | "none" | "busy" | "unsupported" | "unknown";

export interface OwnDevices {
  stream: MediaStream;
  /** The picture alone: a preview that also held the sound would keep a loudspeaker busy with nothing. */
  preview: MediaStream;
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  problem: DeviceProblem | null;
}

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

/** The chosen devices; when one of them is gone, what there is instead. Raises what the browser says. */
async function openChosen(wish: (sure: boolean) => MediaStreamConstraints): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia(wish(true));
  } catch (error) {
    if (problemFor(error) !== "none") throw error;
    return navigator.mediaDevices.getUserMedia(wish(false));
  }
}

/** Both if possible, else the one that works, else none: a missing camera never keeps anybody out. Never raises. Whoever asks
 * first gets what was begun early. */
export function openDevices(choice: DeviceChoice = {}): Promise<OwnDevices> {
  return take("devices") ?? open(choice);
}

async function open(choice: DeviceChoice): Promise<OwnDevices> {
  if ((navigator.mediaDevices as MediaDevices | undefined) === undefined) {
    return asDevices(new MediaStream(), "unsupported");
  }
  const audio = (sure: boolean): MediaStreamConstraints => ({ audio: audioWish(choice, sure) });
  const video = (sure: boolean): MediaStreamConstraints => ({ video: videoWish(choice, sure) });
  let problem: DeviceProblem;
  try {
    return asDevices(await openChosen((sure) => ({ ...audio(sure), ...video(sure) })), null);
  } catch (error) {
    problem = problemFor(error);
  }
  for (const wish of [audio, video]) {
    try {
      return asDevices(await openChosen(wish), problem);
    } catch {
      // The next smaller wish is tried; the first reason is the one to tell.
    }
  }
  return asDevices(new MediaStream(), problem);
}

/** Puts the chosen camera or microphone in the place of the one in use. The old one is let go first: few phones open two.
 * Raises what the browser says when there is none. */
export async function reopen(
  devices: OwnDevices,
  kind: "audio" | "video",
  choice: DeviceChoice,
): Promise<OwnDevices> {
  const old = devices[kind];
  if (old !== null) {
    old.onended = null;
    old.stop();
    devices.stream.removeTrack(old);
  }
  const opened = await openChosen((sure) =>
    kind === "audio" ? { audio: audioWish(choice, sure) } : { video: videoWish(choice, sure) },
  );
  for (const track of opened.getTracks()) devices.stream.addTrack(track);
  const whole = devices.stream.getTracks().length === 2;
  return asDevices(devices.stream, whole ? null : devices.problem);
}

export function closeDevices(devices: OwnDevices | null): void {
  for (const track of devices?.stream.getTracks() ?? []) track.stop();
}
