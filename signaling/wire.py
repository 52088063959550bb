"""Reads what a client wrote and writes what it will read; refuses without ever echoing. What there is stands in messages."""

import json
from collections.abc import Callable
from json.encoder import encode_basestring_ascii
from operator import attrgetter
from typing import Any, NoReturn

from signaling.fields import BadMessage
from signaling.messages import (
    CHECKED_AS,
    CLIENT,
    FIELDS,
    SERVER,
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


def _value(value: Any) -> str:
    # Plain text and flags make up nearly all that is passed on; the whole encoder costs three times as much.
    if type(value) is str:
        return encode_basestring_ascii(value)
    if value is None:
        return "null"
    return _encode(value)


def _writer(shape: type[ServerMessage]) -> tuple[str, tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The beginning, the names on the wire, and what takes all values out of a message in one step."""
    names = [name for name, _ in FIELDS[shape]]
    keys = tuple(f',"{wire}":' for _, wire in FIELDS[shape])
    many = attrgetter(*names) if len(names) > 1 else None
    return (
        f'{{"type":"{shape.type}"',
        keys,
        many or (lambda message: tuple(getattr(message, name) for name in names)),
    )


_WRITERS = {shape: _writer(shape) for shape in SERVER}


def encode(message: ServerMessage, n: int | None = None) -> str:
    """The text of a server's message; `n` is its number in the session, None for errors."""
    head, keys, values_of = _WRITERS[type(message)]
    parts = [head] if n is None else [f'{head},"n":{n}']
    for key, value in zip(keys, values_of(message), strict=True):
        parts += (key, _value(value))
    parts.append("}")
    return "".join(parts)
