"""Which session descriptions are passed on, and what of them. What they mean is between the browsers; nothing is parsed here."""

import re
from typing import Any, Final

SDP_CHARS: Final = 32_768
SECTIONS: Final = 8  # microphone, camera, screen with its sound, data, and what was switched off meanwhile

# What browsers say to each other (RFC 9429, RFC 8866 and what Chromium, Firefox and WebKit write). No keys in the clear
# (crypto, key-mgmt), no identities, nothing of SIP.
ATTRIBUTES: Final = frozenset(["bundle-only", "candidate", "cname", "content", "end-of-candidates", "extmap", "extmap-allow-mixed", "fingerprint", "fmtp", "framerate", "group", "ice-lite", "ice-options", "ice-pwd", "ice-ufrag", "imageattr", "inactive", "max-message-size", "maxptime", "mid", "msid", "msid-semantic", "packetization", "ptime", "recvonly", "remote-candidates", "rid", "rtcp", "rtcp-fb", "rtcp-mux", "rtcp-mux-only", "rtcp-rsize", "rtcp-xr", "rtpmap", "sctp-port", "sctpmap", "sendonly", "sendrecv", "setup", "simulcast", "ssrc", "ssrc-group", "tls-id", "ts-refclk", "mediaclk"])  # fmt: skip
_MEDIA: Final = r"m=(?:audio|video) \d{1,5} (?:UDP/TLS|TCP/DTLS)/RTP/SAVPF(?: \d{1,3}){1,128}+"
_DATA: Final = r"m=application \d{1,5} (?:UDP|TCP)/DTLS/SCTP webrtc-datachannel"
_OTHER: Final = r"[ostbc]=[\x20-\x7e]{1,500}+"
_ANY: Final = r"a=[\x21-\x7e][\x20-\x7e]{0,1999}+"
_shape: Final = re.compile(rf"v=0\r?\n(?:(?:{_ANY}|{_OTHER}|{_MEDIA}|{_DATA})\r?\n)++").fullmatch
_foreign: Final = re.compile(rf"\na=(?!(?:{'|'.join(sorted(ATTRIBUTES))})[:\r\n])").search
_name: Final = re.compile(r"a=([^:\r\n]*)").match


def is_description(value: Any) -> bool:
    """Whether this is a description of sound, picture and data channels over DTLS, of a size that browsers need."""
    return (
        type(value) is str
        and len(value) <= SDP_CHARS
        and _shape(value) is not None
        and value.count("\nm=") <= SECTIONS
    )


def known(description: str) -> str:
    """The description without attributes that nobody here knows; a browser has to ignore those anyway."""
    if _foreign(description) is None:
        return description
    return "".join(line for line in description.splitlines(keepends=True) if _is_known(line))


def _is_known(line: str) -> bool:
    found = _name(line)
    return found is None or found[1] in ATTRIBUTES
