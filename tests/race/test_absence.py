"""Bookings rush into the span of an absence, two processes carry it out at once, one is killed half-way: nobody is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from server.booking.model import ALIVE, AppointmentRow, ClaimRow, DutyRow
from server.clock import tick_of
from server.db import Database
from server.notices.outbox import OutboxRow
from server.planning.absence import look_after
from server.planning.model import AbsenceRow, FateRow
from server.planning.reroute import Desk
from tests.office.city import City
from tests.office.served import ServeCity
from tests.office.small_city import PASSWORD
from tests.race.books import faults

ABSENCES = "/api/v1/office/absences"
START, END = "2027-03-02T00:00:00+01:00", "2027-03-03T00:00:00+01:00"
PATIENCE_S = 120
MANY = 30


async def forgotten(db: Database, staff_id: int, start: str, end: str) -> list[str]:
    """Numbers of those in the span who still own this clerk's time, or lost it without mail, call or colleague."""
    first, after = (tick_of(datetime.fromisoformat(at)) for at in (start, end))
    async with db.read() as tx:
        stuck = await tx.scalars(
            select(AppointmentRow.number)
            .join(ClaimRow, ClaimRow.appointment_id == AppointmentRow.id)
            .join(DutyRow, DutyRow.id == ClaimRow.duty_id)
            .where(DutyRow.staff_id == staff_id, ClaimRow.tick >= first, ClaimRow.tick < after)
            .where(AppointmentRow.state.in_(ALIVE))
            .distinct()
        )
        told = select(OutboxRow.appointment_id).where(OutboxRow.event == "displaced")
        noted = select(FateRow.appointment_id)
        left = AppointmentRow.displaced_at.is_not(None)
        unheard = AppointmentRow.id.not_in(told) | AppointmentRow.id.not_in(noted)
        return [*stuck, *await tx.scalars(select(AppointmentRow.number).where(left, unheard))]


@pytest.mark.criterion("B09")
async def test_bookings_that_rush_in_meanwhile_are_found_and_nobody_is_forgotten(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    slots = [s for s in await city.free("bauberatung", "video") if s["start"].startswith("2027-03-02")]
    other = Database(city.settings.database_url)
    desk = Desk(other, city.office.calendar, city.office.keyring, city.settings)
    booked: list[str] = []

    async def book(number: int) -> None:
        await asyncio.sleep(number * 0.004)
        held = await city.hold("bauberatung", slots[number % len(slots)])
        if held.status == 201:
            answer = await city.confirm((await held.json())["hold"], email=f"e{number}@example.org")
            assert answer.status in (201, 410), await answer.text()
            booked.extend([(await answer.json())["number"]] if answer.status == 201 else [])

    async def absent(after: float) -> None:
        await asyncio.sleep(after)
        body = {"staff_id": 1, "starts_at": START, "ends_at": END}
        assert (await scheduler.post(ABSENCES, json=body)).status == 201

    async def job(after: float) -> None:
        await asyncio.sleep(after)
        await look_after(desk, city.now)

    try:
        await asyncio.gather(
            *(book(n) for n in range(24)), absent(0.02), absent(0.03), *(job(n / 50) for n in range(1, 5))
        )
        await look_after(desk, city.now)
    finally:
        await other.close()
    assert booked
    assert await faults(city, booked) == []
    assert await forgotten(city.office.db, 1, START, END) == []
    (made,) = await (await scheduler.get(ABSENCES)).json()
    assert made["done"] is True


async def fates(db: Database) -> int:
    async with db.read() as tx:
        return await tx.scalar(select(func.count()).select_from(FateRow)) or 0


@asynccontextmanager
async def held_up(db: Database, number: str) -> AsyncIterator[None]:
    """Whoever deals with appointments one after the other comes as far as this one, and no further."""
    one = select(AppointmentRow.id).where(AppointmentRow.number == number)
    async with db.write() as tx:
        await tx.execute(one.with_for_update(key_share=True))
        yield


async def book_all(session: aiohttp.ClientSession, url: str, service: str) -> list[str]:
    """Times of the next week that do not meet each other; the numbers."""
    monday = datetime.now(UTC).date() + timedelta(days=7)
    query = {"service": service, "from": f"{monday}", "to": f"{monday + timedelta(days=6)}", "mode": "onsite"}
    async with session.get(f"{url}/api/v1/availability", params=query) as answer:
        slots = [slot for day in (await answer.json())["days"] for slot in day["slots"]]
    numbers: list[str] = []
    free_from = ""
    for slot in slots:
        if slot["start"] < free_from or len(numbers) == MANY:
            continue
        free_from = slot["end"]
        body = {"services": [{"id": service}], **{k: slot[k] for k in ("start", "mode", "site")}}
        async with session.post(f"{url}/api/v1/holds", json=body) as answer:
            held = await answer.json()
        who = {"hold": held["hold"], "name": "Erika", "email": f"e{len(numbers)}@example.org"}
        async with session.post(f"{url}/api/v1/appointments", json=who) as answer:
            assert answer.status == 201, await answer.text()
            numbers.append((await answer.json())["number"])
    return numbers


async def signed_in(session: aiohttp.ClientSession, url: str) -> dict[str, str]:
    async with session.post(
        f"{url}/api/v1/session", json={"name": "scheduler", "password": PASSWORD}
    ) as answer:
        assert answer.status == 200, await answer.text()
        return {"X-CSRF-Token": (await answer.json())["csrf"]}


async def until(question: Any) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await question():  # noqa: ASYNC110  another process writes it
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.criterion("B09")
async def test_a_process_killed_half_way_leaves_nobody_behind(
    serve_city: ServeCity, database_url: str
) -> None:
    served = await asyncio.to_thread(serve_city)
    db, jar = Database(database_url), aiohttp.CookieJar(unsafe=True)
    now = datetime.now(UTC)
    start, end = (f"{(now + timedelta(days=days)).isoformat()}" for days in (6, 20))
    try:
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            numbers = await book_all(session, served.url, "personalausweis")
            headers = await signed_in(session, served.url)
            body = {"staff_id": 3, "starts_at": start, "ends_at": end}

            async def begun() -> bool:
                return await fates(db) > 0

            async with held_up(db, numbers[-1]):
                asked = asyncio.create_task(
                    session.post(f"{served.url}{ABSENCES}", json=body, headers=headers).__aenter__()
                )
                await until(begun)
                await asyncio.to_thread(served.restart, 0, kill=True)
                assert 0 < await fates(db) < len(numbers), "it was over before it was killed"
            assert isinstance(await asyncio.gather(asked, return_exceptions=True), list)

            async def done() -> bool:
                async with db.read() as tx:
                    return await tx.scalar(select(AbsenceRow.done_at)) is not None

            await until(done)
            async with session.get(f"{served.url}{ABSENCES}") as answer:
                (made,) = await answer.json()
            async with session.get(f"{served.url}{ABSENCES}/{made['id']}") as answer:
                lines = (await answer.json())["appointments"]
        assert sorted(line["number"] for line in lines) == sorted(numbers)
        assert {(line["fate"], line["now"]) for line in lines} == {("offered", "waits")}
        assert await forgotten(db, 3, start, end) == []
        async with db.read() as tx:
            mails = select(func.count()).where(OutboxRow.event == "displaced")
            assert await tx.scalar(mails) == len(numbers)
    finally:
        await db.close()
