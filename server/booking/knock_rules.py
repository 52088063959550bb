"""Whether one may knock now, and how long it will take: rules over desks that are free at this moment, pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.booking.calendar import DutyDay, first_tick
from server.booking.snapshot import Crew
from server.clock import tick_of

PATIENCE = timedelta(seconds=90)
"""Whose page has not asked for so long is gone. Browsers let pages in the background ask once a minute."""
MOST_PER_CLIENT = 5
TICK_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Desk:
    """A duty that takes video now; `run` is how many ticks in a row are free from this one on."""

    duty_id: int
    run: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """`open`: a knock would be taken in. `expected_minutes`: until the turn of whoever comes now, None while closed."""

    open: bool
    waiting: int
    expected_minutes: int | None


def desks_now(
    duties: Iterable[DutyDay],
    crews: Sequence[Crew],
    service: str,
    needed: int,
    spoken: str | None,
    now: datetime,
) -> list[Desk]:
    """Trained clerks with a video duty that has room from now on; those who speak the language, where there are any."""
    desks, speakers = [], []
    for duty in duties:
        crew = crews[duty.crew]
        if not duty.takes_video or service not in crew.services:
            continue
        run = _run(duty.free_at(now) >> (tick_of(now) - first_tick(duty.day)))
        if run >= needed:
            desks.append(Desk(duty.duty_id, run))
            if spoken in crew.languages:
                speakers.append(desks[-1])
    return speakers or desks


def _run(free: int) -> int:
    """How many of the lowest bits are set in a row."""
    return (~free & (free + 1)).bit_length() - 1


def outlook(desks: Sequence[Desk], ahead: int, needed: int) -> Outlook:
    """Open as long as everybody who waits, and one more, fits into the time that is free in a row."""
    rounds = sum(desk.run // needed for desk in desks)
    if ahead >= rounds:
        return Outlook(False, ahead, None)
    return Outlook(True, ahead, ahead // len(desks) * needed * TICK_MINUTES)
