"""How a stream gets to the disk while it arrives: memory that is used again, work in threads, and no long wait at the end.

What is written there is in `pieces.py`, where it lies in `seal.py`.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TypeVar

from server.documents.pieces import PIECE

T = TypeVar("T")

BATCH = 16
CARRIED_EVERY = 8 * 1024 * 1024


class Waiting:
    """What has come and is not sealed yet, in memory that is used again and again."""

    def __init__(self) -> None:
        self._buffer = memoryview(bytearray(BATCH * PIECE))
        self._filled = 0

    def __len__(self) -> int:
        return self._filled

    def add(self, chunk: bytes) -> Iterator[memoryview]:
        """Takes a chunk; each full batch must be used up before the next is asked for. The end stays back: only the end
        of the stream tells which piece is the last."""
        coming = memoryview(chunk)
        while coming:
            if self._filled == len(self._buffer):
                yield self._buffer
                self._filled = 0
            fits = coming[: len(self._buffer) - self._filled]
            self._buffer[self._filled : self._filled + len(fits)] = fits
            self._filled += len(fits)
            coming = coming[len(fits) :]

    def rest(self) -> memoryview:
        """All that waits; nothing does then."""
        filled, self._filled = self._filled, 0
        return self._buffer[:filled]


class Carrying:
    """Has the disk take what was written while more arrives, so that the end need not wait for all of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._written = 0
        self._step: asyncio.Future[None] | None = None

    def go_on(self, written: int) -> None:
        """So many more bytes were written. One step at a time; it promises nothing: `settle` does."""
        self._written += written
        if self._written >= CARRIED_EVERY and (self._step is None or self._step.done()):
            self._written = 0
            self._step = asyncio.ensure_future(asyncio.to_thread(_carry, self._file.fileno()))

    async def end(self) -> None:
        """Before the file is closed."""
        if self._step is not None:
            await in_thread_ended(self._step)


def _carry(descriptor: int) -> None:
    try:
        os.fdatasync(descriptor)
    except OSError:
        return  # said once more, and then heard, when the file is settled


def settle(file: BinaryIO, sealed: Iterable[bytes | memoryview]) -> None:
    file.writelines(sealed)
    file.flush()
    os.fsync(file.fileno())


async def in_thread(work: Callable[[], T]) -> T:
    """Like asyncio.to_thread, but a cancelled caller waits for the step under way: its file must not be closed."""
    step = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        await in_thread_ended(step)
        raise


async def in_thread_ended(step: "asyncio.Future[T]") -> None:
    """Waits for a step under way, whatever becomes of it."""
    await asyncio.wait([step])
