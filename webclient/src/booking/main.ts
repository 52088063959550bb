// The booking pages' entry: defines <sz-countdown>.
import { SzCountdown } from "./countdown_element";

customElements.define("sz-countdown", SzCountdown);
