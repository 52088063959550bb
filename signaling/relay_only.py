"""What a host's browser says of its own network is taken out before it goes on, where media goes through a relay. Pure."""

import re
from dataclasses import replace
from typing import Final

from signaling.messages import AddCandidate, ClientMessage, Describe

# In `o=`, `c=` and `a=rtcp:`: addresses that ICE does not need, its candidates carry their own.
ADDRESS: Final = re.compile(r"\bIN IP[46] \S+")
RELATED: Final = re.compile(r" raddr \S+ rport \S+")
TYPE: Final = 6


def hide(message: ClientMessage) -> ClientMessage | None:
    """The message without the sender's own addresses; None when it would say nothing else. A second line of defence:
    a browser that is told `relay` gathers nothing but relayed candidates, or so it should."""
    if isinstance(message, Describe):
        return replace(message, sdp=_description(message.sdp))
    if isinstance(message, AddCandidate) and message.candidate:
        candidate = _candidate(message.candidate)
        return None if candidate is None else replace(message, candidate=candidate)
    return message


def _description(sdp: str) -> str:
    lines = []
    for line in sdp.splitlines(keepends=True):
        kept = _candidate(line) if line.startswith("a=candidate:") else ADDRESS.sub("IN IP4 0.0.0.0", line)
        if kept is not None:
            lines.append(kept)
    return "".join(lines)


def _candidate(text: str) -> str | None:
    """None unless it is a relayed one; the address behind the relay (`raddr`) is that of the sender's router."""
    parts = text.split()
    if parts[TYPE : TYPE + 2] != ["typ", "relay"]:
        return None
    return RELATED.sub(" raddr 0.0.0.0 rport 0", text)
