// Signing in the room: defines <sz-signing> and the field it signs in.
import "./signing.css";
import { SzPad } from "./pad_element";
import { SzSigning } from "./signing_element";

customElements.define("sz-pad", SzPad);
customElements.define("sz-signing", SzSigning);
