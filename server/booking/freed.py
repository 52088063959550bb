"""A time that was given back rests a while, nobody can tell how long: who sells times can not hand one over.

What is done with it is in `claim.py` (resting) and `offer.py` (the waiting list goes first).
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model_waiting import WaitingRow
from server.settings import Settings

Draw = Callable[[], float]
DRAW: Draw = random.SystemRandom().random
SOMEBODY_WAITS = select(WaitingRow.id).where(WaitingRow.state == "waiting").limit(1)
OF_WHAT_IS_LEFT = 4
"""Of the time until it begins at most a quarter is spent on resting: a time of today must not be lost."""


AT_LEAST_FOR_WAITING = 2
"""Minutes in which the waiting list is asked first, also where resting is switched off."""


async def minutes_to_rest(tx: AsyncConnection, settings: Settings) -> tuple[int, int]:
    """As the settings say; while anybody waits, long enough to ask the waiting list first."""
    shortest, longest = settings.freed_rest
    if longest < AT_LEAST_FOR_WAITING and await tx.scalar(SOMEBODY_WAITS):
        return AT_LEAST_FOR_WAITING, AT_LEAST_FOR_WAITING
    return shortest, longest


def rest_until(now: datetime, start: datetime, minutes: tuple[int, int], draw: Draw = DRAW) -> datetime:
    """When the freed time is offered to everybody; `now` itself where resting is switched off or pointless."""
    shortest, longest = minutes
    rest = timedelta(minutes=shortest + (longest - shortest) * draw())
    return now + max(min(rest, (start - now) / OF_WHAT_IS_LEFT), timedelta())
