"""What a field of a client's message may hold, each a check of one value, and the codes of refusal. Which message has which
field stands in messages.py."""

import re
from collections.abc import Callable
from typing import Any, Final, Literal

Check = Callable[[Any], bool]
ErrorCode = Literal[
    "bad-message", "unknown-type", "not-allowed", "no-such-session", "ticket-refused", "ticket-used", "room-closed",
    "too-early", "too-fast", "too-large", "hello-timeout", "not-a-peer", "bad-sdp", "removed", "try-again",
]  # fmt: skip


class BadMessage(Exception):
    """A message that is refused, with the protocol's code for it; `of` is its type where that is known."""

    def __init__(self, code: ErrorCode, detail: str, of: str = "") -> None:
        super().__init__(detail)
        self.code: ErrorCode = code
        self.detail = detail
        self.of = of


def _text(pattern: str, longest: int) -> Check:
    matches = re.compile(pattern).fullmatch
    return lambda value: type(value) is str and len(value) <= longest and matches(value) is not None


def number(most: int) -> Check:
    return lambda value: type(value) is int and 0 <= value <= most


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def flag(value: Any) -> bool:
    return type(value) is bool


ident: Final = _text(r"[A-Za-z0-9_-]+", 64)
instance: Final = _text(r"[A-Za-z0-9_-]{8,64}", 64)
token: Final = _text(r"[A-Za-z0-9_.-]+", 4096)
session: Final = _text(r"[A-Za-z0-9_.-]+", 300)
kind: Final = _text(r"offer|answer", 6)
candidate: Final = _text(r"(?:(?:a=)?candidate:[\x20-\x7e]+)?", 1024)
mid: Final = _or_null(_text(r"[\x21-\x7e]*", 64))
line: Final = _or_null(number(64))
fragment: Final = _or_null(_text(r"[A-Za-z0-9+/=_-]*", 256))
