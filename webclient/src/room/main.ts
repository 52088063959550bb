// The room page's entry: defines <sz-room>, or shows what stands in its place to a browser that can't meet anybody. It may be
// there before the page has been read to its end, and waits for that.
import { SzRoom } from "./room_element";

function begin(): void {
  if ("RTCPeerConnection" in window) customElements.define("sz-room", SzRoom);
  else for (const room of document.querySelectorAll("sz-room")) room.toggleAttribute("unable", true);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
