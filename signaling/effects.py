"""What a room wants done, and how it refuses. Words only: who carries them out stands in hub.py."""

from dataclasses import dataclass
from typing import Final

from signaling.contract import NoticeKind
from signaling.fields import ErrorCode
from signaling.messages import ServerMessage

REPLACED: Final = 4409
ENDED: Final = 4410


@dataclass(frozen=True, slots=True)
class Send:
    session: str
    message: ServerMessage


@dataclass(frozen=True, slots=True)
class Greet:
    """Welcome this session as that member; everything after it in the list comes after the welcome."""

    session: str
    id: str


@dataclass(frozen=True, slots=True)
class Shut:
    """The session is over: forget it, close its socket once everything is sent."""

    session: str
    code: int


@dataclass(frozen=True, slots=True)
class Bar:
    """This identity enters the room no more."""

    subject: str


@dataclass(frozen=True, slots=True)
class Tell:
    """A notice for the server."""

    kind: NoticeKind
    subject: str
    role: str


Effect = Send | Greet | Shut | Bar | Tell


class Refused(Exception):
    """What was asked may not be done; nothing has changed."""

    def __init__(self, code: ErrorCode, detail: str) -> None:
        super().__init__(detail)
        self.code: ErrorCode = code
        self.detail = detail
