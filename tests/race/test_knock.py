"""Two clerks call in the same person at once: one of them gets the conversation. The control shows what keeps it so."""

import asyncio
import secrets

import pytest
from sqlalchemy import select

from server.booking import knock_take
from server.booking.model import AppointmentRow
from tests.http.test_knock import DESK, knock, today_at, waiting
from tests.office.city import City
from tests.race.books import faults


async def calls_at_once(city: City) -> list[int]:
    """The statuses of eight presses by two clerks who both have time now."""
    city.clock.set(today_at(10, 3))
    await knock(city)
    clerks = [await city.sign_in("clerk1"), await city.sign_in("clerk2")]
    [one] = await waiting(clerks[0])
    path = f"{DESK}/{one['knock']}/take"
    answers = await asyncio.gather(*(clerk.post(path) for clerk in clerks * 4))
    return [answer.status for answer in answers]


async def appointments(city: City) -> int:
    async with city.office.db.read() as tx:
        return len((await tx.execute(select(AppointmentRow.id))).all())


@pytest.mark.criterion("C25")
async def test_two_clerks_take_the_same_knock_and_one_gets_it(city: City) -> None:
    assert sorted(await calls_at_once(city)) == [200, *[409] * 7]
    assert await appointments(city) == 1
    assert await faults(city) == []


async def test_without_the_key_both_get_it(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knock_take, "visit_id", lambda _knock: secrets.token_hex(16))
    assert (await calls_at_once(city)).count(200) > 1
    assert await appointments(city) > 1
