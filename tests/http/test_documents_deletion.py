"""Documents end when the citizen takes them back or the case's time is over; a crash at any step is made good by the next run."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import func, select

from recordings_policy.classes import CANCELLED, CONTACT, UPLOAD
from server.audit import AuditRow
from server.booking.model import CaseRow
from server.documents import delete
from server.documents.model import DocumentRow
from server.privacy.model_report import SweptRow
from tests.office.city import City
from tests.office.disk import contents_of
from tests.office.outbox import mails
from tests.office.papers import a_pdf

PDF = a_pdf()
DAY = timedelta(days=1)


async def sent(city: City, booked: dict[str, Any], name: str = "plan.pdf") -> str:
    form = FormData(quote_fields=False)
    form.add_field("file", PDF, filename=name)
    answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=form)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["id"])


async def take_back(city: City, booked: dict[str, Any], document: str) -> int:
    path = f"/api/v1/appointments/{booked['token']}/documents/{document}"
    return (await city.client.delete(path)).status


async def listed(city: City, booked: dict[str, Any]) -> list[str]:
    answer = await city.client.get(f"/api/v1/appointments/{booked['token']}/documents")
    return [one["id"] for one in await answer.json()]


async def sweep(city: City) -> delete.Swept:
    return await delete.sweep(city.office.db, city.office.store, city.now)


def files(city: City) -> list[str]:
    return sorted(path.stem for path in city.settings.store.iterdir())


async def rows(city: City) -> int:
    async with city.office.db.read() as tx:
        return await tx.scalar(select(func.count()).select_from(DocumentRow)) or 0


async def the_case(city: City) -> Any:
    async with city.office.db.read() as tx:
        return (await tx.execute(select(CaseRow))).one()


@pytest.mark.criterion("D11")
async def test_what_is_taken_back_is_gone_at_once_and_from_the_disk_soon(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    kept, gone = await sent(city, booked), await sent(city, booked)
    assert await take_back(city, booked, gone) == 204
    assert await listed(city, booked) == [kept]
    assert await take_back(city, booked, gone) == 404
    path = f"/api/v1/appointments/{booked['token']}/documents/{gone}"
    assert (await city.client.get(path)).status == 404
    await sweep(city)
    assert files(city) == [kept]
    assert await rows(city) == 1


async def test_a_sweep_with_nothing_due_changes_nothing(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    document = await sent(city, booked)
    assert await sweep(city) == delete.Swept(0, 0)
    assert await listed(city, booked) == [document]
    assert (await the_case(city)).wrapped_key is not None


@pytest.mark.criterion("D11")
@pytest.mark.parametrize("cancelled", [True, False])
async def test_a_case_whose_time_is_over_loses_documents_person_and_key(city: City, cancelled: bool) -> None:
    booked = await city.book("bauberatung", "video")
    await sent(city, booked)
    over = city.now
    if cancelled:
        await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    else:
        over = datetime.fromisoformat(booked["end"])
    period = CANCELLED.period if cancelled else CONTACT.period
    city.clock.set(over + period - timedelta(seconds=1))
    assert await sweep(city) == delete.Swept(0, 0)
    city.clock.set(over + period)
    await sweep(city)
    case = await the_case(city)
    assert (case.wrapped_key, case.contact_sealed, case.closed_at) == (None, None, city.now)
    assert files(city) == []
    assert await rows(city) == 0
    assert await listed(city, booked) == []
    assert (await city.client.get(f"/api/v1/appointments/{booked['token']}")).status == 200
    assert await sweep(city) == delete.Swept(0, 0)


async def test_each_deletion_is_recorded_by_ids(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    document = await sent(city, booked)
    city.clock.set(datetime.fromisoformat(booked["end"]) + CONTACT.period)
    await sweep(city)
    async with city.office.db.read() as tx:
        entries = await tx.execute(select(AuditRow.action, AuditRow.object_id))
        recorded = {(row.action, row.object_id) for row in entries}
    assert {("case.closed", (await the_case(city)).id), ("document.deleted", document)} <= recorded


async def test_sweeps_at_the_same_moment_tell_each_deletion_once(city: City) -> None:
    """A long one was taken over by another process, or somebody sweeps by hand."""
    booked = await city.book("bauberatung", "video")
    documents = [await sent(city, booked) for _ in range(3)]
    for document in documents:
        await take_back(city, booked, document)
    marked = await delete.marked_documents(city.office.db)
    await asyncio.gather(*(delete.remove_rows(city.office.db, marked, city.now) for _ in range(4)))
    deleted = select(AuditRow.object_id).where(AuditRow.action == "document.deleted")
    told = select(func.sum(SweptRow.amount)).where(SweptRow.class_key == UPLOAD.key)
    async with city.office.db.read() as tx:
        assert sorted(await tx.scalars(deleted)) == sorted(documents)
        assert await tx.scalar(told) == len(documents)


Half = Callable[[City], Awaitable[object]]


async def closed_only(city: City) -> None:
    await delete.close_due_cases(city.office.db, city.now)


async def closed_and_bytes_gone(city: City) -> None:
    await closed_only(city)
    await delete.remove_bytes(city.office.store, await delete.marked_documents(city.office.db))


async def closed_and_some_bytes_gone(city: City) -> None:
    await closed_only(city)
    await delete.remove_bytes(city.office.store, (await delete.marked_documents(city.office.db))[:1])


async def bytes_gone_and_some_rows(city: City) -> None:
    await closed_and_bytes_gone(city)
    some = (await delete.marked_documents(city.office.db))[:1]
    await delete.remove_rows(city.office.db, some, city.now)


@pytest.mark.criterion("D11")
@pytest.mark.parametrize(
    "half", [closed_only, closed_and_bytes_gone, closed_and_some_bytes_gone, bytes_gone_and_some_rows]
)
async def test_a_crash_at_any_step_is_made_good_by_the_next_run(city: City, half: Half) -> None:
    booked = await city.book("bauberatung", "video")
    for _ in range(3):
        await sent(city, booked)
    city.clock.set(datetime.fromisoformat(booked["end"]) + CONTACT.period)
    await half(city)
    assert await listed(city, booked) == []
    await sweep(city)
    assert files(city) == []
    assert await rows(city) == 0


async def test_what_a_dead_process_left_in_the_store_is_found(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    kept = await sent(city, booked)
    store = city.settings.store
    for left in ("f" * 32 + ".part", "e" * 32 + ".sealed"):
        (store / left).write_bytes(b"sealed")
    fresh = datetime.fromtimestamp((store / f"{kept}.sealed").stat().st_mtime, city.now.tzinfo)
    tidy = delete.tidy_store
    assert await tidy(city.office.db, city.office.store, fresh + timedelta(minutes=30)) == 0
    assert await tidy(city.office.db, city.office.store, fresh + timedelta(minutes=90)) == 2
    assert files(city) == [kept]


@pytest.mark.criterion("J05")
@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_no_byte_of_person_document_or_key_is_left_in_any_file(city: City, tmp_path: Path) -> None:
    booked = await city.book("bauberatung", "video", name="Kanarius Vogel", email="kanarius@example.org")
    await mails(city)  # what is being written for the citizen tells the name
    await sent(city, booked, "kanarienplan.pdf")
    case = await the_case(city)
    canaries = [
        bytes(case.wrapped_key),
        bytes(case.contact_sealed),
        b"Kanarius",
        b"kanarius@",
        b"kanarienplan",
    ]
    sealed = (city.settings.store / f"{files(city)[0]}.sealed").read_bytes()
    city.clock.set(datetime.fromisoformat(booked["end"]) + CONTACT.period)
    await sweep(city)
    left = [
        (path.name, canary[:12])
        for path, data in contents_of(tmp_path).items()
        if path.suffix != ".eml"
        for canary in (*canaries, sealed)
        if canary in data
    ]
    assert left == []
    assert os.listdir(city.settings.store) == []  # noqa: PTH208
