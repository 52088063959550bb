"""A file that comes in several requests: sealed as it arrives, cut back to what counts, gone on with. Knows no HTTP.

How much of it counts is said by the database, not by the file: what a dying process wrote beyond that is cut off.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import BinaryIO, Protocol

from server.documents.pieces import HEAD, LENGTH, Sealer, piece_head
from server.documents.pour import Carrying, Waiting, in_thread, in_thread_ended, settle
from server.documents.seal import Store, bound
from server.sealing import SealBroken

# What a killed process may lose of one long request; browsers send parts of 4 MB.
KEPT_EVERY = 32 * 1024 * 1024


class Busy(Exception):
    """Another request writes this file, or has just taken it over."""


class Moved(Exception):
    """The file is at another place than the one that was meant."""


class TooMuch(Exception):
    """More came than was announced; what fits is kept."""


class Check(Protocol):
    """Sees all bytes of a request; says at its end whether they are what was meant."""

    def update(self, data: bytes, /) -> None: ...
    def holds(self) -> bool: ...


async def begin(store: Store, document_id: str) -> None:
    """An empty file to grow."""
    part = store.part(document_id)
    await in_thread(lambda: _new(part, Sealer(bytes(32), "").head))


async def grow(
    store: Store,
    document_id: str,
    key: bytes,
    bound_to: str,
    *,
    offset: int,
    size: int,
    chunks: AsyncIterator[bytes],
    standing: Callable[[], Awaitable[int]],
    kept: Callable[[int], Awaitable[None]],
    check: Check | None = None,
) -> int:
    """Adds `chunks` behind the first `offset` bytes of text; returns how many there are then.

    `standing` says how many count so far, asked once nobody else can write; `kept` is told each new count that is safe
    on disk. A broken-off request keeps what arrived, unless there is a `check`: then all of it counts or nothing.
    Raises `Busy`, `Moved`, `TooMuch` beyond `size`, SealBroken when the file holds less than it should.
    """
    with store.writing(document_id) as stop:
        file = await in_thread(lambda: _opened(store.part(document_id)))
        try:
            if (received := await standing()) != offset:
                raise Moved
            growing = _Growing(file, size, received, kept, all_or_nothing=check is not None)
            await in_thread(lambda: growing.go_to(key, bound(bound_to, document_id)))
            try:
                await _pour(growing, _until(chunks, stop), check)
            finally:
                await growing.end()
            return growing.kept_count
        finally:
            file.close()


async def _pour(growing: "_Growing", chunks: AsyncIterator[bytes], check: Check | None) -> None:
    try:
        async for chunk in chunks:
            if check is not None:
                check.update(chunk)
            await growing.add(chunk)
    except Exception as error:
        if check is None:
            await growing.keep()
        # who is stopped behind the last byte has nothing left to send
        if not (isinstance(error, Busy) and growing.whole):
            raise
    if check is None or check.holds():
        await growing.keep()


async def _until(chunks: AsyncIterator[bytes], stop: asyncio.Event) -> AsyncIterator[bytes]:
    """The chunks, until another request wants to write: a phone comes back before its dead line is noticed."""
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while True:
            step = asyncio.ensure_future(anext(chunks, None))
            await asyncio.wait({step, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not step.done():
                step.cancel()
                await asyncio.wait({step})
                raise Busy
            if (chunk := step.result()) is None:
                return
            yield chunk
    finally:
        stopping.cancel()


class _Growing:
    def __init__(
        self,
        file: BinaryIO,
        size: int,
        received: int,
        kept: Callable[[int], Awaitable[None]],
        *,
        all_or_nothing: bool,
    ) -> None:
        self._file, self._size, self._kept = file, size, kept
        self._all_or_nothing = all_or_nothing
        self.kept_count = self._count = received
        self._waiting = Waiting()
        self._sealer: Sealer | None = None
        self._saying: asyncio.Task[None] | None = None
        self._carrying = Carrying(file)

    def go_to(self, key: bytes, bound_to: str) -> None:
        """Cuts the file behind the piece that ends at the count, and seals on from there."""
        head = self._file.read(HEAD)
        text = number = 0
        position = HEAD
        while text < self._count:
            begin = self._file.read(LENGTH.size)
            if len(begin) < LENGTH.size:
                raise SealBroken(bound_to)
            piece = piece_head(begin)
            text, number, position = text + piece.text, number + 1, position + piece.sealed
            self._file.seek(position)
        if text != self._count or os.fstat(self._file.fileno()).st_size < position:
            raise SealBroken(bound_to)
        self._file.truncate(position)
        self._file.seek(position)
        self._sealer = Sealer(key, bound_to, head=head, goes_on_at=number)

    @property
    def whole(self) -> bool:
        return self.kept_count == self._size

    async def add(self, chunk: bytes) -> None:
        if self._count + len(self._waiting) + len(chunk) > self._size:
            raise TooMuch
        for whole in self._waiting.add(chunk):
            await self._write(whole)
        if self._all_or_nothing or self._count - self.kept_count < KEPT_EVERY:
            return
        if self._saying is None or self._saying.done():
            await self._said()
            self._saying = asyncio.create_task(self._say())  # while more arrives

    async def _said(self) -> None:
        if self._saying is not None:
            await asyncio.shield(self._saying)

    async def end(self) -> None:
        """Before the file is closed."""
        if self._saying is not None:
            await in_thread_ended(self._saying)
        await self._carrying.end()

    async def keep(self) -> None:
        """What waits is written, though it be a short piece; then the count is told."""
        await self._said()
        if self._waiting:
            await self._write(self._waiting.rest())
        if self._count != self.kept_count:
            await self._say()

    async def _write(self, plain: memoryview) -> None:
        last = self._count + len(plain) == self._size
        sealer = self._sealer
        if sealer is None:
            raise RuntimeError("go_to comes first")
        await in_thread(lambda: self._file.writelines(sealer.pieces(plain, last=last)))
        self._count += len(plain)
        self._carrying.go_on(len(plain))

    async def _say(self) -> None:
        count = self._count
        await in_thread(lambda: settle(self._file, ()))
        await self._kept(count)
        self.kept_count = count


def _new(part: "os.PathLike[str]", head: bytes) -> None:
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        settle(file, (head,))


def _opened(part: "os.PathLike[str]") -> BinaryIO:
    """Opened and locked: the lock goes with the process, however it ends."""
    file = os.fdopen(os.open(part, os.O_RDWR), "r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise Busy from None
    return file
