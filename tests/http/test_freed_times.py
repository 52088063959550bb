"""A time that was given back is offered again after a while that nobody can foretell (against resale)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.booking.freed import rest_until
from server.booking.model import ClaimRow
from tests.office.city import City, MakeCity

NOW = datetime.fromisoformat("2027-03-01T08:00+01:00")
FAR = NOW + timedelta(days=10)


def minutes(until: datetime) -> float:
    return (until - NOW) / timedelta(minutes=1)


@pytest.mark.parametrize(("draw", "rests"), [(0.0, 5), (0.5, 25), (1.0, 45)])
def test_the_rest_is_drawn_between_shortest_and_longest(draw: float, rests: float) -> None:
    assert minutes(rest_until(NOW, FAR, (5, 45), lambda: draw)) == rests


def test_a_time_of_today_is_not_lost_to_resting() -> None:
    assert minutes(rest_until(NOW, NOW + timedelta(minutes=40), (5, 45), lambda: 1.0)) == 10
    assert rest_until(NOW, NOW - timedelta(minutes=1), (5, 45)) == NOW


async def offered(city: City, start: str) -> bool:
    return start in {slot["start"] for slot in await city.free("personalausweis", "onsite")}


async def resting(city: City) -> list[datetime]:
    async with city.office.db.read() as tx:
        nobodys = select(ClaimRow.expires_at).where(ClaimRow.appointment_id.is_(None))
        return sorted({at for at in await tx.scalars(nobodys) if at})


async def give_back(city: City, booked: dict[str, Any]) -> None:
    assert (await city.client.delete(f"/api/v1/appointments/{booked['token']}")).status == 204


@pytest.mark.criterion("A16")
async def test_a_freed_time_comes_back_after_a_rest_and_not_before(make_city: MakeCity) -> None:
    city = await make_city(freed_rest_minutes="5-45")
    slot = (await city.free("personalausweis", "onsite"))[-1]
    booked = await city.book("personalausweis", "onsite", nth=-1)
    await give_back(city, booked)
    assert not await offered(city, slot["start"])
    held = await city.hold("personalausweis", slot)
    assert held.status == 409, "nor can it be had by asking for it"
    [until] = await resting(city)
    assert timedelta(minutes=5) <= until - city.now <= timedelta(minutes=45)
    city.clock.set(until)
    assert await offered(city, slot["start"])
    assert (await city.hold("personalausweis", slot)).status == 201


async def test_two_freed_times_come_back_at_different_instants(make_city: MakeCity) -> None:
    city = await make_city(freed_rest_minutes="5-45")
    for booked in [await city.book("personalausweis", "onsite", nth=-1) for _ in range(3)]:
        await give_back(city, booked)
    assert len(await resting(city)) == 3


async def test_a_move_lets_the_old_time_rest_too(make_city: MakeCity) -> None:
    city = await make_city(freed_rest_minutes="5-45")
    booked = await city.book("personalausweis", "onsite", nth=-1)
    old = (await city.free("personalausweis", "onsite"))[-1]
    slot = (await city.free("personalausweis", "onsite"))[0]
    path = f"/api/v1/appointments/{booked['token']}/move"
    assert (await city.client.post(path, json={k: slot[k] for k in ("start", "mode", "site")})).status == 200
    assert len(await resting(city)) == 1
    assert old["start"] != booked["start"]
    again = (await city.free("personalausweis", "onsite"))[1]
    assert (await city.client.post(path, json={k: again[k] for k in ("start", "mode", "site")})).status == 200
    assert len(await resting(city)) == 2, "what rested before goes on resting"


async def test_a_released_hold_is_free_at_once(make_city: MakeCity) -> None:
    city = await make_city(freed_rest_minutes="5-45")
    slot = (await city.free("personalausweis", "onsite"))[0]
    held = await (await city.hold("personalausweis", slot)).json()
    assert (await city.client.delete(f"/api/v1/holds/{held['hold']}")).status == 204
    assert await offered(city, slot["start"])
