// The upload form's entry: defines <sz-upload>.
import { SzUpload } from "./upload_element";

customElements.define("sz-upload", SzUpload);
