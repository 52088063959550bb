// The room page's entry: defines <sz-room>.
import { SzRoom } from "./room_element";

customElements.define("sz-room", SzRoom);
