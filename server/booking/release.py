"""Which part of a duty a channel may use now: shares per channel, released in stages and never at one instant. Pure.

A plan cuts each duty's day into runs of ticks, one run per part in every four hours, turned by a number that only
depends on duty and day: long visits still fit, and every part has times at all hours. A part opens at a minute of its
own between seven and nineteen o'clock, so that there is no instant at which everybody has to be there.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from server.booking.calendar import DutyDay, bits, first_tick
from server.catalog.model import ReleasePart
from server.clock import BERLIN, instant_of
from server.errors import BadInput

CHANNELS = ("online", "phone", "onsite", "walk-in")
EVERYTHING = "all"
"""No channel: what there would be if all were open, to say that more will come."""
PERIOD = 4 * 12
HORIZON = 92
OPENS_FROM, OPENS_WITHIN_MINUTES = time(7), 12 * 60
SAME_DAY_WITHIN_MINUTES = 5 * 60
LONG_AGO, NEVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

Plan = tuple[ReleasePart, ...]


class PlanRefused(BadInput):
    """A plan that can't work."""

    type = "release-refused"
    detail = "Dieser Freigabeplan geht so nicht."


def check(plan: Sequence[ReleasePart]) -> None:
    """Raises `PlanRefused` unless the shares are the whole, and citizens can book something by themselves."""
    if not 1 <= len(plan) <= 12:
        raise PlanRefused("Ein Plan hat 1 bis 12 Teile.")
    if any(part.channel not in CHANNELS for part in plan):
        raise PlanRefused("Diesen Weg gibt es nicht.")
    if any(not 1 <= part.share <= 100 for part in plan) or sum(part.share for part in plan) != 100:
        raise PlanRefused("Die Anteile müssen zusammen 100 Prozent ergeben.")
    if any(not 0 <= part.days <= HORIZON for part in plan):
        raise PlanRefused("Freigegeben wird 0 bis 92 Tage vorher.")
    if any(part.late is not None and not 0 <= part.late <= 240 for part in plan):
        raise PlanRefused("Für alle geöffnet wird 0 bis 240 Stunden vorher.")
    if not any(part.channel == "online" for part in plan):
        raise PlanRefused("Mindestens ein Teil muss online buchbar sein.")


@dataclass(frozen=True, slots=True)
class Usable:
    """The ticks that a channel may use, and until when that stays so."""

    mask: int
    until: datetime


def usable(plan: Plan, duty_id: int, day: date, span: int, channel: str, now: datetime) -> Usable:
    """What of the duty's day (`span`, a mask) this channel may use at `now`."""
    mask, until = 0, NEVER
    for number, part_mask in enumerate(masks(plan, duty_id, day, span)):
        opens = _opens_for(plan[number], number, duty_id, day, span, channel)
        if opens <= now:
            mask |= part_mask
        else:
            until = min(until, opens)
    return Usable(mask, until)


def open_now(duty: DutyDay, channel: str, now: datetime) -> int:
    """What is free of a duty's day and open to this channel; the plan is worked out anew only when it must be."""
    free = duty.free_at(now) if duty.held else duty.free
    if duty.plan is None or duty.demo:
        return free
    known = duty.released.get(channel)
    if known is None or not known[1] <= now < known[2]:
        fresh = usable(duty.plan, duty.duty_id, duty.day, duty.span, channel, now)
        known = duty.released[channel] = fresh.mask, now, fresh.until
    return free & known[0]


def _opens_for(part: ReleasePart, number: int, duty_id: int, day: date, span: int, channel: str) -> datetime:
    if channel == EVERYTHING:
        return LONG_AGO
    late = NEVER
    if part.late is not None and span:
        late = instant_of(first_tick(day) + (span & -span).bit_length() - 1) - timedelta(hours=part.late)
    if part.channel not in ("online", channel):
        return late
    return min(late, opens_at(part, number, duty_id, day))


@lru_cache(maxsize=100_000)
def opens_at(part: ReleasePart, number: int, duty_id: int, day: date) -> datetime:
    """The minute at which this part of this duty's day is released."""
    if part.days >= HORIZON:
        return LONG_AGO
    drawn = _number(duty_id, day, number)
    if part.days == 0:
        return datetime.combine(day, time(), BERLIN).astimezone(UTC) + timedelta(
            minutes=drawn % SAME_DAY_WITHIN_MINUTES
        )
    opens = datetime.combine(day - timedelta(days=part.days), OPENS_FROM, BERLIN).astimezone(UTC)
    return opens + timedelta(minutes=drawn % OPENS_WITHIN_MINUTES)


@lru_cache(maxsize=20_000)
def masks(plan: Plan, duty_id: int, day: date, span: int) -> tuple[int, ...]:
    """The mask of each part; together they are the span, and none has a tick of another."""
    found = [0] * len(plan)
    ticks = bits(span)
    for period, begin in enumerate(range(0, len(ticks), PERIOD)):
        run = ticks[begin : begin + PERIOD]
        turned = _number(duty_id, day, period) % len(run)
        ends = _ends(plan, len(run))
        for position, tick in enumerate(run):
            place = (position + turned) % len(run)
            number = next(n for n, end in enumerate(ends) if place < end)
            found[number] |= 1 << tick
    return tuple(found)


def _ends(plan: Plan, length: int) -> list[int]:
    """Where each part ends in a run of this length, rounded to whole ticks."""
    ends, share = [], 0
    for part in plan:
        share += part.share
        ends.append((share * length + 50) // 100)
    return ends


def _number(duty_id: int, day: date, salt: int) -> int:
    return zlib.crc32(f"{duty_id}|{day}|{salt}".encode())
