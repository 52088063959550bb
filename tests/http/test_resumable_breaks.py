"""An upload goes on where a broken line, a second request or a dead process left it, and leaves no plain byte."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from server.documents.model import DocumentRow
from server.documents.resume import finish_arrived
from tests.http.tus import PIECE, Upload, pdf, plain_bytes_in
from tests.office.city import City


@pytest.fixture
async def upload(city: City) -> Upload:
    return Upload(city, await city.book("bauberatung", "video"))


@pytest.mark.criterion("D02", "D12")
@pytest.mark.parametrize("pieces", range(5))
async def test_a_line_that_breaks_anywhere_loses_nothing_and_leaves_no_plain_byte(
    upload: Upload, tmp_path: Path, pieces: int
) -> None:
    data = pdf(4 * PIECE + 900)
    await upload.create(len(data))
    sent = pieces * PIECE + 33
    await upload.broken_off(data, 0, sent)
    there = await upload.offset()
    assert there <= sent
    assert plain_bytes_in(tmp_path) == []
    assert await upload.state() == "receiving"
    assert (await upload.city.client.get(upload.address)).status == 404
    assert (await upload.patch(data[there:], there)).status == 204
    assert await upload.content() == data
    assert plain_bytes_in(tmp_path) == []


async def test_what_comes_twice_at_once_is_written_once(upload: Upload) -> None:
    data = pdf(40 * PIECE)
    await upload.create(len(data))
    answers = await asyncio.gather(*(upload.patch(data, 0) for _ in range(4)))
    assert {answer.status for answer in answers} <= {204, 409, 423}
    if (there := await upload.offset()) < len(data):
        assert (await upload.patch(data[there:], there)).status == 204
    assert await upload.content() == data


@pytest.mark.criterion("D02")
async def test_who_comes_back_before_the_dead_line_is_noticed_goes_on_at_once(upload: Upload) -> None:
    data = pdf(20 * PIECE)
    await upload.create(len(data))
    arrived = asyncio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        yield data[: 5 * PIECE]
        await arrived.wait()

    stuck = asyncio.create_task(upload.patch(stalling(), 0))
    part = upload.city.settings.store / f"{upload.id}.part"
    while (there := await upload.offset()) == 0:
        assert part.exists()
        if stuck.done():
            stuck = asyncio.create_task(upload.patch(stalling(), 0))
        await asyncio.sleep(0)
    assert there <= 5 * PIECE
    assert (await stuck).status == 423
    arrived.set()
    assert (await upload.patch(data[there:], there)).status == 204
    assert await upload.content() == data


@pytest.mark.criterion("D02")
async def test_who_is_stopped_behind_the_last_byte_has_sent_all(upload: Upload) -> None:
    data = pdf(20 * PIECE)
    await upload.create(len(data))
    over = asyncio.Event()

    async def without_end(there: int) -> AsyncIterator[bytes]:
        yield data[there:]
        await over.wait()

    sending = asyncio.create_task(upload.patch(without_end(0), 0))
    while (there := await upload.offset()) < len(data):
        if sending.done():
            sending = asyncio.create_task(upload.patch(without_end(there), there))
        await asyncio.sleep(0)
    assert (await sending).status == 204
    over.set()
    assert await upload.content() == data


@pytest.mark.criterion("D12")
async def test_what_is_terminated_or_expires_leaves_nothing(upload: Upload) -> None:
    city, data = upload.city, pdf(2 * PIECE)
    await upload.create(len(data))
    await upload.patch(data[:PIECE], 0)
    assert (await city.client.delete(upload.address, headers={"Tus-Resumable": "1.0.0"})).status == 204
    assert (await upload.patch(data[PIECE:], PIECE)).status == 404
    await upload.create(len(data))
    await upload.patch(data[:PIECE], 0)
    city.clock.set(city.now + timedelta(hours=25))
    assert (await upload.patch(data[PIECE:], PIECE)).status in (404, 410)
    await city.work()
    assert await upload.state() is None
    assert list(city.settings.store.iterdir()) == []


async def test_what_had_arrived_whole_when_the_process_died_is_taken_in(upload: Upload) -> None:
    city, data = upload.city, pdf(2 * PIECE)
    await upload.create(len(data))
    await upload.patch(data[:-1], 0)
    whole = update(DocumentRow).where(DocumentRow.id == upload.id)
    async with city.office.db.read() as tx:
        name = await tx.scalar(select(DocumentRow.name_sealed).where(DocumentRow.id == upload.id))
    assert (await upload.patch(data[-1:], len(data) - 1)).status == 204
    before = {"state": "receiving", "name_sealed": name, "expires_at": city.now + timedelta(hours=1)}
    async with city.office.db.write() as tx:
        await tx.execute(whole.values(**before))
    assert await finish_arrived(city.office.door, city.office.keyring, city.now) == 1
    assert await upload.state() == "checking"
    assert await upload.content() == data


async def test_bytes_that_were_never_acknowledged_are_cut_off(upload: Upload) -> None:
    city, data = upload.city, pdf(3 * PIECE)
    await upload.create(len(data))
    await upload.patch(data[:PIECE], 0)
    with (city.settings.store / f"{upload.id}.part").open("ab") as file:
        file.write(os.urandom(5000))
    assert (await upload.patch(data[PIECE:], PIECE)).status == 204
    assert await upload.content() == data
