// The room's entry for recording, on its page only where there is a recorder at all: defines <sz-recording>.
import { SzRecording } from "./recording_element";

customElements.define("sz-recording", SzRecording);
