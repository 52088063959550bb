// The clerk's day and room: defines <sz-arrivals>, <sz-knocks> and <sz-call-back>.
import { SzArrivals } from "./arrivals_element";
import { SzCallBack } from "./call_back_element";
import { SzKnocks } from "./knocks_element";

customElements.define("sz-arrivals", SzArrivals);
customElements.define("sz-call-back", SzCallBack);
customElements.define("sz-knocks", SzKnocks);
