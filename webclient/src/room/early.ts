// Begins what takes longest while the rest of the room's script is still on its way: the ticket is fetched, camera and microphone
// open. Who uses it stands in room_element.ts.
import { rememberedChoice } from "./device_choice";
import { beginDevices } from "./devices";
import { beginEntry } from "./entry";

const entry = document.querySelector<HTMLMetaElement>('meta[name="room-entry"]')?.content;
if (entry !== undefined && "RTCPeerConnection" in window) {
  beginEntry(entry);
  beginDevices(rememberedChoice());
}
