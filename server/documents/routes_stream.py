"""Bytes of a request as they come, whatever they are in: steady, or ended. What becomes of them is in the verbs."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable

from aiohttp import BodyPartReader, ClientError, web
from aiohttp.http import HttpProcessingError

from server.errors import BadInput

CHUNK = 256 * 1024
PACE_S = 30.0
PACE_BYTES = 16 * 1024

UNREADABLE = (
    ValueError,
    AssertionError,
    HttpProcessingError,
    ClientError,
    ConnectionError,
    web.RequestPayloadError,
)

NO_FILE = "Bitte wählen Sie eine Datei aus."
BROKEN_OFF = "Die Übertragung ist abgebrochen. Bitte senden Sie die Datei noch einmal."
TOO_SLOW = (
    "Die Übertragung war zu langsam und wurde beendet. Bitte versuchen Sie es mit einer besseren Verbindung."
)


_SAID = re.compile(r';\s*(name|filename)="((?:\\["\\]|[^"])*)"', re.IGNORECASE)


def names_of(part: BodyPartReader) -> tuple[str | None, str | None]:
    """Name and file name of a form's part, with all that people put into names; as read otherwise where it is not in quotes.

    Browsers write a backslash as it is (WHATWG HTML § 4.10.21.8), other programs double it.
    """
    header = part.headers.get("Content-Disposition", "")
    said = {key.lower(): re.sub(r'\\(["\\])', r"\1", value) for key, value in _SAID.findall(header)}
    return said.get("name", part.name), said.get("filename", part.filename)


async def file_of(part: BodyPartReader, name: str) -> AsyncGenerator[bytes, None]:
    """The chunks of a form's file."""
    empty = True

    async def read() -> bytes | None:
        return None if part.at_eof() else await part.read_chunk(CHUNK)

    async for chunk in _steady(read):
        empty = False
        yield chunk
    if empty and not name:
        raise BadInput(NO_FILE)


async def body_of(request: web.Request) -> AsyncGenerator[bytes, None]:
    """The chunks of a whole request."""

    async def read() -> bytes | None:
        return await request.content.read(CHUNK) or None

    async for chunk in _steady(read):
        yield chunk


async def _steady(read: Callable[[], Awaitable[bytes | None]]) -> AsyncGenerator[bytes, None]:
    """One that trickles (under 16 KiB in 30 s) is ended: it would hold its place for hours."""
    clock = asyncio.get_running_loop().time
    since, arrived = clock(), 0
    try:
        while True:
            async with asyncio.timeout_at(since + PACE_S):
                chunk = await read()
            if chunk is None:
                return
            arrived += len(chunk)
            if arrived >= PACE_BYTES:
                since, arrived = clock(), 0
            if chunk:
                yield chunk
    except UNREADABLE:
        raise BadInput(BROKEN_OFF) from None
    except TimeoutError:
        raise BadInput(TOO_SLOW) from None
