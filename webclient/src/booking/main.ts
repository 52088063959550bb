// The booking pages' entry: defines <sz-countdown> and <sz-proof>.
import { SzCountdown } from "./countdown_element";
import { SzProof } from "./proof_element";

customElements.define("sz-countdown", SzCountdown);
customElements.define("sz-proof", SzProof);
