// The waiting page without an appointment: defines <sz-knock>.
import { SzKnock } from "./knock_element";

customElements.define("sz-knock", SzKnock);
