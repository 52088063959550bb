// The way out when video does not work: defines <sz-rescue>.
import { SzRescue } from "./rescue_element";

customElements.define("sz-rescue", SzRescue);
