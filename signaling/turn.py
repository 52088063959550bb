"""Credentials for the city's TURN server that die soon after the room. Talks to no server."""

import base64
import hashlib
import hmac
from typing import Any, Final

from signaling.contract import Role
from signaling.settings import SignalingSettings

GRACE_S: Final = 600
LONGEST_S: Final = 86_400


def ice_servers(settings: SignalingSettings, subject: str, until: float, now: float) -> list[dict[str, Any]]:
    """`iceServers` for a browser: valid until ten minutes after `until` (epoch seconds), never more than a day.

    The scheme is coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00). Without TURN: an empty list, so that
    no browser asks a foreign server.
    """
    if not settings.turn_urls:
        return []
    expiry = int(min(until + GRACE_S, now + LONGEST_S))
    username = f"{expiry}:{subject}"
    digest = hmac.new(settings.turn_secret.encode(), username.encode(), hashlib.sha1).digest()
    credential = base64.b64encode(digest).decode()
    return [{"urls": list(settings.turn_urls), "username": username, "credential": credential}]


def relays_only(settings: SignalingSettings, role: Role) -> bool:
    """A clerk's home address stays unknown: relay-only on that side wherever there is a relay."""
    return bool(settings.turn_urls) and role == "host"


def ice_transport_policy(settings: SignalingSettings, role: Role) -> str:
    return "relay" if relays_only(settings, role) else "all"
