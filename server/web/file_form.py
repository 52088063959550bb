"""A form with one file, read piece by piece and no further than its limit. What is in the file is others' affair."""

import hmac
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from server.errors import BadInput, ForeignOrigin, TooLarge
from server.web.call import Call

FIELD_BYTES = 1000


@dataclass(frozen=True)
class FileForm:
    """The file with the name its sender gave it, and the other fields."""

    name: str
    data: bytes
    fields: dict[str, str] = field(default_factory=dict)


async def read_file_form(call: Call, limit: int, *, csrf: bool = False) -> FileForm:
    """The field `file` of a form. With `csrf` the form has to carry the session's token before its file.

    Raises `BadInput`, `TooLarge`, `ForeignOrigin`.
    """
    fields: dict[str, str] = {}
    try:
        reader = await call.request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise BadInput
            if part.name == "file":
                _check(call, fields, csrf)
                data = await _read(part, limit)
                return FileForm((part.filename or "")[:200], data, fields)
            if part.name and len(fields) < 10:
                fields[part.name] = (await _read(part, FIELD_BYTES)).decode("utf-8", "replace")
    except (
        ValueError,
        LookupError,
        AssertionError,
        RuntimeError,
        HttpProcessingError,
        web.RequestPayloadError,
    ):
        raise BadInput from None
    _check(call, fields, csrf)
    raise BadInput("Bitte wählen Sie eine Datei aus.")


def _check(call: Call, fields: dict[str, str], csrf: bool) -> None:
    if csrf and not hmac.compare_digest(fields.get("csrf", "").encode(), call.member.csrf.encode()):
        raise ForeignOrigin("Die Sitzung passt nicht mehr zu dieser Seite. Bitte laden Sie sie neu.")


async def _read(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += part.decode(chunk)
        if len(data) > limit:
            raise TooLarge(params={"limit_mb": max(1, limit // 1_000_000)})
    return bytes(data)
