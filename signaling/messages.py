"""Every message of the signaling protocol, how it is read and how it is written. What they mean stands in PROTOCOL.md."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final, Literal

SUBPROTOCOL: Final = "sprechzeit.v1"
MESSAGE_BYTES: Final = 65_536
SDP_CHARS: Final = 32_768

Check = Callable[[Any], bool]
State = Literal["waiting", "admitted"]
EndReason = Literal["host", "window", "idle", "replaced", "left"]
ErrorCode = Literal[
    "bad-message", "unknown-type", "not-allowed", "no-such-session", "ticket-refused", "ticket-used", "room-closed",
    "too-early", "too-fast", "too-large", "hello-timeout", "not-a-peer", "bad-sdp",
]  # fmt: skip


class BadMessage(Exception):
    """A message that is refused, with the protocol's code for it; `of` is its type where that is known."""

    def __init__(self, code: ErrorCode, detail: str, of: str = "") -> None:
        super().__init__(detail)
        self.code: ErrorCode = code
        self.detail = detail
        self.of = of


# ── what a field may hold ──────────────────────────────────────────────────────────────────────────────────────────
def _text(pattern: str, longest: int) -> Check:
    matches = re.compile(pattern).fullmatch
    return lambda value: type(value) is str and len(value) <= longest and matches(value) is not None


def _number(most: int) -> Check:
    return lambda value: type(value) is int and 0 <= value <= most


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _flag(value: Any) -> bool:
    return type(value) is bool


ident: Final = _text(r"[A-Za-z0-9_-]+", 64)
instance: Final = _text(r"[A-Za-z0-9_-]{8,64}", 64)
token: Final = _text(r"[A-Za-z0-9_.-]+", 4096)
kind: Final = _text(r"offer|answer", 6)
# The shape of lines alone (RFC 8866): what they mean is between the browsers and is never parsed here.
sdp: Final = _text(r"v=0\r?\n(?:[a-z]=[\x20-\x7e]{1,2000}+\r?\n)++", SDP_CHARS)
candidate: Final = _text(r"(?:(?:a=)?candidate:[\x20-\x7e]+)?", 1024)
mid: Final = _or_null(_text(r"[\x21-\x7e]*", 64))
line: Final = _or_null(_number(64))
fragment: Final = _or_null(_text(r"[A-Za-z0-9+/=_-]*", 256))
CHECKED_AS: Final[Mapping[Check, ErrorCode]] = {sdp: "bad-sdp", candidate: "bad-sdp"}


# ── client ► server: what a client asks for ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Hello:
    """Either a ticket, or the session to resume and the last number seen of it."""

    instance: str
    ticket: str = ""
    resume: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Admit:
    guest: str


@dataclass(frozen=True, slots=True)
class Describe:
    to: str
    kind: Literal["offer", "answer"]
    sdp: str


@dataclass(frozen=True, slots=True)
class AddCandidate:
    to: str
    candidate: str
    sdp_mid: str | None = None
    sdp_m_line_index: int | None = None
    username_fragment: str | None = None


@dataclass(frozen=True, slots=True)
class SetMedia:
    audio: bool
    video: bool


@dataclass(frozen=True, slots=True)
class Leave:
    pass


@dataclass(frozen=True, slots=True)
class End:
    pass


ClientMessage = Hello | Admit | Describe | AddCandidate | SetMedia | Leave | End


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table: how the type is read, the right it needs, the method of Room (for hello: Hub) that does it."""

    type: str
    make: Callable[..., ClientMessage]
    right: Literal["admit", "end"] | None
    handler: str
    required: Mapping[str, Check]
    checks: Mapping[str, Check]


_TICKET: Final = {"ticket": token}
_RESUME: Final = {"resume": ident, "seen": _number(2**53)}
_WHERE: Final = {"sdp_mid": mid, "sdp_m_line_index": line, "username_fragment": fragment}


def _row(
    type: str,  # noqa: A002 - the protocol's word
    make: Callable[..., ClientMessage],
    right: Literal["admit", "end"] | None,
    handler: str,
    required: Mapping[str, Check] = {},
    optional: Mapping[str, Check] = {},
) -> Kind:
    return Kind(type, make, right, handler, required, {**required, **optional})


_ROWS: Final = (
    _row("hello", Hello, None, "enter", {"instance": instance}, _TICKET | _RESUME),
    _row("admit", Admit, "admit", "admit", {"guest": ident}),
    _row("description", Describe, None, "describe", {"to": ident, "kind": kind, "sdp": sdp}),
    _row("candidate", AddCandidate, None, "add_candidate", {"to": ident, "candidate": candidate}, _WHERE),
    _row("media", SetMedia, None, "set_media", {"audio": _flag, "video": _flag}),
    _row("leave", Leave, None, "leave"),
    _row("end", End, "end", "end"),
)
CLIENT: Final[Mapping[str, Kind]] = {row.type: row for row in _ROWS}


# ── server ► client: what has happened ─────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Guest:
    """One row of the host's queue, not a message of its own."""

    id: str
    name: str
    position: int
    since: int
    connected: bool
    instance: str


@dataclass(frozen=True, slots=True)
class Welcome:
    type: ClassVar = "welcome"
    me: str
    session: str
    room: str
    role: str
    name: str
    state: State
    position: int
    opens_at: int
    closes_at: int
    ice_servers: list[dict[str, Any]]
    ice_transport_policy: str
    resumed: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    type: ClassVar = "waiting"
    position: int


@dataclass(frozen=True, slots=True)
class Queue:
    type: ClassVar = "queue"
    guests: tuple[Guest, ...]


@dataclass(frozen=True, slots=True)
class Admitted:
    type: ClassVar = "admitted"


@dataclass(frozen=True, slots=True)
class Peer:
    type: ClassVar = "peer"
    id: str
    name: str
    role: str
    polite: bool
    instance: str
    prepared: bool
    audio: bool
    video: bool


@dataclass(frozen=True, slots=True)
class Description:
    type: ClassVar = "description"
    sender: str
    kind: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Candidate:
    type: ClassVar = "candidate"
    sender: str
    candidate: str
    sdp_mid: str | None
    sdp_m_line_index: int | None
    username_fragment: str | None


@dataclass(frozen=True, slots=True)
class Media:
    type: ClassVar = "media"
    sender: str
    audio: bool
    video: bool


@dataclass(frozen=True, slots=True)
class Presence:
    type: ClassVar = "presence"
    id: str
    connected: bool


@dataclass(frozen=True, slots=True)
class Left:
    type: ClassVar = "left"
    id: str


@dataclass(frozen=True, slots=True)
class Ended:
    type: ClassVar = "ended"
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Snapshot:
    type: ClassVar = "snapshot"
    state: State
    position: int
    peers: tuple[Peer, ...]
    guests: tuple[Guest, ...]


@dataclass(frozen=True, slots=True)
class Error:
    """The only message without a number: it changes nothing."""

    type: ClassVar = "error"
    code: ErrorCode
    detail: str
    of: str


ServerMessage = (
    Welcome | Waiting | Queue | Admitted | Peer | Description | Candidate | Media | Presence | Left | Ended
    | Snapshot | Error
)  # fmt: skip
SERVER: Final[tuple[type[ServerMessage], ...]] = (
    Welcome, Waiting, Queue, Admitted, Peer, Description, Candidate, Media, Presence, Left, Ended, Snapshot, Error,
)  # fmt: skip
ON_WIRE: Final = {"sender": "from", "me": "self"}
FIELDS: Final = {
    shape: tuple((part.name, ON_WIRE.get(part.name, part.name)) for part in fields(shape))
    for shape in (*SERVER, Guest)
}
"""Per shape the names of its fields, here and on the wire (two are words of Python)."""
