"""A time that was given back rests a while, nobody can tell how long: who sells times can not hand one over (pure).

What is done with it is in `claim.py` (resting) and `offer.py` (the waiting list goes first).
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

Draw = Callable[[], float]
DRAW: Draw = random.SystemRandom().random
OF_WHAT_IS_LEFT = 4
"""Of the time until it begins at most a quarter is spent on resting: a time of today must not be lost."""


def rest_until(now: datetime, start: datetime, minutes: tuple[int, int], draw: Draw = DRAW) -> datetime:
    """When the freed time is offered to everybody; `now` itself where resting is switched off or pointless."""
    shortest, longest = minutes
    rest = timedelta(minutes=shortest + (longest - shortest) * draw())
    return now + max(min(rest, (start - now) / OF_WHAT_IS_LEFT), timedelta())
