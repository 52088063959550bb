"""Runs one of our small programs as a child process: fed on standard input, bounded in time and in what it may say.

What a child can not do is up to its program (`documents/lockdown.py`). Judges no content.
"""

import asyncio
import contextlib
import fcntl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

AT_ONCE: Final = 2
PASSING: Final = 256 * 1024
PIPE: Final = 1024 * 1024

_places: "WeakKeyDictionary[asyncio.AbstractEventLoop, Places]" = WeakKeyDictionary()


class Places:
    """At most AT_ONCE children. One whose file still arrives gives its place to whoever asks for one."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)
        self._giving_way: list[Callable[[], None]] = []

    @property
    def free(self) -> bool:
        return not self._free.locked()

    def gives_way(self, end: Callable[[], None]) -> None:
        """Until `stays` its child may be ended by this."""
        self._giving_way.append(end)

    def stays(self, end: Callable[[], None]) -> None:
        if end in self._giving_way:
            self._giving_way.remove(end)

    async def __aenter__(self) -> None:
        if self._free.locked() and self._giving_way:
            self._giving_way.pop(0)()
        await self._free.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._free.release()


def places() -> Places:
    """Those of this server process."""
    return _places.setdefault(asyncio.get_running_loop(), Places())


class ChildFailed(Exception):
    """No answer within the bounds; `reason` says why, in a word: the child's own, "too-long" or "too-much"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def run_child(
    program: Path,
    arguments: list[str],
    chunks: AsyncIterator[bytes],
    *,
    seconds: float,
    most: int,
    refused: int,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """What the program writes, at most `most` bytes. With exit code `refused` its output is the reason. Raises ChildFailed."""
    async with places():
        # -I: no environment, no folder of ours among the places that modules are taken from
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-B", str(program), *arguments),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env=dict(environment or {}), cwd="/",
        )  # fmt: skip
        feeding = asyncio.create_task(_feed(child, chunks))
        try:
            async with asyncio.timeout(seconds):
                output = await _read(child, most)
                code = await child.wait()
        except TimeoutError:
            raise ChildFailed("too-long") from None
        finally:
            await _end(child, feeding)
    if code == refused:
        raise ChildFailed(output.decode("ascii", "replace")[:40])
    if code != 0 or len(output) > most:
        raise ChildFailed("too-much")
    return output


async def in_one(data: bytes) -> AsyncIterator[bytes]:
    """Bytes that are there already, as what a child is fed with."""
    yield data


async def _feed(child: asyncio.subprocess.Process, chunks: AsyncIterator[bytes]) -> None:
    if child.stdin is None:
        return
    with contextlib.suppress(OSError):  # the user's share of pipes is used up: it goes slower
        pipe = child.stdin.get_extra_info("pipe")
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
    try:
        async for chunk in chunks:
            view = memoryview(chunk)
            for start in range(0, len(view), PASSING):
                child.stdin.write(view[start : start + PASSING])
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
