"""Every message of the signaling protocol, how it is read and how it is written. What they mean stands in PROTOCOL.md."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final, Literal

from signaling.fields import (
    Check,
    ErrorCode,
    candidate,
    flag,
    fragment,
    ident,
    instance,
    kind,
    line,
    mid,
    number,
    session,
    token,
)
from signaling.sdp import is_description

SUBPROTOCOL: Final = "sprechzeit.v1"
MESSAGE_BYTES: Final = 65_536

State = Literal["waiting", "admitted"]
EndReason = Literal["host", "window", "idle", "replaced", "left", "removed", "handed-over"]


CHECKED_AS: Final[Mapping[Check, ErrorCode]] = {is_description: "bad-sdp", candidate: "bad-sdp"}


# ── client ► server: what a client asks for ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Hello:
    """Either a ticket, or the session to resume and the last number seen of it. `device` is a browser tab's secret."""

    instance: str
    ticket: str = ""
    resume: str = ""
    seen: int = 0
    device: str = ""


@dataclass(frozen=True, slots=True)
class Admit:
    guest: str


@dataclass(frozen=True, slots=True)
class Remove:
    guest: str


@dataclass(frozen=True, slots=True)
class SendBack:
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
    screen: bool = False


@dataclass(frozen=True, slots=True)
class Leave:
    pass


@dataclass(frozen=True, slots=True)
class End:
    pass


ClientMessage = Hello | Admit | Remove | SendBack | Describe | AddCandidate | SetMedia | Leave | End


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
_RESUME: Final = {"resume": session, "seen": number(2**53)}
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
    _row("hello", Hello, None, "enter", {"instance": instance}, _TICKET | _RESUME | {"device": instance}),
    _row("admit", Admit, "admit", "admit", {"guest": ident}),
    _row("remove", Remove, "admit", "remove", {"guest": ident}),
    _row("send_back", SendBack, "admit", "send_back", {"guest": ident}),
    _row("description", Describe, None, "describe", {"to": ident, "kind": kind, "sdp": is_description}),
    _row("candidate", AddCandidate, None, "add_candidate", {"to": ident, "candidate": candidate}, _WHERE),
    _row("media", SetMedia, None, "set_media", {"audio": flag, "video": flag}, {"screen": flag}),
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
    part: str
    replaces: str


@dataclass(frozen=True, slots=True)
class Welcome:
    type: ClassVar = "welcome"
    me: str
    session: str
    room: str
    role: str
    part: str
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
class SentBack:
    type: ClassVar = "sent-back"


@dataclass(frozen=True, slots=True)
class Peer:
    type: ClassVar = "peer"
    id: str
    name: str
    role: str
    part: str
    polite: bool
    instance: str
    prepared: bool
    audio: bool
    video: bool
    screen: bool


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
    screen: bool


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
class Moving:
    type: ClassVar = "moving"


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
    Welcome | Waiting | Queue | Admitted | SentBack | Peer | Description | Candidate | Media | Presence | Left | Ended
    | Moving | Snapshot | Error
)  # fmt: skip
SERVER: Final[tuple[type[ServerMessage], ...]] = (
    Welcome, Waiting, Queue, Admitted, SentBack, Peer, Description, Candidate, Media, Presence, Left, Ended, Moving,
    Snapshot, Error,
)  # fmt: skip
ON_WIRE: Final = {"sender": "from", "me": "self"}
FIELDS: Final = {
    shape: tuple((part.name, ON_WIRE.get(part.name, part.name)) for part in fields(shape))
    for shape in (*SERVER, Guest)
}
"""Per shape the names of its fields, here and on the wire (two are words of Python)."""
