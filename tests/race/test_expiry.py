"""A hold at the very moment of its expiry: kept by its owner or taken by somebody else, never both, never neither."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import delete, func, select

from server.booking.confirm import Booked, ConfirmAsk, confirm
from server.booking.hold import Held, HoldAsk, extend, hold
from server.booking.model import ClaimRow
from server.db import Database
from server.errors import HoldExpired, Refusal, SlotTaken
from tests.office.city import City

T = TypeVar("T")
TRIALS = 200
SEED = 20270301
MOMENT = timedelta(milliseconds=1)
NOW = timedelta(0)
TICKS = 6  # of a Bauberatung


@dataclass
class Quarrel:
    """An owner and a rival over one time. The rival has connections of its own, as another process has."""

    city: City
    rival: Database
    ask: HoldAsk
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    async def hold(self) -> Held:
        office = self.city.office
        return await hold(office.db, office.calendar, office.settings, self.ask, None, self.city.now)

    async def confirm(self, held: Held, at: datetime) -> Booked | Refusal:
        office = self.city.office
        ask = ConfirmAsk(held.token, "Erika Musterfrau", None, None, "de", {})
        return await self._sometime(
            confirm(office.db, office.calendar, office.keyring, office.settings, ask, None, at)
        )

    async def extend(self, held: Held, at: datetime) -> Held | Refusal:
        office = self.city.office
        return await self._sometime(extend(office.db, office.calendar, office.settings, held.token, at))

    async def take(self, at: datetime) -> Held | Refusal:
        office = self.city.office
        return await self._sometime(hold(self.rival, office.calendar, office.settings, self.ask, None, at))

    async def _sometime(self, attempt: Awaitable[T]) -> T | Refusal:
        await asyncio.sleep(self.chance.random() / 200)
        try:
            return await attempt
        except Refusal as refusal:
            return refusal

    async def claims(self) -> list[int]:
        """How many claims there are, by appointment."""
        query = select(func.count()).select_from(ClaimRow).group_by(ClaimRow.appointment_id)
        async with self.city.office.db.read() as tx:
            return list(await tx.scalars(query))

    async def clear(self) -> None:
        async with self.city.office.db.write() as tx:
            await tx.execute(delete(ClaimRow))


@pytest.fixture
async def quarrel(city: City) -> AsyncIterator[Quarrel]:
    """Over a time that only one duty can serve: the one desk of a site."""
    slot = (await city.free("bauberatung", "onsite"))[0]
    start = datetime.fromisoformat(slot["start"])
    rival = Database(city.settings.database_url)
    yield Quarrel(city, rival, HoldAsk((("bauberatung", 1),), "onsite", slot["site"], start))
    await rival.close()


async def test_at_the_moment_of_expiry_there_is_exactly_one_winner(quarrel: Quarrel) -> None:
    """To the owner's clock it is just not over, or just over; to the rival's just over."""
    owner_won = 0
    for _ in range(TRIALS):
        held = await quarrel.hold()
        skew = quarrel.chance.choice((-MOMENT, -MOMENT, -MOMENT, NOW))
        kept, took = await asyncio.gather(
            quarrel.confirm(held, held.expires_at + skew), quarrel.take(held.expires_at)
        )
        assert isinstance(kept, Booked | HoldExpired), kept
        assert isinstance(took, Held | SlotTaken), took
        assert isinstance(kept, Booked) != isinstance(took, Held), (skew, kept, took)
        assert await quarrel.claims() == [TICKS]
        owner_won += isinstance(kept, Booked)
        await quarrel.clear()
    assert 0 < owner_won < TRIALS * 3 // 4, "nobody raced"


async def test_a_hold_extended_at_the_last_moment_is_kept_or_lost_whole(quarrel: Quarrel) -> None:
    for _ in range(TRIALS // 4):
        held = await quarrel.hold()
        at = held.expires_at - MOMENT
        _, took = await asyncio.gather(quarrel.extend(held, at), quarrel.take(held.expires_at))
        kept = await quarrel.confirm(held, held.expires_at + MOMENT)
        assert isinstance(kept, Booked) != isinstance(took, Held), (kept, took)
        assert await quarrel.claims() == [TICKS]
        await quarrel.clear()
