"""The sealed store: files on disk as ciphertext only, written and read as streams. What may come in is in `upload.py`.

How the bytes are sealed under the case key is in `pieces.py`.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from server.documents.pieces import AROUND, HEAD, PIECE, Opener, Sealer, opener
from server.documents.pour import BATCH, Carrying, Waiting, in_thread, settle

LEFTOVER_AGE = timedelta(hours=1)
_ID = re.compile(r"[0-9a-f]{32}")


class Store:
    """The sealed store in a local folder. Only ciphertext is ever written; a broken-off upload leaves nothing.

    `bound_to` names the owner ("case/ID"); reading needs the same. A full disk raises OSError and leaves nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, list[tuple[asyncio.Event, asyncio.Event]]] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def write(self, document_id: str, key: bytes, bound_to: str, chunks: AsyncIterator[bytes]) -> int:
        """Seals the stream under the document's name; returns the size of the plain text in bytes."""
        part, whole = self.part(document_id), self._whole(document_id)
        sealer = Sealer(key, bound(bound_to, document_id))
        try:
            file = await in_thread(lambda: _create(part))
            carrying = Carrying(file)
            try:
                size = await self._pour(file, carrying, sealer, chunks)
            finally:
                await carrying.end()
                file.close()
            await in_thread(lambda: publish(part, whole))
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return size

    async def _pour(
        self, file: BinaryIO, carrying: Carrying, sealer: Sealer, chunks: AsyncIterator[bytes]
    ) -> int:
        size = 0
        waiting = Waiting()
        file.write(sealer.head)
        async for chunk in chunks:
            size += len(chunk)
            for whole in waiting.add(chunk):
                await in_thread(lambda whole=whole: file.writelines(sealer.pieces(whole, last=False)))  # type: ignore[misc]
                carrying.go_on(len(whole))
        await in_thread(lambda: settle(file, sealer.pieces(waiting.rest(), last=True)))
        return size

    async def read(self, document_id: str, key: bytes, bound_to: str) -> AsyncGenerator[bytes, None]:
        """The plain text in order. `SealBroken` when it was tampered with, FileNotFoundError when it is gone.

        Every piece is checked before it is handed out; that the end is missing shows at the end.
        """
        path = self._whole(document_id)
        file = await in_thread(lambda: path.open("rb"))
        try:
            opening = opener(key, bound(bound_to, document_id), file.read(HEAD))
            buffer = memoryview(bytearray(BATCH * (PIECE + AROUND)))
            while (texts := await in_thread(lambda: _opened(file, buffer, opening))) is not None:
                for text in texts:
                    yield text
            if text := opening.finish():
                yield text
        finally:
            file.close()

    @contextmanager
    def writing(self, document_id: str) -> Iterator[asyncio.Event]:
        """While a request of this process writes a file: the event says that another one wants to."""
        stop, done = own = (asyncio.Event(), asyncio.Event())
        writers = self._writers.setdefault(document_id, [])
        writers.append(own)
        try:
            yield stop
        finally:
            done.set()
            writers.remove(own)
            if not writers:
                del self._writers[document_id]

    async def interrupt(self, document_id: str) -> None:
        """Asks who writes this file in this process to stop, and waits until all that came is kept."""
        writers = list(self._writers.get(document_id, ()))  # more than one while some find it locked
        for stop, _ in writers:
            stop.set()
        for _, done in writers:
            await done.wait()

    async def complete(self, document_id: str) -> None:
        """A file that grew to its end in `grow.py` takes its place; that it has already is fine."""
        part, whole = self.part(document_id), self._whole(document_id)
        if not await in_thread(whole.exists):
            await in_thread(lambda: publish(part, whole))

    async def remove(self, document_id: str) -> None:
        """Takes the bytes away; that they are already gone is fine."""
        for path in (self._whole(document_id), self.part(document_id)):
            await in_thread(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]

    def settled(self, now: datetime) -> list[str]:
        """The ids of all files, whole or begun, untouched for more than an hour: those without a row are orphans."""
        files = [*self._folder.glob("*.sealed"), *self._folder.glob("*.part")]
        return [path.stem for path in files if _untouched(path, now)]

    def now(self) -> datetime:
        """The time by the store's own clock, which dates its files: a network folder's may differ from ours."""
        with tempfile.TemporaryFile(dir=self._folder) as mark:  # has no name: nobody finds it in the store
            return datetime.fromtimestamp(os.fstat(mark.fileno()).st_mtime, UTC)

    def part(self, document_id: str) -> Path:
        """Where a document lies while it is not whole."""
        return self._folder / f"{checked_id(document_id)}.part"

    def _whole(self, document_id: str) -> Path:
        return self._folder / f"{checked_id(document_id)}.sealed"


def checked_id(document_id: str) -> str:
    if not _ID.fullmatch(document_id):
        raise ValueError("not a document id")
    return document_id


def bound(bound_to: str, document_id: str) -> str:
    return f"{bound_to}/document/{document_id}"


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _opened(file: BinaryIO, buffer: memoryview, opening: Opener) -> list[bytes] | None:
    """The next pieces of a file; None at its end."""
    length = file.readinto(buffer)  # type: ignore[attr-defined]
    return opening.feed(buffer[:length]) if length else None


def publish(part: Path, whole: Path) -> None:
    part.replace(whole)
    folder = os.open(whole.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _untouched(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - LEFTOVER_AGE).timestamp()
    except FileNotFoundError:
        return False
