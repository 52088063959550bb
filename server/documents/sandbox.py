"""Runs `decode.py` as a child process and feeds it a file, within bounds (`server/child.py`). Judges no content."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.child import ChildFailed, run_child
from server.documents.decode import REFUSED

PROGRAM: Final = Path(__file__).with_name("decode.py")
CHECK_S: Final = 90.0
PAGE_S: Final = 45.0
MOST_WORDS: Final = 64 * 1024
MOST_PICTURE: Final = 40 * 1024 * 1024


class NotDecodable(ChildFailed):
    """The file could not be decoded within the limits; `reason` says why, in a word."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look into a file told: its pages, and what it could do by itself."""

    pages: int
    active: tuple[str, ...]


async def look_into(media_type: str, chunks: AsyncIterator[bytes], seconds: float = CHECK_S) -> Found:
    """Decodes enough of a file to vouch for it. Raises NotDecodable."""
    said = json.loads(await _run(["check", media_type], chunks, seconds, MOST_WORDS))
    return Found(int(said["pages"]), tuple(said["active"]))


async def page_of(media_type: str, chunks: AsyncIterator[bytes], number: int, width: int) -> bytes:
    """One page (from 0) as PNG, `width` pixels wide. Raises NotDecodable."""
    return await _run(["page", media_type, str(number), str(width)], chunks, PAGE_S, MOST_PICTURE)


async def _run(arguments: list[str], chunks: AsyncIterator[bytes], seconds: float, most: int) -> bytes:
    try:
        return await run_child(PROGRAM, arguments, chunks, seconds=seconds, most=most, refused=REFUSED)
    except ChildFailed as failed:
        raise NotDecodable(failed.reason) from None
