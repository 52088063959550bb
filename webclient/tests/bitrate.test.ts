// The first bitrate stands at every codec of pictures, and nowhere else; what the other side said is otherwise kept.
import { describe, expect, it } from "vitest";
import { withStartBitrate } from "../src/room/bitrate";

const sdp = [
  "v=0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=rtpmap:111 opus/48000/2",
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102",
  "a=rtpmap:96 VP8/90000",
  "a=rtpmap:97 rtx/90000",
  "a=fmtp:97 apt=96",
  "a=rtpmap:102 H264/90000",
  "a=fmtp:102 packetization-mode=1",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "",
].join("\r\n");

describe("the first bitrate", () => {
  const lines = withStartBitrate(sdp).split("\r\n");

  it("is said for each codec of pictures, in its own line or at the end of the one there is", () => {
    expect(lines).toContain("a=fmtp:96 x-google-start-bitrate=1000");
    expect(lines).toContain("a=fmtp:102 packetization-mode=1;x-google-start-bitrate=1000");
  });

  it("is not said for sound or for repair packets", () => {
    expect(lines.filter((line) => line.includes("start-bitrate"))).toHaveLength(2);
    expect(lines).toContain("a=fmtp:97 apt=96");
  });

  it("leaves a description without pictures as it was", () => {
    const sound = sdp.slice(0, sdp.indexOf("m=video"));
    expect(withStartBitrate(sound)).toBe(sound);
  });
});
