// Begins what takes longest while the rest of the room's script is still on its way. Who uses it stands in room_element.ts.
import { beginEntry } from "./entry";

const entry = document.querySelector<HTMLMetaElement>('meta[name="room-entry"]')?.content;
if (entry !== undefined && "RTCPeerConnection" in window) beginEntry(entry);
