"""Many move to the same time at once: one gets it, the others keep what they have. Asked over HTTP, on both databases."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from server.booking.model import AppointmentRow, ClaimRow
from tests.office.city import City

MOVERS = 8


async def claims(city: City) -> Counter[str]:
    owned = ClaimRow.appointment_id.is_not(None)
    query = select(ClaimRow.appointment_id, func.count()).where(owned).group_by(ClaimRow.appointment_id)
    async with city.office.db.read() as tx:
        return Counter({str(row[0]): row[1] for row in await tx.execute(query)})


async def starts(city: City) -> dict[str, datetime]:
    async with city.office.db.read() as tx:
        rows = await tx.execute(select(AppointmentRow.number, AppointmentRow.starts_at))
        return {row[0]: row[1] for row in rows}


async def book_different(city: City, count: int) -> list[dict[str, Any]]:
    """So many appointments at the one desk of the building service, each at its own time."""
    return [await city.book("bauberatung", "onsite") for _ in range(count)]


async def move(city: City, token: str, slot: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    wanted = {name: slot[name] for name in ("start", "mode", "site")}
    answer = await city.client.post(f"/api/v1/appointments/{token}/move", json=wanted)
    return answer.status, await answer.json(content_type=None)


@pytest.mark.criterion("A14")
async def test_of_many_who_move_to_one_time_one_gets_it_and_the_others_keep_theirs(city: City) -> None:
    booked = await book_different(city, MOVERS)
    target = (await city.free("bauberatung", "onsite"))[-1]
    before, had = await claims(city), await starts(city)
    answers = await asyncio.gather(*(move(city, one["token"], target) for one in booked))
    statuses = [status for status, _ in answers]
    assert sorted(statuses) == [200] + [409] * (MOVERS - 1)
    assert await claims(city) == before
    has = await starts(city)
    for one, (status, answer) in zip(booked, answers, strict=True):
        if status == 200:
            assert has[one["number"]] == datetime.fromisoformat(target["start"])
        else:
            assert has[one["number"]] == had[one["number"]]
            assert answer["type"].endswith("slot-taken")
            assert len(answer["alternatives"]) >= 3


async def test_two_who_swap_their_times_at_once_never_share_one(city: City) -> None:
    """Neither can move before the other has left: each keeps the old time or gets the new one, nobody both or none."""
    one, other = await book_different(city, 2)
    wanted = [{"start": b["start"], "mode": "onsite", "site": b["site"]} for b in (other, one)]
    before = await claims(city)
    answers = await asyncio.gather(move(city, one["token"], wanted[0]), move(city, other["token"], wanted[1]))
    assert {status for status, _ in answers} <= {200, 409}
    assert await claims(city) == before
    assert len(set((await starts(city)).values())) == 2


async def test_one_appointment_moved_to_many_times_at_once_is_at_one_of_them(city: City) -> None:
    booked = await city.book("bauberatung", "onsite")
    targets = (await city.free("bauberatung", "onsite"))[8 : 8 + 3 * MOVERS : 3]
    answers = await asyncio.gather(*(move(city, booked["token"], target) for target in targets))
    assert {status for status, _ in answers} <= {200, 409}
    assert 200 in {status for status, _ in answers}
    assert list((await claims(city)).values()) == [6]
    now_at = (await starts(city))[booked["number"]]
    assert now_at in {datetime.fromisoformat(target["start"]) for target in targets}


async def test_moved_and_cancelled_at_once_is_cancelled_or_moved_and_holds_no_time_too_many(
    city: City,
) -> None:
    for _ in range(5):
        booked = await city.book("bauberatung", "onsite")
        target = (await city.free("bauberatung", "onsite"))[-1]
        address = f"/api/v1/appointments/{booked['token']}"
        moved, gone = await asyncio.gather(move(city, booked["token"], target), city.client.delete(address))
        assert gone.status == 204
        assert moved[0] in (200, 409)
        assert (await (await city.client.get(address)).json())["state"] == "cancelled"
        assert sum((await claims(city)).values()) == 0


async def test_cancelling_twice_at_once_is_fine(city: City) -> None:
    for _ in range(5):
        booked = await city.book("bauberatung", "onsite")
        address = f"/api/v1/appointments/{booked['token']}"
        answers = await asyncio.gather(*(city.client.delete(address) for _ in range(4)))
        assert [answer.status for answer in answers] == [204] * 4
