"""Preparation before and a buffer after a visit are kept free; the citizen sees the visit's own time only."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, update

from server.booking.model import ClaimRow
from server.catalog.model import ServiceRow
from tests.office.city import City

FIVE = timedelta(minutes=5)


async def with_times(city: City, service: str, prep: int, buffer: int) -> None:
    async with city.office.db.write() as tx:
        one = update(ServiceRow).where(ServiceRow.id == service)
        await tx.execute(one.values(prep_minutes=prep, buffer_minutes=buffer))
    city.office.calendar.catalogue_changed()


def starts(slots: list[dict[str, Any]]) -> list[datetime]:
    return [datetime.fromisoformat(slot["start"]) for slot in slots]


def gaps(times: list[datetime]) -> Iterator[timedelta]:
    return (after - before for before, after in pairwise(sorted(times)))


async def book_all(city: City, service: str) -> list[dict[str, Any]]:
    """Everything that the first day has to give, one after the other."""
    booked = []
    first = (await city.free(service, "onsite"))[0]["start"][:10]
    while slots := [slot for slot in await city.free(service, "onsite") if slot["start"][:10] == first]:
        held = await city.hold(service, slots[0])
        assert held.status == 201, await held.text()
        answer = await city.confirm((await held.json())["hold"], email=None)
        assert answer.status == 201, await answer.text()
        booked.append(await answer.json())
    return booked


@pytest.mark.criterion("B08")
async def test_visits_are_never_closer_than_preparation_and_buffer(city: City) -> None:
    """Fingerprints from 8 to 12: fifteen minutes each, ten before, ten after."""
    await with_times(city, "personalausweis", 10, 10)
    times = starts(booked := await book_all(city, "personalausweis"))
    assert times[0].hour == 8
    assert times[0].minute == 15
    assert all(gap >= timedelta(minutes=35) for gap in gaps(times))
    assert len(times) == 5, "the grid of a quarter of an hour leaves room for one every 45 minutes"
    ends = [datetime.fromisoformat(one["end"]) for one in booked]
    assert [end - start for start, end in zip(times, ends, strict=True)] == [timedelta(minutes=15)] * 5


async def test_without_them_visits_follow_each_other(city: City) -> None:
    assert len(await book_all(city, "personalausweis")) == 15, "it is eight o’clock: 8:15 to 11:45"


async def test_an_appointment_owns_what_it_needs_and_gives_all_of_it_back(city: City) -> None:
    await with_times(city, "bauberatung", 15, 10)
    booked = await city.book("bauberatung", "video", email=None)
    async with city.office.db.read() as tx:
        assert len(list(await tx.scalars(select(ClaimRow.tick)))) == (15 + 30 + 10) // 5
    later = (await city.free("bauberatung", "video"))[-1]
    moved = await city.client.post(
        f"/api/v1/appointments/{booked['token']}/move", json={k: later[k] for k in ("start", "mode")}
    )
    assert moved.status == 200, await moved.text()
    query = select(ClaimRow.tick).where(ClaimRow.appointment_id.is_not(None))
    async with city.office.db.read() as tx:
        ticks = sorted(await tx.scalars(query))
    begin = int(datetime.fromisoformat(later["start"]).timestamp()) // 300
    assert ticks == list(range(begin - 3, begin + 8))


async def test_several_services_are_prepared_for_together(city: City) -> None:
    """The longest preparation stands before all, the longest buffer after all, nothing between."""
    await with_times(city, "personalausweis", 10, 5)
    await with_times(city, "meldebescheinigung", 5, 15)
    today = city.now.date()
    query = [("service", "personalausweis"), ("service", "meldebescheinigung"), ("mode", "onsite")]
    answer = await city.client.get(
        "/api/v1/availability", params=[*query, ("from", f"{today}"), ("to", f"{today}")]
    )
    slots = (await answer.json())["days"][0]["slots"]
    body = {"services": [{"id": service} for _, service in query[:2]], **{k: slots[0][k] for k in slots[0]}}
    held = await city.client.post("/api/v1/holds", json={k: v for k, v in body.items() if k != "end"})
    assert held.status == 201, await held.text()
    async with city.office.db.read() as tx:
        assert len(list(await tx.scalars(select(ClaimRow.tick)))) == (10 + 15 + 10 + 15) // 5


async def test_what_is_too_soon_to_be_prepared_is_not_offered(city: City) -> None:
    await with_times(city, "personalausweis", 30, 0)
    city.clock.set(datetime.fromisoformat("2027-03-01T09:00+01:00"))
    assert starts(await city.free("personalausweis", "onsite"))[0].isoformat() == "2027-03-01T08:45:00+00:00"
