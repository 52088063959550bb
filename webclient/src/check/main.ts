// The device check's entry: defines <sz-check>.
import { SzCheck } from "./check_element";

customElements.define("sz-check", SzCheck);
