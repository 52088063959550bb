"""A room and its sessions as bytes, sealed, for the next process that owns it. Where the bytes are kept is in lease.py."""

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signaling.member import Member
from signaling.room import Room
from signaling.session import Session
from signaling.settings import SignalingSettings

log = logging.getLogger(__name__)

VERSION: Final = 1
NONCE: Final = 12


def pack(room: Room, sessions: Iterable[Session], settings: SignalingSettings) -> bytes:
    """Names and network addresses are in it: sealed with a key that Redis does not have."""
    state = {"version": VERSION, "room": _facts(room), "sessions": [one.facts() for one in sessions]}
    nonce = secrets.token_bytes(NONCE)
    return nonce + _seal(settings).encrypt(nonce, json.dumps(state).encode(), room.name.encode())


def unpack(
    name: str, sealed: bytes, settings: SignalingSettings, now: float
) -> tuple[Room, list[Session]] | None:
    """The room as it was left, everybody away until they are back. None when it can't be read: then it begins anew."""
    try:
        state: dict[str, Any] = json.loads(
            _seal(settings).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
        )
        if state["version"] != VERSION:
            return None
        room = _room(name, state["room"], settings.guests, now)
        return room, [Session.of(facts, name, settings) for facts in state["sessions"]]
    except (InvalidTag, ValueError, KeyError, TypeError):
        log.warning("a room that was handed over can not be read")
        return None


def _facts(room: Room) -> dict[str, Any]:
    members = [asdict(member) for member in room.members.values()]
    return {"window": [room.opens_at, room.closes_at], "turns": room.turns, "members": members}


def _room(name: str, facts: dict[str, Any], guests: int, now: float) -> Room:
    # Links are not among the facts: whoever is back is told of them anew, because what was under way just then is lost.
    opens_at, closes_at = facts["window"]
    room = Room(name, opens_at, closes_at, guests)
    room.turns = facts["turns"]
    for given in facts["members"]:
        member = Member(**given | {"rights": tuple(given["rights"]), "connected": False, "lost_at": now})
        room.members[member.id] = member
    return room


def _seal(settings: SignalingSettings) -> AESGCM:
    return AESGCM(hmac.new(settings.ticket_secret.encode(), b"moved-room", hashlib.sha256).digest())
