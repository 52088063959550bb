"""Reads what a client wrote and writes what it will read; refuses without ever echoing. What there is stands in messages."""

import json
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NoReturn

from signaling.messages import (
    CHECKED_AS,
    CLIENT,
    FIELDS,
    BadMessage,
    ClientMessage,
    Hello,
    Kind,
    ServerMessage,
)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


def parse(text: str) -> tuple[Kind, ClientMessage]:
    """The row and the message of a client's text. Raises BadMessage; never echoes what the client wrote."""
    try:
        raw = _decode(text)
    except (ValueError, RecursionError):
        raise BadMessage("bad-message", "not a JSON object") from None
    if type(raw) is not dict:
        raise BadMessage("bad-message", "not a JSON object")
    of = raw.pop("type", None)
    row = CLIENT.get(of) if type(of) is str else None
    if row is None:
        raise BadMessage("unknown-type", "no such message")
    checks = row.checks
    for name, value in raw.items():
        check = checks.get(name)
        if check is None:
            raise BadMessage("bad-message", "a field that this message does not have", of)
        if not check(value):
            raise BadMessage(CHECKED_AS.get(check, "bad-message"), f"{name} is not as it should be", of)
    if not row.required.keys() <= raw.keys():
        raise BadMessage("bad-message", "a field is missing", of)
    if row.make is Hello and ("ticket" in raw) == ("resume" in raw and "seen" in raw):
        raise BadMessage("bad-message", "either ticket, or resume and seen", of)
    return row, row.make(**raw)


def _plain(part: Any) -> dict[str, Any]:
    return {wire: getattr(part, name) for name, wire in FIELDS[type(part)]}


_encode = json.JSONEncoder(separators=(",", ":"), default=_plain).encode


def _writer(parts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names on the wire, and what takes all their values out of a message in one step."""
    if len(parts) < 2:
        return tuple(wire for _, wire in parts), lambda message: tuple(
            getattr(message, name) for name, _ in parts
        )
    return tuple(wire for _, wire in parts), attrgetter(*(name for name, _ in parts))


_WRITERS = {shape: _writer(parts) for shape, parts in FIELDS.items()}


def encode(message: ServerMessage, n: int | None = None) -> str:
    """The text of a server's message; `n` is its number in the session, None for errors."""
    raw: dict[str, Any] = {"type": message.type} if n is None else {"type": message.type, "n": n}
    wires, values_of = _WRITERS[type(message)]
    raw.update(zip(wires, values_of(message), strict=True))
    return _encode(raw)
