"""Which descriptions go from one browser to the other, and what of them. What real browsers say is in test_sdp_samples.py."""

import pytest

from signaling.sdp import SECTIONS, is_description, known
from tests.signaling.people import SDP, Office

# In the form that WebKit writes; no Safari runs here.
SAFARI = "\r\n".join([
    "v=0", "o=- 8170306120713012817 3 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1 2 3", "a=extmap-allow-mixed",
    "a=msid-semantic: WMS 5b5a2c0e-8d0f-4d4f", "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 103 9 0 8 105 13 110 113 126",
    "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0", "a=ice-ufrag:zWbl", "a=ice-pwd:7kVxVMCr+0zkD9kfcQkNKdIX",
    "a=ice-options:trickle renomination", "a=fingerprint:sha-256 " + ":".join(["AB"] * 32), "a=setup:actpass", "a=mid:0",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level", "a=sendrecv", "a=msid:5b5a2c0e c3d5", "a=rtcp-mux",
    "a=rtcp-rsize", "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc", "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=ssrc:3169105107 cname:Xq2", "a=ssrc:3169105107 msid:5b5a2c0e c3d5", "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100",
    "c=IN IP4 0.0.0.0", "a=mid:1", "a=sendrecv", "a=rtpmap:96 H264/90000", "a=rtcp-fb:96 goog-remb", "a=rtcp-fb:96 nack pli",
    "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f", "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96", "a=rtpmap:100 H265/90000", "a=ssrc-group:FID 1 2", "a=rid:f send", "a=simulcast:send f",
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97", "a=mid:2", "a=sendonly", "a=content:slides", "b=AS:2500",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:3", "a=sctp-port:5000",
    "a=max-message-size:262144", "a=candidate:1 1 udp 2113937151 7a0c.local 51472 typ host generation 0 network-cost 999",
    "a=end-of-candidates", "",
])  # fmt: skip


def test_a_description_in_the_form_of_safari_with_a_shared_screen_is_passed_on_whole() -> None:
    assert is_description(SAFARI)
    assert known(SAFARI) == SAFARI
    assert known(SAFARI.replace("\r\n", "\n")) == SAFARI.replace("\r\n", "\n")


@pytest.mark.criterion("K07")
@pytest.mark.parametrize(
    "line",
    [
        "m=text 9 RTP/AVP 98", "m=message 9 TCP/MSRP *", "m=image 9 udptl t38", "m=audio 9 RTP/AVP 0", "m=audio 9 RTP/SAVP 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF", "m=audio 9 UDP/TLS/RTP/SAVPF 1111", "m=video 9 UDP/TLS/RTP/SAVPF" + " 96" * 200,
        "m=application 9 DTLS/SCTP 5000", "m=application 9 TCP/WSS/BFCP *", "m=application 9 UDP/DTLS/SCTP bfcp",
        "k=prompt", "k=clear:secret", "u=http://evil.example/", "e=anna@example.org", "p=+49 831 1", "i=x", "r=0", "z=0 0", "x=1",
        "a=", "a= x", "a", "=", "", "M=audio", "a=mid:ä", "a=mid:\x00", "o=" + "x" * 501,
    ],
)  # fmt: skip
def test_other_sections_and_lines_are_refused(line: str) -> None:
    assert not is_description(f"{SDP}{line}\r\n")


@pytest.mark.criterion("K07")
def test_there_are_only_so_many_sections() -> None:
    section = "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:x\r\n"
    head = SDP.partition("m=")[0]
    assert is_description(head + section * SECTIONS)
    assert not is_description(head + section * (SECTIONS + 1))


@pytest.mark.criterion("K07")
@pytest.mark.parametrize(
    "line",
    [
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", "a=key-mgmt:mikey AQAFgM0XflABAAAA",
        "a=identity:eyJpZHAi", "a=x-padding:" + "x" * 1900, "a=sendrecvx", "a=rtcpx:1", "a=Crypto:1", "a=tool:<script>",
    ],
)  # fmt: skip
async def test_what_nobody_knows_is_taken_out_on_the_way(office: Office, line: str) -> None:
    guest, host = await office.enter("guest", "anna"), await office.enter("host", "Huber")
    await host.hear("peer")
    await host.say("description", to=guest.id, kind="offer", sdp=f"{SDP}{line}\r\na=rtcp-mux\r\n")
    assert (await guest.hear("description"))["sdp"] == f"{SDP}a=rtcp-mux\r\n"
