"""The sealed store, in a folder and in a bucket: what goes in comes out, what was changed is noticed, what was broken off leaves nothing."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.documents.bucket import open_store
from server.documents.pieces import AROUND, HEAD, PIECE
from server.documents.seal import Store
from server.sealing import SealBroken
from tests.neighbours.s3 import Bucket
from tests.office.city import settings_for

KEY = bytes(range(32))
FIRST, SECOND = "a" * 32, "b" * 32
CASE = "case/1"
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 16 * PIECE, 16 * PIECE + 1, 40 * PIECE + 7]


class Folder:
    """What lies in the store, seen from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def get(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def put(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Folder | Bucket:
    if request.param == "folder":
        return Folder(tmp_path / "store")
    bucket: Bucket = request.getfixturevalue("bucket")
    return bucket


@pytest.fixture
def store(shelf: Folder | Bucket, tmp_path: Path) -> Store:
    if isinstance(shelf, Folder):
        return Store(shelf.folder)
    return open_store(settings_for("sqlite+aiosqlite:///none.db", tmp_path, 1, **shelf.settings))


async def stream(data: bytes, step: int = 50_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), step):
        yield data[start : start + step]


async def opened(store: Store, document: str, key: bytes = KEY, bound_to: str = CASE) -> bytes:
    return b"".join([chunk async for chunk in store.read(document, key, bound_to)])


def file_of(document: str) -> str:
    return f"{document}.sealed"


@pytest.mark.criterion("D06")
@pytest.mark.parametrize("size", SIZES)
async def test_a_file_of_any_size_comes_back_as_it_was(store: Store, size: int) -> None:
    data = os.urandom(size)
    assert await store.write(FIRST, KEY, CASE, stream(data)) == size
    assert await opened(store, FIRST) == data


async def test_the_store_holds_ciphertext_only(store: Store, shelf: Folder | Bucket) -> None:
    await store.write(FIRST, KEY, CASE, stream(b"canary-7261 " * 20_000))
    assert b"canary-7261" not in shelf.get(file_of(FIRST))
    assert shelf.names() == [f"{FIRST}.sealed"]


async def test_the_same_file_is_sealed_differently_each_time(store: Store, shelf: Folder | Bucket) -> None:
    await store.write(FIRST, KEY, CASE, stream(b"x" * 100))
    await store.write(SECOND, KEY, CASE, stream(b"x" * 100))
    assert shelf.get(file_of(FIRST))[HEAD:] != shelf.get(file_of(SECOND))[HEAD:]


@pytest.mark.parametrize("position", [0, HEAD - 1, HEAD, HEAD + PIECE, -1])
async def test_a_changed_byte_is_noticed(store: Store, shelf: Folder | Bucket, position: int) -> None:
    await store.write(FIRST, KEY, CASE, stream(os.urandom(3 * PIECE)))
    sealed = bytearray(shelf.get(file_of(FIRST)))
    sealed[position] ^= 1
    shelf.put(file_of(FIRST), bytes(sealed))
    with pytest.raises(SealBroken):
        await opened(store, FIRST)


@pytest.mark.parametrize(
    "kept", [0, HEAD, HEAD + PIECE + AROUND, HEAD + 2 * (PIECE + AROUND), HEAD + PIECE + 5]
)
async def test_a_cut_file_is_noticed(store: Store, shelf: Folder | Bucket, kept: int) -> None:
    await store.write(FIRST, KEY, CASE, stream(os.urandom(3 * PIECE)))
    shelf.put(file_of(FIRST), shelf.get(file_of(FIRST))[:kept])
    with pytest.raises(SealBroken):
        await opened(store, FIRST)


async def test_a_lengthened_file_is_noticed(store: Store, shelf: Folder | Bucket) -> None:
    await store.write(FIRST, KEY, CASE, stream(os.urandom(PIECE)))
    shelf.put(file_of(FIRST), shelf.get(file_of(FIRST)) + b"more")
    with pytest.raises(SealBroken):
        await opened(store, FIRST)


async def test_pieces_in_another_order_are_noticed(store: Store, shelf: Folder | Bucket) -> None:
    await store.write(FIRST, KEY, CASE, stream(os.urandom(3 * PIECE)))
    sealed = shelf.get(file_of(FIRST))
    head, one, two, rest = _split(sealed)
    shelf.put(file_of(FIRST), head + two + one + rest)
    with pytest.raises(SealBroken):
        await opened(store, FIRST)


def _split(sealed: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    piece = PIECE + AROUND
    ends = (HEAD, HEAD + piece, HEAD + 2 * piece)
    return sealed[: ends[0]], sealed[ends[0] : ends[1]], sealed[ends[1] : ends[2]], sealed[ends[2] :]


@pytest.mark.criterion("D06")
async def test_swapped_documents_and_cases_are_noticed(store: Store, shelf: Folder | Bucket) -> None:
    await store.write(FIRST, KEY, CASE, stream(b"first"))
    shelf.put(file_of(SECOND), shelf.get(file_of(FIRST)))
    for document, key, case in ((SECOND, KEY, CASE), (FIRST, KEY, "case/2"), (FIRST, bytes(32), CASE)):
        with pytest.raises(SealBroken):
            await opened(store, document, key, case)


@pytest.mark.criterion("D12")
@pytest.mark.parametrize("after", range(0, 40, 3))
async def test_an_upload_broken_off_anywhere_leaves_nothing(
    store: Store, shelf: Folder | Bucket, after: int
) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        for _ in range(after):
            yield b"canary-7261" * 6000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.write(FIRST, KEY, CASE, breaking())
    assert shelf.names() == []


async def test_a_file_without_bytes_on_disk_is_missing(store: Store) -> None:
    await store.write(FIRST, KEY, CASE, stream(b"x"))
    await store.remove(FIRST)
    await store.remove(FIRST)
    with pytest.raises(FileNotFoundError):
        await opened(store, FIRST)


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 32, "", "a" * 31])
async def test_a_document_id_is_never_a_path(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="document id"):
        await store.write(name, KEY, CASE, stream(b"x"))


@pytest.mark.criterion("D12")
async def test_a_cancelled_upload_leaves_nothing(store: Store, shelf: Folder | Bucket) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000
        begun.set()
        await asyncio.Event().wait()

    writing = asyncio.create_task(store.write(FIRST, KEY, CASE, endless()))
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert shelf.names() == []


async def test_whoever_writes_hears_that_another_wants_to_also_after_a_third_found_it_locked(
    store: Store,
) -> None:
    with store.writing(FIRST) as stop:
        with store.writing(FIRST):
            """It is locked: this one goes at once."""
        asking = asyncio.create_task(store.interrupt(FIRST))
        async with asyncio.timeout(30):
            await stop.wait()
        assert not asking.done()
    await asking


async def test_what_nobody_touches_is_found_after_an_hour(store: Store) -> None:
    await store.write(FIRST, KEY, CASE, stream(b"x"))
    now = await asyncio.to_thread(store.now)
    assert await asyncio.to_thread(store.settled, now) == []
    assert await asyncio.to_thread(store.settled, now + timedelta(hours=2)) == [FIRST]
