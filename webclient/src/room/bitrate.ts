// Tells the own encoder how much it may send at first, by what Chromium and Safari read in the other side's description;
// Firefox passes over it. What the line carries after that is theirs to find out.

/** Enough for a first picture of 640 × 480 that is neither left out nor sent in drops; a thin line lowers it at once. */
const parameter = "x-google-start-bitrate=1000";
const repairs = new Set(["rtx", "red", "ulpfec", "flexfec-03"]);

/** The description with the first bitrate at every codec of pictures. */
export function withStartBitrate(sdp: string): string {
  const sections = sdp.split(/(?=^m=)/m);
  return sections.map((section) => (section.startsWith("m=video") ? inPictures(section) : section)).join("");
}

function inPictures(section: string): string {
  let out = section;
  for (const [line, payload, codec] of section.matchAll(/^a=rtpmap:(\d+) ([^/\r\n]+)[^\r\n]*\r?\n/gm)) {
    if (payload === undefined || codec === undefined || repairs.has(codec.toLowerCase())) continue;
    const format = new RegExp(`^a=fmtp:${payload} [^\\r\\n]*`, "m").exec(section)?.[0];
    if (format !== undefined) out = out.replace(format, `${format};${parameter}`);
    else out = out.replace(line, `${line}a=fmtp:${payload} ${parameter}\r\n`);
  }
  return out;
}
