"""The office's calendar as bit masks, pure: which ticks of a local day a duty has, and where a visit fits.

A mask is one integer per duty and local day; bit 0 is local midnight, a bit is five minutes. Days of 23 and
25 hours simply have fewer or more bits. A duty that goes on past midnight keeps some bits of the next day,
so that a visit may end there; it always starts on its own day. Opening hours are in `catalog/hours.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache

from server.catalog.model import ReleasePart
from server.clock import BERLIN, ceil_tick, tick_of

PAST_MIDNIGHT = 3 * 12
JETZT = timedelta(hours=3)
"""A demo duty is for trying out now: further ahead the office's own duties decide, and may run out."""
MOST_TICKS = 25 * 12 + PAST_MIDNIGHT


@dataclass(slots=True)
class DutyDay:
    """The part of a duty that lies on one local day. `free` leaves out confirmed claims, `held` expires.

    `plan` is its place's release plan; `released` keeps by channel (mask, from when, until when it is right).
    """

    duty_id: int
    day: date
    crew: int
    home: bool
    site: str | None
    takes_video: bool
    step_ticks: int | None
    demo: bool
    span: int
    free: int
    held: tuple[tuple[int, datetime], ...] = ()
    plan: tuple[ReleasePart, ...] | None = None
    released: dict[str, tuple[int, datetime, datetime]] = field(default_factory=dict)

    def free_at(self, now: datetime) -> int:
        free = self.free
        for mask, expires_at in self.held:
            if expires_at > now:
                free &= ~mask
        return free


@cache
def first_tick(day: date) -> int:
    """The tick that begins at local midnight."""
    return tick_of(datetime.combine(day, time(), BERLIN))


def local_days(starts_at: datetime, ends_at: datetime) -> list[date]:
    """The local days that a span touches."""
    first = starts_at.astimezone(BERLIN).date()
    last = (ends_at - timedelta(microseconds=1)).astimezone(BERLIN).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def span_mask(day: date, starts_at: datetime, ends_at: datetime) -> int:
    """The whole ticks of this local day, and a few of the next, that lie inside the span."""
    base, end = first_tick(day), first_tick(day + timedelta(days=1)) + PAST_MIDNIGHT
    low = max(ceil_tick(starts_at), base) - base
    high = min(tick_of(ends_at), end) - base
    return ((1 << high) - 1) & ~((1 << low) - 1) if high > low else 0


def ticks_mask(day: date, ticks: Iterable[int]) -> int:
    """These ticks as a mask of this day; ticks of other days are left out."""
    base = first_tick(day)
    mask = 0
    for tick in ticks:
        if 0 <= tick - base < MOST_TICKS:
            mask |= 1 << (tick - base)
    return mask


def fits(free: int, ticks: int) -> int:
    """The starts at which so many ticks in a row are free: log2(n) shifts instead of n."""
    have = 1
    while have * 2 <= ticks:
        free &= free >> have
        have *= 2
    return free & (free >> (ticks - have)) if ticks > have else free


@cache
def grid(day: date, step_ticks: int) -> int:
    """Starts on a grid from local midnight to the next."""
    length = first_tick(day + timedelta(days=1)) - first_tick(day)
    return sum(1 << bit for bit in range(0, length, step_ticks))


def bits(mask: int) -> list[int]:
    """The positions of the set bits, in order."""
    text = bin(mask)[:1:-1]
    found, at = [], text.find("1")
    while at >= 0:
        found.append(at)
        at = text.find("1", at + 1)
    return found
