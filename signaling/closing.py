"""Why a connection ends: the close codes of the protocol, and the exception that carries one."""

from typing import Final

from signaling.fields import ErrorCode
from signaling.messages import Error

GOING_AWAY: Final = 1001
MOVING: Final = 1012
TRY_AGAIN: Final = 1013
BAD_MESSAGES: Final = 4400
TICKET_REFUSED: Final = 4401
NOT_ALLOWED: Final = 4403
HELLO_TIMEOUT: Final = 4408
TOO_LARGE: Final = 4413
TOO_FAST: Final = 4429


class Cut(Exception):
    """This connection ends now: the error that is told (none: silence) and the close code."""

    def __init__(self, code: int, error: ErrorCode | None = None, detail: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.error = None if error is None else Error(error, detail, "")


def close_code(code: ErrorCode) -> int:
    """The close code that goes with a refusal at the door."""
    return TICKET_REFUSED if code in ("ticket-refused", "ticket-used") else NOT_ALLOWED
