"""The sealed store: files on disk as ciphertext only, written and read as streams. What may come in is in `upload.py`.

How the bytes are sealed under the case key is in `pieces.py`.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, TypeVar

from server.documents.pieces import HEAD, PIECE, TAG, Opener, Sealer
from server.sealing import SealBroken

T = TypeVar("T")

BATCH = 16
LEFTOVER_AGE = timedelta(hours=1)
_ID = re.compile(r"[0-9a-f]{32}")


class Store:
    """The sealed store in a local folder. Only ciphertext is ever written; a broken-off upload leaves nothing.

    `bound_to` names the owner ("case/ID"); reading needs the same. A full disk raises OSError and leaves nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def write(self, document_id: str, key: bytes, bound_to: str, chunks: AsyncIterator[bytes]) -> int:
        """Seals the stream under the document's name; returns the size of the plain text in bytes."""
        part, whole = self._part(document_id), self._whole(document_id)
        sealer = Sealer(key, _bound(bound_to, document_id))
        try:
            file = await _in_thread(lambda: _create(part))
            try:
                size = await self._pour(file, sealer, chunks)
            finally:
                file.close()
            await _in_thread(lambda: _publish(part, whole))
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return size

    async def _pour(self, file: BinaryIO, sealer: Sealer, chunks: AsyncIterator[bytes]) -> int:
        size = 0
        waiting = bytearray(sealer.head)
        file.write(waiting)
        waiting.clear()
        async for chunk in chunks:
            size += len(chunk)
            waiting += chunk
            if len(waiting) > BATCH * PIECE:
                # at least one byte stays back: only the end of the stream tells which piece is the last
                whole = (len(waiting) - 1) // PIECE * PIECE
                plain = bytes(memoryview(waiting)[:whole])
                del waiting[:whole]
                await _in_thread(lambda plain=plain: file.write(sealer.pieces(plain, last=False)))  # type: ignore[misc]
        await _in_thread(lambda: _finish(file, sealer.pieces(bytes(waiting), last=True)))
        return size

    async def read(self, document_id: str, key: bytes, bound_to: str) -> AsyncGenerator[bytes, None]:
        """The plain text in order. `SealBroken` when it was tampered with, FileNotFoundError when it is gone.

        Every piece is checked before it is handed out; that the end is missing shows at the end.
        """
        path = self._whole(document_id)
        file = await _in_thread(lambda: path.open("rb"))
        try:
            size = os.fstat(file.fileno()).st_size
            opener = Opener(key, _bound(bound_to, document_id), file.read(HEAD), size)
            while not opener.done:
                yield await _in_thread(lambda: opener.plain(_read_batch(file)))
        finally:
            file.close()

    async def remove(self, document_id: str) -> None:
        """Takes the bytes away; that they are already gone is fine."""
        for path in (self._whole(document_id), self._part(document_id)):
            await _in_thread(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]

    def remove_leftovers(self, now: datetime) -> int:
        """Removes what uploads left that died with their process more than an hour ago; returns how many."""
        old = [path for path in self._folder.glob("*.part") if _untouched(path, now)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def settled(self, now: datetime) -> list[str]:
        """The ids of all files stored more than an hour ago: those without a row are orphans."""
        return [path.stem for path in self._folder.glob("*.sealed") if _untouched(path, now)]

    def now(self) -> datetime:
        """The time by the store's own clock, which dates its files: a network folder's may differ from ours."""
        with tempfile.TemporaryFile(dir=self._folder) as mark:  # has no name: nobody finds it in the store
            return datetime.fromtimestamp(os.fstat(mark.fileno()).st_mtime, UTC)

    def _part(self, document_id: str) -> Path:
        return self._folder / f"{_checked(document_id)}.part"

    def _whole(self, document_id: str) -> Path:
        return self._folder / f"{_checked(document_id)}.sealed"


def _checked(document_id: str) -> str:
    if not _ID.fullmatch(document_id):
        raise ValueError("not a document id")
    return document_id


def _bound(bound_to: str, document_id: str) -> str:
    return f"{bound_to}/document/{document_id}"


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _finish(file: BinaryIO, sealed: bytes) -> None:
    file.write(sealed)
    file.flush()
    os.fsync(file.fileno())


def _publish(part: Path, whole: Path) -> None:
    part.replace(whole)
    folder = os.open(whole.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_batch(file: BinaryIO) -> bytes:
    batch = file.read(BATCH * (PIECE + TAG))
    if not batch:
        raise SealBroken("shorter than it was")
    return batch


def _untouched(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - LEFTOVER_AGE).timestamp()
    except FileNotFoundError:
        return False


async def _in_thread(work: Callable[[], T]) -> T:
    """Like asyncio.to_thread, but a cancelled caller waits for the step under way: its file must not be closed."""
    step = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        await asyncio.wait([step])
        raise
