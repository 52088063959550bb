// Which camera, microphone and loudspeaker somebody wants: wishes for the browser, remembered on this device only.

export interface DeviceChoice {
  camera?: string;
  microphone?: string;
  speaker?: string;
  /** On a phone: the camera towards the face, or the one on the back. */
  facing?: "user" | "environment";
}

export interface DeviceList {
  cameras: MediaDeviceInfo[];
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

const place = "sz-devices";
const names = ["camera", "microphone", "speaker"] as const;

/** What `kept` says, as far as it is well-formed. */
export function parseChoice(kept: string | null): DeviceChoice {
  try {
    const value: unknown = JSON.parse(kept ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    const given = value as Record<string, unknown>;
    const choice: DeviceChoice = {};
    for (const name of names) {
      const id = given[name];
      if (typeof id === "string" && id !== "") choice[name] = id;
    }
    if (given.facing === "user" || given.facing === "environment") choice.facing = given.facing;
    return choice;
  } catch {
    return {};
  }
}

export function rememberedChoice(): DeviceChoice {
  try {
    return parseChoice(localStorage.getItem(place));
  } catch {
    return {};
  }
}

export function remember(choice: DeviceChoice): void {
  try {
    localStorage.setItem(place, JSON.stringify(choice));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** `sure`: exactly the chosen one. Browsers pass over a mere wish; but an exact one fails when the device is gone, so that
 * whoever asks exactly asks again without. */
export function audioWish(choice: DeviceChoice, sure = false): MediaTrackConstraints {
  return {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...device(choice.microphone, sure),
  };
}

/** Larger pictures make the first one late. */
export function videoWish(choice: DeviceChoice, sure = false): MediaTrackConstraints {
  const which =
    choice.camera === undefined ? { facingMode: choice.facing ?? "user" } : device(choice.camera, sure);
  return { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 }, ...which };
}

function device(id: string | undefined, sure: boolean): MediaTrackConstraints {
  return id === undefined ? {} : { deviceId: sure ? { exact: id } : { ideal: id } };
}

/** What there is to choose from. Without permission browsers name no devices: then every list is empty. */
export async function listDevices(): Promise<DeviceList> {
  const found = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const named = found.filter((device) => device.deviceId !== "" && device.label !== "");
  const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => named.filter((device) => device.kind === kind);
  return { cameras: of("videoinput"), microphones: of("audioinput"), speakers: of("audiooutput") };
}

/** Whether this browser can send sound to a loudspeaker that the page names. */
export function speakersCanBeChosen(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
