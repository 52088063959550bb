"""Reads what a client wrote and writes what it will read; refuses without ever echoing. What there is stands in messages."""

import json
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
    for name, check in row.required.items():
        if name not in raw:
            raise BadMessage("bad-message", f"{name} is missing", of)
        if not check(raw[name]):
            raise BadMessage(CHECKED_AS.get(check, "bad-message"), f"{name} is not as it should be", of)
    if len(raw) > len(row.required):
        _check_optional(of, row, raw)
    if row.make is Hello and ("ticket" in raw) == ("resume" in raw and "seen" in raw):
        raise BadMessage("bad-message", "either ticket, or resume and seen", of)
    return row, row.make(**raw)


def _check_optional(of: str, row: Kind, raw: dict[str, Any]) -> None:
    for name in raw.keys() - row.required.keys():
        check = row.optional.get(name)
        if check is None:
            raise BadMessage("bad-message", "a field that this message does not have", of)
        if not check(raw[name]):
            raise BadMessage("bad-message", f"{name} is not as it should be", of)


def _plain(part: Any) -> dict[str, Any]:
    return {wire: getattr(part, name) for name, wire in FIELDS[type(part)]}


_encode = json.JSONEncoder(separators=(",", ":"), default=_plain).encode


def encode(message: ServerMessage, n: int | None = None) -> str:
    """The text of a server's message; `n` is its number in the session, None for errors."""
    raw: dict[str, Any] = {"type": message.type} if n is None else {"type": message.type, "n": n}
    for name, wire in FIELDS[type(message)]:
        raw[wire] = getattr(message, name)
    return _encode(raw)
