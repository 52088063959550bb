"""A hold that its owner confirms and gives back at once; and a number drawn twice. On both databases."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import delete, func, select

from server.access import appointment_by_hold
from server.booking.confirm import ConfirmAsk, confirm
from server.booking.hold import HoldAsk, hold, release
from server.booking.model import ClaimRow
from server.db import Database
from server.errors import HoldExpired
from tests.office.city import City

TRIALS = 60
SEED = 20270301


@pytest.fixture
async def other_process(city: City) -> AsyncIterator[Database]:
    db = Database(city.settings.database_url)
    yield db
    await db.close()


async def test_a_confirmed_time_is_never_given_back_by_a_late_click(
    city: City, other_process: Database
) -> None:
    """Who was told "booked" is booked and has the claims; who was told "expired" holds nothing."""
    office, chance = city.office, random.Random(SEED)
    slot = (await city.free("bauberatung", "onsite"))[0]
    ask = HoldAsk((("bauberatung", 1),), "onsite", slot["site"], datetime.fromisoformat(slot["start"]))
    for _ in range(TRIALS):
        held = await hold(office.db, office.calendar, office.settings, ask, None, city.now)

        async def give_back(token: str = held.token) -> None:
            await asyncio.sleep(chance.random() / 300)
            await release(other_process, office.calendar, token, city.now)

        async def book(token: str = held.token) -> bool:
            await asyncio.sleep(chance.random() / 300)
            who = ConfirmAsk(token, "Erika Musterfrau", None, None, "de", {})
            try:
                await confirm(
                    office.db, office.calendar, office.keyring, office.settings, who, None, city.now
                )
            except HoldExpired:
                return False
            return True

        _, booked = await asyncio.gather(give_back(), book())
        async with office.db.read() as tx:
            state = (await appointment_by_hold(tx, held.token)).state
            claims = await tx.scalar(select(func.count()).select_from(ClaimRow))
        assert (state, claims) == (("confirmed", 6) if booked else ("cancelled", 0))
        async with office.db.write() as tx:
            await tx.execute(delete(ClaimRow))


async def test_a_number_drawn_twice_is_drawn_again(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(["111-111-116", "111-111-116", "111-111-116", "222-222-222"])
    monkeypatch.setattr("server.booking.hold.new_number", lambda: next(numbers))
    slots = await city.free("bauberatung", "video")
    answers = [await city.hold("bauberatung", slot) for slot in (slots[0], slots[9])]
    assert [answer.status for answer in answers] == [201, 201]
