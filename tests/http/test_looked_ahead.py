"""A file is looked into while it arrives: one child sees it, nobody waits for a slow line, and judged is what is stored."""

import asyncio
import base64
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from server.access import appointment_by_token
from server.documents.ahead import Looks
from server.documents.resume import resume
from tests.corpus.watching import Watch, children_of
from tests.http.test_documents_upload import form, refusal
from tests.http.tus import Upload
from tests.office.city import City, only_sqlite
from tests.office.papers import a_pdf

pytestmark = only_sqlite()
MEGABYTE = 1024 * 1024
PLAN = a_pdf(os.urandom(3 * MEGABYTE))
HOLLOW = PLAN.replace(b"/Pages 2 0 R", b"/Pagez 2 0 R")  # of the same size, and can't be shown
FIRST = 2 * MEGABYTE


@pytest.fixture
async def upload(city: City) -> Upload:
    return Upload(city, await city.book("bauberatung", "video"))


def lookers() -> set[int]:
    """The children that look into a file just now."""
    return {child for child in children_of(os.getpid()) if b"decode.py" in command(child)}


def command(child: int) -> bytes:
    try:
        return Path(f"/proc/{child}/cmdline").read_bytes()
    except OSError:
        return b""


async def looking(count: int) -> None:
    async with asyncio.timeout(20):
        while len(lookers()) != count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@contextmanager
def one_child_only() -> Iterator[None]:
    neighbours = children_of(os.getpid())
    with Watch(os.getpid()) as watch:
        yield
    assert len(watch.children.keys() - neighbours) == 1


async def slowly(go_on: asyncio.Event, data: bytes = PLAN) -> AsyncIterator[bytes]:
    """Most of a file; the rest when it may."""
    yield data[:FIRST]
    await go_on.wait()
    yield data[FIRST:]


async def send(upload: Upload, data: bytes | AsyncIterator[bytes]) -> int:
    """The status of a form with this file."""
    return (await upload.city.client.post(upload.collection, data=form(data))).status


@pytest.mark.criterion("D03")
async def test_one_child_sees_a_file_from_before_it_is_whole(upload: Upload) -> None:
    go_on = asyncio.Event()
    with one_child_only():
        sending = asyncio.create_task(send(upload, slowly(go_on)))
        await looking(1)
        go_on.set()
        assert await sending == 201


async def test_who_has_a_whole_file_does_not_wait_for_slow_lines(upload: Upload) -> None:
    go_on = asyncio.Event()
    slow = [asyncio.create_task(send(upload, slowly(go_on))) for _ in range(3)]
    await looking(2)
    async with asyncio.timeout(20):
        assert await send(upload, a_pdf()) == 201
    assert not any(one.done() for one in slow)
    go_on.set()
    assert await asyncio.gather(*slow) == [201] * 3


async def test_a_line_that_breaks_leaves_no_child(upload: Upload) -> None:
    sending = asyncio.create_task(send(upload, slowly(asyncio.Event())))
    await looking(1)
    sending.cancel()
    await looking(0)
    assert list(upload.city.settings.store.iterdir()) == []


@pytest.mark.criterion("D02")
async def test_one_child_sees_what_comes_in_parts(upload: Upload) -> None:
    await upload.create(len(PLAN))
    with one_child_only():
        assert (await upload.patch(PLAN[:FIRST], 0)).status == 204
        await looking(1)
        assert (await upload.patch(PLAN[FIRST:], FIRST)).status == 204
    assert await upload.state() == "checking"


@pytest.mark.criterion("D02", "D03")
async def test_what_is_judged_is_what_counts_and_not_what_came(upload: Upload) -> None:
    """A part that is damaged on the way, then another one in its place, by another process; this one gets the last part."""
    city = upload.city
    assert len(HOLLOW) == len(PLAN)
    await upload.create(len(PLAN))
    wrong = base64.b64encode(hashlib.sha256(b"").digest()).decode()
    assert (await upload.patch(PLAN[:FIRST], 0, **{"Upload-Checksum": f"sha256 {wrong}"})).status == 460
    async with city.office.db.read() as tx:
        appointment = await appointment_by_token(tx, upload.collection.split("/")[4])

    async def first() -> AsyncIterator[bytes]:
        yield HOLLOW[:FIRST]

    elsewhere = replace(city.office.door, looks=Looks())
    where = (elsewhere, city.office.keyring, appointment, upload.id, 0)
    assert (await resume(*where, first(), check=None, now=city.now)).received == FIRST
    await refusal(await upload.patch(PLAN[FIRST:], FIRST), 422, "invalid")
    assert await upload.state() is None
