// The clerk's day: defines <sz-arrivals>.
import { SzArrivals } from "./arrivals_element";

customElements.define("sz-arrivals", SzArrivals);
