"""A new master key: everything stays readable before, while, and after the case keys are wrapped anew, whoever is killed."""

import asyncio
import base64
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import insert, select, text

from server.booking.model import CaseRow
from server.documents.rotate import Rotated, keyring_of, rotate
from server.sealing import Keyring
from tests.office.city import MASTER_KEY as OLD
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.papers import a_pdf
from tests.office.served import ROOT, as_environment

NEW = base64.b64encode(b"another thirty-two bytes of key.").decode()
ITEM = a_pdf()
MANY = 4_000
NEWER: dict[str, Any] = {"master_key": NEW, "master_key_version": 2}


async def readable(city: City, token: str) -> bool:
    path = f"/api/v1/appointments/{token}/documents"
    answer = await city.client.get(path)
    if answer.status != 200 or not (documents := await answer.json()):
        return False
    assert documents[0]["name"] == "plan.pdf"
    return await (await city.client.get(f"{path}/{documents[0]['id']}")).read() == ITEM


async def versions(city: City) -> list[int]:
    async with city.office.db.read() as tx:
        return sorted(await tx.scalars(text('SELECT key_version FROM "case"')))


async def booked_with_document(city: City) -> str:
    token = str((await city.book("bauberatung", "video"))["token"])
    form = FormData()
    form.add_field("item", "lageplan")
    form.add_field("file", ITEM, filename="plan.pdf", content_type="application/pdf")
    answer = await city.client.post(f"/api/v1/appointments/{token}/documents", data=form)
    assert answer.status == 201, await answer.text()
    return token


@pytest.mark.criterion("D06")
async def test_the_office_goes_on_while_the_master_key_changes(make_city: MakeCity) -> None:
    """Process by process: all know the new key, then all use it, then the old one is taken away."""
    knows_it = await make_city(previous_master_keys=f"2:{NEW}")
    token = await booked_with_document(knows_it)

    uses_it = await make_city(**NEWER, previous_master_keys=f"1:{OLD}")
    assert await readable(uses_it, token)
    newer = await booked_with_document(uses_it)
    assert await readable(knows_it, newer)
    assert await versions(uses_it) == [1, 2]
    late = await booked_with_document(knows_it)
    assert (await rotate(uses_it.office.db, keyring_of(uses_it.settings))).done == 2
    assert (await rotate(uses_it.office.db, keyring_of(uses_it.settings))).done == 0

    after = await make_city(**NEWER)
    assert await versions(after) == [2, 2, 2]
    assert [await readable(after, one) for one in (token, newer, late)] == [True] * 3


async def test_without_the_old_key_old_cases_stay_shut_and_are_counted(make_city: MakeCity) -> None:
    before = await make_city()
    await before.book("bauberatung", "video")
    after = await make_city(**NEWER)
    assert await rotate(after.office.db, keyring_of(after.settings)) == Rotated(of=1, done=0, shut={1: 1})
    assert await versions(after) == [1]


@only_sqlite()
async def test_one_key_that_can_not_be_opened_does_not_hold_up_the_others(make_city: MakeCity) -> None:
    city = await make_city(**NEWER, previous_master_keys=f"1:{OLD}")
    await many(city, 300)
    foreign = Keyring(NEW, 7).new_key()[1]
    async with city.office.db.write() as tx:
        between = {**row(city, 150, foreign, version=7), "id": f"{150:031x}8"}
        await tx.execute(insert(CaseRow).values(between))
    rotated = await rotate(city.office.db, keyring_of(city.settings))
    assert (rotated.done, rotated.shut) == (300, {7: 1})
    assert await versions(city) == [2] * 300 + [7]


@pytest.mark.criterion("D06")
async def test_a_rotation_that_is_killed_leaves_all_readable_and_is_gone_on_with(make_city: MakeCity) -> None:
    city = await make_city(**NEWER, previous_master_keys=f"1:{OLD}")
    old_key = await make_city(previous_master_keys=f"2:{NEW}")
    token = await booked_with_document(old_key)
    await many(city, MANY)
    for killed in (1, 2):
        await killed_at_its_first_word(city)
        done = (await versions(city)).count(2)
        assert 0 < done < MANY, "it was killed in the middle, or nothing was shown"
        await all_can_be_opened(city)
        assert await readable(city, token)
        assert await readable(old_key, token)
        assert (await city.book("bauberatung", "video", nth=killed))["state"] == "confirmed"
    said = await asyncio.wait_for((await rotating(city)).communicate(), 60)
    assert b"neu umh" in said[0]
    assert set(await versions(city)) == {2}
    await all_can_be_opened(city)
    assert await readable(await make_city(**NEWER), token)


def row(city: City, number: int, wrapped: bytes, *, version: int = 1) -> dict[str, Any]:
    return {
        "id": f"{number + 1:031x}0",
        "wrapped_key": wrapped,
        "key_version": version,
        "contact_sealed": None,
        "created_at": city.now,
        "closed_at": None,
    }


async def many(city: City, count: int) -> None:
    """So many cases under the old master key."""
    keyring = Keyring(OLD, 1)
    async with city.office.db.write() as tx:
        await tx.execute(insert(CaseRow), [row(city, n, keyring.new_key()[1]) for n in range(count)])


async def all_can_be_opened(city: City) -> None:
    keyring = keyring_of(city.settings)
    async with city.office.db.read() as tx:
        rows = (await tx.execute(select(CaseRow.wrapped_key, CaseRow.key_version))).all()
    for one in rows:
        assert one.wrapped_key is not None
        assert len(keyring.unwrap(one.wrapped_key, one.key_version)) == 32


async def rotating(city: City, stderr: int = asyncio.subprocess.PIPE) -> asyncio.subprocess.Process:
    """The command as an operator gives it."""
    given = city.settings.model_dump(include=city.settings.model_fields_set)
    changes = {name: value for name, value in given.items() if name not in ("database_url", "port")}
    folder = city.settings.data_dir
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", "rotate-keys"),
        env=as_environment(city.settings.database_url, folder, city.settings.port, changes),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
    )


async def killed_at_its_first_word(city: City) -> None:
    """It can not say how far it is, and so gets no further than that."""
    before = (await versions(city)).count(2)
    with full_pipe() as stuck:
        process = await rotating(city, stuck)
        async with asyncio.timeout(60):
            while (await versions(city)).count(2) == before:  # noqa: ASYNC110  another process works
                await asyncio.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL


@contextmanager
def full_pipe() -> Iterator[int]:
    """Whoever writes into it waits."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(4096))
    os.set_blocking(writing, True)
    try:
        yield writing
    finally:
        os.close(writing)
        os.close(reading)
