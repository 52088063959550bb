"""Runs `decode.py` as a child process and feeds it a file; bounds its time and what it may say. Judges no content."""

import asyncio
import contextlib
import fcntl
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from server.documents.decode import REFUSED

PROGRAM: Final = Path(__file__).with_name("decode.py")
CHECK_S: Final = 90.0
PAGE_S: Final = 45.0
MOST_WORDS: Final = 64 * 1024
MOST_PICTURE: Final = 40 * 1024 * 1024
AT_ONCE: Final = 2
PASSING: Final = 256 * 1024
PIPE: Final = 1024 * 1024

_places: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]" = WeakKeyDictionary()


class NotDecodable(Exception):
    """The file could not be decoded within the limits; `reason` says why, in a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Found:
    """What a look into a file told: its pages, and what it could do by itself."""

    pages: int
    active: tuple[str, ...]


async def look_into(media_type: str, chunks: AsyncIterator[bytes]) -> Found:
    """Decodes enough of a file to vouch for it. Raises NotDecodable."""
    said = json.loads(await _run(["check", media_type], chunks, CHECK_S, MOST_WORDS))
    return Found(int(said["pages"]), tuple(said["active"]))


async def page_of(media_type: str, chunks: AsyncIterator[bytes], number: int, width: int) -> bytes:
    """One page (from 0) as PNG, `width` pixels wide. Raises NotDecodable."""
    return await _run(["page", media_type, str(number), str(width)], chunks, PAGE_S, MOST_PICTURE)


async def _run(arguments: list[str], chunks: AsyncIterator[bytes], seconds: float, most: int) -> bytes:
    async with _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        # -I: no environment, no folder of ours among the places that modules are taken from
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-B", str(PROGRAM), *arguments),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={}, cwd="/",
        )  # fmt: skip
        feeding = asyncio.create_task(_feed(child, chunks))
        try:
            async with asyncio.timeout(seconds):
                output = await _read(child, most)
                code = await child.wait()
        except TimeoutError:
            raise NotDecodable("too-long") from None
        finally:
            await _end(child, feeding)
    if code == REFUSED:
        raise NotDecodable(output.decode("ascii", "replace")[:40])
    if code != 0 or len(output) > most:
        raise NotDecodable("too-much")
    return output


async def _feed(child: asyncio.subprocess.Process, chunks: AsyncIterator[bytes]) -> None:
    if child.stdin is None:
        return
    with contextlib.suppress(OSError):  # the user's share of pipes is used up: it goes slower
        pipe = child.stdin.get_extra_info("pipe")
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
    try:
        async for chunk in chunks:
            for start in range(0, len(chunk), PASSING):
                child.stdin.write(chunk[start : start + PASSING])
                await child.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has seen enough, or is dead
    finally:
        child.stdin.close()  # else it waits for what does not come


async def _read(child: asyncio.subprocess.Process, most: int) -> bytes:
    output = bytearray()
    while child.stdout is not None and (part := await child.stdout.read(PASSING)):
        output += part
        if len(output) > most:
            break
    return bytes(output)


async def _end(child: asyncio.subprocess.Process, feeding: "asyncio.Task[None]") -> None:
    with contextlib.suppress(ProcessLookupError):
        child.kill()
    feeding.cancel()
    fed = (await asyncio.gather(feeding, return_exceptions=True))[0]
    await child.wait()
    if isinstance(fed, Exception):  # the file itself can't be read: that is not the child's fault
        raise fed
