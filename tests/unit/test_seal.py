"""The sealed store: what goes in comes out, what was changed is noticed, what was broken off leaves nothing."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.documents.pieces import AROUND, HEAD, PIECE
from server.documents.seal import Store
from server.sealing import SealBroken

KEY = bytes(range(32))
FIRST, SECOND = "a" * 32, "b" * 32
CASE = "case/1"
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 16 * PIECE, 16 * PIECE + 1, 40 * PIECE + 7]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


async def stream(data: bytes, step: int = 50_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), step):
        yield data[start : start + step]


async def opened(store: Store, document: str, key: bytes = KEY, bound_to: str = CASE) -> bytes:
    return b"".join([chunk async for chunk in store.read(document, key, bound_to)])


def file_of(tmp_path: Path, document: str) -> Path:
    return tmp_path / "store" / f"{document}.sealed"


@pytest.mark.criterion("D06")
@pytest.mark.parametrize("size", SIZES)
async def test_a_file_of_any_size_comes_back_as_it_was(store: Store, size: int) -> None:
    data = os.urandom(size)
    assert await store.write(FIRST, KEY, CASE, stream(data)) == size
    assert await opened(store, FIRST) == data


async def test_the_folder_holds_ciphertext_only(store: Store, tmp_path: Path) -> None:
    await store.write(FIRST, KEY, CASE, stream(b"canary-7261 " * 20_000))
    assert b"canary-7261" not in file_of(tmp_path, FIRST).read_bytes()
    assert [path.name for path in (tmp_path / "store").iterdir()] == [f"{FIRST}.sealed"]


async def test_the_same_file_is_sealed_differently_each_time(store: Store, tmp_path: Path) -> None:
    await store.write(FIRST, KEY, CASE, stream(b"x" * 100))
    await store.write(SECOND, KEY, CASE, stream(b"x" * 100))
    assert file_of(tmp_path, FIRST).read_bytes()[HEAD:] != file_of(tmp_path, SECOND).read_bytes()[HEAD:]


@pytest.mark.parametrize("position", [0, HEAD - 1, HEAD, HEAD + PIECE, -1])
async def test_a_changed_byte_is_noticed(store: Store, tmp_path: Path, position: int) -> None:
    await store.write(FIRST, KEY, CASE, stream(os.urandom(3 * PIECE)))
    sealed = bytearray(file_of(tmp_path, FIRST).read_bytes())
    sealed[position] ^= 1
    file_of(tmp_path, FIRST).write_bytes(sealed)
    with pytest.raises(SealBroken):
        await opened(store, FIRST)


@pytest.mark.parametrize(
    "kept", [0, HEAD, HEAD + PIECE + AROUND, HEAD + 2 * (PIECE + AROUND), HEAD + PIECE + 5]
)
async def test_a_cut_file_is_noticed(store: Store, tmp_path: Path, kept: int) -> None:
    await store.write(FIRST, KEY, CASE, stream(os.urandom(3 * PIECE)))
    file_of(tmp_path, FIRST).write_bytes(file_of(tmp_path, FIRST).read_bytes()[:kept])
    with pytest.raises(SealBroken):
        await opened(store, FIRST)


async def test_a_lengthened_file_is_noticed(store: Store, tmp_path: Path) -> None:
    await store.write(FIRST, KEY, CASE, stream(os.urandom(PIECE)))
    with file_of(tmp_path, FIRST).open("ab") as file:
        file.write(b"more")
    with pytest.raises(SealBroken):
        await opened(store, FIRST)


async def test_pieces_in_another_order_are_noticed(store: Store, tmp_path: Path) -> None:
    await store.write(FIRST, KEY, CASE, stream(os.urandom(3 * PIECE)))
    sealed = file_of(tmp_path, FIRST).read_bytes()
    head, one, two, rest = _split(sealed)
    file_of(tmp_path, FIRST).write_bytes(head + two + one + rest)
    with pytest.raises(SealBroken):
        await opened(store, FIRST)


def _split(sealed: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    piece = PIECE + AROUND
    ends = (HEAD, HEAD + piece, HEAD + 2 * piece)
    return sealed[: ends[0]], sealed[ends[0] : ends[1]], sealed[ends[1] : ends[2]], sealed[ends[2] :]


@pytest.mark.criterion("D06")
async def test_swapped_documents_and_cases_are_noticed(store: Store, tmp_path: Path) -> None:
    await store.write(FIRST, KEY, CASE, stream(b"first"))
    file_of(tmp_path, SECOND).write_bytes(file_of(tmp_path, FIRST).read_bytes())
    for document, key, case in ((SECOND, KEY, CASE), (FIRST, KEY, "case/2"), (FIRST, bytes(32), CASE)):
        with pytest.raises(SealBroken):
            await opened(store, document, key, case)


@pytest.mark.criterion("D12")
@pytest.mark.parametrize("after", range(0, 40, 3))
async def test_an_upload_broken_off_anywhere_leaves_nothing(store: Store, tmp_path: Path, after: int) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        for _ in range(after):
            yield b"canary-7261" * 6000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.write(FIRST, KEY, CASE, breaking())
    assert list((tmp_path / "store").iterdir()) == []


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
