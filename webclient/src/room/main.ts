// The room page's entry: defines <sz-room>, or shows what stands in its place to a browser that can't meet anybody.
import { SzRoom } from "./room_element";

if ("RTCPeerConnection" in window) customElements.define("sz-room", SzRoom);
else for (const room of document.querySelectorAll("sz-room")) room.toggleAttribute("unable", true);
