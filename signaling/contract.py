"""The one bridge between server and signaling: signed tickets one way, notices the other. Imports nothing of ours."""

import base64
import hashlib
import hmac
import json
import unicodedata
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, cast, get_args

from jose import jwk, jws
from jose.exceptions import JOSEError

Role = Literal["host", "guest", "recorder"]
Part = Literal["clerk", "colleague", "citizen", "interpreter", "sign", "support", "recorder"]
NoticeKind = Literal["arrived", "joined", "left", "ended", "removed", "asked"]

ALGORITHM: Final = "HS256"
ISSUER: Final = "sprechzeit"
AUDIENCE: Final = "signaling"
PURPOSE: Final = "room-entry"
LIFETIME_S: Final = 60
SKEW_S: Final = 5
KEY_BYTES: Final = 32
TOKEN_CHARS: Final = 4096
NAME_CHARS: Final = 200
HOST_RIGHTS: Final = ("admit", "end")
GUEST_RIGHTS: Final[tuple[str, ...]] = ()
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "host": ("clerk", "colleague"),
    "guest": ("citizen", "interpreter", "sign", "support", "colleague"),
    "recorder": ("recorder",),
}
HEADER: Final = {"alg": ALGORITHM, "typ": "JWT"}
CLAIMS: Final[dict[str, type]] = {
    "iss": str, "aud": str, "sub": str, "iat": int, "exp": int, "jti": str, "purpose": str,
    "room": str, "role": str, "part": str, "name": str, "opens_at": int, "closes_at": int, "rights": list,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the server promises about a person who enters a room. Times are epoch seconds.

    `role` decides what somebody may do, `part` says only as what they come: "sign" interprets sign language, "support"
    is a guardian or companion.
    """

    room: str
    role: Role
    subject: str
    name: str
    opens_at: int
    closes_at: int
    rights: tuple[str, ...]
    jti: str
    part: Part


@dataclass(frozen=True, slots=True)
class Notice:
    """Who (a derived id, never a name) did what in which room, at epoch seconds.

    Signaling tells the server. The other way: `ended` with a subject closes a room everywhere, `removed` puts one
    person out of it for good, `asked` lets signaling say again who is there.
    """

    kind: NoticeKind
    room: str
    subject: str
    role: str
    at: int

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Notice":
        """Raises ValueError for anything that is not exactly a notice."""
        raw = json.loads(text)
        wanted = {field.name: int if field.name == "at" else str for field in fields(cls)}
        if not isinstance(raw, dict) or raw.keys() != wanted.keys():
            raise ValueError("not a notice")
        if any(type(raw[name]) is not kind for name, kind in wanted.items()):
            raise ValueError("not a notice")
        if raw["kind"] not in get_args(NoticeKind):
            raise ValueError("unknown kind of notice")
        return cls(**raw)


class TicketRefused(Exception):
    """The token opens nothing. `code` goes to the client, `reason` (no personal data) into tests and logs."""

    code: Final = "ticket-refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def mint(ticket: Ticket, secret: str, now: float, lifetime_s: int = LIFETIME_S) -> str:
    """A token (JWT, RFC 7519) for one entry within `lifetime_s` (at most 60) seconds of `now` (epoch seconds).

    Raises ValueError when the key is shorter than 32 bytes or the lifetime longer than 60 s.
    """
    if not 0 < lifetime_s <= LIFETIME_S:
        raise ValueError("a ticket lives 1 to 60 seconds")
    issued = int(now)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": ticket.subject,
        "iat": issued,
        "exp": issued + lifetime_s,
        "jti": ticket.jti,
        "purpose": PURPOSE,
        "room": ticket.room,
        "role": ticket.role,
        "part": ticket.part,
        "name": _shown(ticket.name),
        "opens_at": ticket.opens_at,
        "closes_at": ticket.closes_at,
        "rights": list(ticket.rights),
    }
    return jws.sign(claims, cast(Any, _key(secret)), algorithm=ALGORITHM)


def verify(token: str, secret: str, now: float) -> Ticket:
    """The ticket inside a token that `mint` made; whether its `jti` was used before is the caller's to ask.

    The library's own claim checks are not used: they read the machine's clock and accept missing claims.
    Raises TicketRefused.
    """
    if len(token) > TOKEN_CHARS or token.count(".") != 2:
        raise TicketRefused("shape")
    try:
        if jws.get_unverified_header(token) != HEADER:
            raise TicketRefused("header")
        payload = jws.verify(token, cast(Any, _key(secret)), algorithms=[ALGORITHM])
        claims: object = json.loads(payload)
    except (JOSEError, ValueError, RecursionError) as error:
        raise TicketRefused("signature") from error
    return _ticket(claims, now)


def _ticket(claims: object, now: float) -> Ticket:
    if not isinstance(claims, dict) or claims.keys() != CLAIMS.keys():
        raise TicketRefused("claims")
    if any(type(claims[name]) is not kind for name, kind in CLAIMS.items()):
        raise TicketRefused("claims")
    if (claims["iss"], claims["aud"], claims["purpose"]) != (ISSUER, AUDIENCE, PURPOSE):
        raise TicketRefused("purpose")
    if claims["role"] not in PARTS or not all(type(right) is str for right in claims["rights"]):
        raise TicketRefused("claims")
    if claims["part"] not in PARTS[claims["role"]]:
        raise TicketRefused("claims")
    if not all(0 < len(claims[name]) <= NAME_CHARS for name in ("sub", "jti", "room", "name")):
        raise TicketRefused("claims")
    if claims["exp"] <= now or claims["exp"] - claims["iat"] > LIFETIME_S or claims["iat"] > now + SKEW_S:
        raise TicketRefused("expired")
    return Ticket(
        room=claims["room"],
        role=claims["role"],
        subject=claims["sub"],
        name=claims["name"],
        opens_at=claims["opens_at"],
        closes_at=claims["closes_at"],
        rights=tuple(claims["rights"]),
        jti=claims["jti"],
        part=claims["part"],
    )


def room_name(secret: str, appointment_id: str) -> str:
    """The room of an appointment: 128 bit, base64url, not to be guessed or traced back without the secret."""
    return _derived(secret, "room", appointment_id)


def shard(room: str) -> str:
    """Two characters that lead everybody of a room to the same signaling process; they stand in an address and tell
    nothing of the room."""
    return hashlib.sha256(room.encode()).hexdigest()[:2]


def participant_id(secret: str, room: str, who: str) -> str:
    """The same person's id in one room (stable, so that a reload replaces the old session), unlinkable between rooms."""
    return _derived(secret, "participant", f"{room}|{who}")


def _derived(secret: str, purpose: str, text: str) -> str:
    digest = hmac.new(secret.encode(), f"{purpose}|{text}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def _key(secret: str) -> object:
    if len(secret.encode()) < KEY_BYTES:
        raise ValueError(f"the ticket secret needs at least {KEY_BYTES} bytes")
    # Built here, because the library would otherwise guess what kind of key a string is.
    return jwk.construct(secret, ALGORITHM)


def _shown(name: str) -> str:
    clean = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cs")).strip()
    return clean[:NAME_CHARS] or "–"
