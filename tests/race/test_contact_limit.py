"""Twenty bookings of one contact in the same moment: as many as one may have, and not one more."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import func, select, text

from server.booking.model import AppointmentRow
from tests.office.city import City, MakeCity

ATTEMPTS, MOST = 20, 3


async def rush(city: City) -> Counter[int]:
    slots = (await city.free("meldebescheinigung", "onsite"))[:ATTEMPTS]
    holds = [await (await city.hold("meldebescheinigung", slot)).json() for slot in slots]
    answers = await asyncio.gather(*(city.confirm(hold["hold"]) for hold in holds))
    return Counter(answer.status for answer in answers)


async def booked(city: City) -> int:
    query = select(func.count()).where(AppointmentRow.state == "confirmed")
    async with city.office.db.read() as tx:
        return await tx.scalar(query) or 0


@pytest.mark.criterion("A18")
async def test_the_limit_holds_under_a_rush(make_city: MakeCity) -> None:
    city = await make_city(max_per_contact=MOST, max_per_contact_day=1000)
    assert await rush(city) == {201: MOST, 429: ATTEMPTS - MOST}
    assert await booked(city) == MOST


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_without_the_constraint_it_does_not(make_city: MakeCity) -> None:
    """The control: with the guard removed the same rush gets more, so the test above proves something."""
    city = await make_city(max_per_contact=MOST, max_per_contact_day=1000)
    async with city.office.db.write() as tx:
        await tx.execute(text("ALTER TABLE appointment DROP CONSTRAINT uq_appointment_contact_key"))
    await rush(city)
    assert await booked(city) > MOST
