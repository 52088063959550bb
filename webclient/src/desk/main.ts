// The clerk's day and room: defines <sz-arrivals> and <sz-call-back>.
import { SzArrivals } from "./arrivals_element";
import { SzCallBack } from "./call_back_element";

customElements.define("sz-arrivals", SzArrivals);
customElements.define("sz-call-back", SzCallBack);
