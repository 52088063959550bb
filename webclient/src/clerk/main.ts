// The clerk's room: defines <sz-clerk-tools>.
import "./clerk.css";
import { SzClerkTools } from "./tools_element";

customElements.define("sz-clerk-tools", SzClerkTools);
