// The page of a form: defines <sz-pad>.
import "./signing.css";
import { SzPad } from "./pad_element";

customElements.define("sz-pad", SzPad);
