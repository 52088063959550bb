"""Many plan the same clerk at once, and somebody books while a duty goes: never two duties at a time, never a lost booking."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from server.booking.model import AppointmentRow, ClaimRow, DutyRow
from tests.office.city import City

DUTIES = "/api/v1/office/duties"
PLANNERS = 8
HOME = {"login": "clerk2", "start": "2027-03-02T13:00:00+01:00", "end": "2027-03-02T15:00:00+01:00"}


async def spans(city: City) -> list[tuple[Any, Any]]:
    query = select(DutyRow.starts_at, DutyRow.ends_at).where(DutyRow.staff_id == 2)
    async with city.office.db.read() as tx:
        rows = (await tx.execute(query.order_by(DutyRow.starts_at))).all()
    return [(row.starts_at, row.ends_at) for row in rows]


@pytest.mark.criterion("B11")
async def test_of_many_overlapping_duties_planned_at_once_one_is_stored(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    for hour in (12, 14, 16):
        bodies = [
            {
                **HOME,
                "start": f"2027-03-02T{hour}:{5 * number:02}:00+01:00",
                "end": f"2027-03-02T{hour + 1}:{5 * number:02}:00+01:00",
            }
            for number in range(PLANNERS)
        ]
        answers = await asyncio.gather(*(scheduler.post(DUTIES, json=body) for body in bodies))
        assert sorted(answer.status for answer in answers) == [201] + [422] * (PLANNERS - 1)
    stored = await spans(city)
    assert all(one[1] <= other[0] for one, other in pairwise(stored))


@pytest.mark.criterion("B11")
async def test_a_duty_that_goes_while_somebody_takes_its_times_is_kept_or_the_hold_fails(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    for _ in range(5):
        made = (await (await scheduler.post(DUTIES, json=HOME)).json())["id"]
        slots = await city.free("meldebescheinigung", "video", days=2)
        mine = [slot for slot in slots if "2027-03-02T12" <= slot["start"] < "2027-03-02T14"][:4]
        gone, *held = await asyncio.gather(
            scheduler.delete(f"{DUTIES}/{made}"),
            *(city.hold("meldebescheinigung", slot) for slot in mine),
        )
        taken = [answer for answer in held if answer.status == 201]
        assert {answer.status for answer in held} <= {201, 409}
        assert (gone.status, bool(taken)) in ((204, False), (409, True))
        async with city.office.db.read() as tx:
            rows = select(func.count()).select_from(AppointmentRow).where(AppointmentRow.duty_id == made)
            assert await tx.scalar(rows) == len(taken)
            left = select(func.count()).select_from(ClaimRow).where(ClaimRow.duty_id == made)
            assert (await tx.scalar(left) or 0) == 2 * len(taken)
        for answer in taken:
            assert (await city.client.delete(f"/api/v1/holds/{(await answer.json())['hold']}")).status == 204
        if gone.status == 409:
            assert (await scheduler.delete(f"{DUTIES}/{made}")).status == 204
