"""The one place that asks what time it is, and what a tick is. Nothing here knows about opening hours."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
TICK_S = 300
TICK = timedelta(seconds=TICK_S)


class Clock(Protocol):
    """Tells the time as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved; shipped for tests and rehearsals."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        self._now += by


def tick_of(instant: datetime) -> int:
    """The number of the five-minute tick that holds this instant (counted from 1970 in UTC)."""
    return int(instant.timestamp()) // TICK_S


def ceil_tick(instant: datetime) -> int:
    """The first tick that begins at or after this instant."""
    return -(-int(instant.timestamp()) // TICK_S)


def instant_of(tick: int) -> datetime:
    """The instant at which a tick begins, in UTC."""
    return datetime.fromtimestamp(tick * TICK_S, UTC)


def berlin(instant: datetime) -> datetime:
    """The same instant on the city's wall clock."""
    return instant.astimezone(BERLIN)


def wall_span(day: date, opens: time, closes: time) -> tuple[datetime, datetime]:
    """A span of the city's wall clock in UTC; `closes` 00:00 is the end of that day.

    A time that the clock skips in March means the moment of the jump; of two equal times in October the first.
    """
    end_day = day + timedelta(days=1) if closes == time(0) else day
    return _wall(day, opens), _wall(end_day, closes)


def _wall(day: date, at: time) -> datetime:
    naive = datetime.combine(day, at)
    instant = naive.replace(tzinfo=BERLIN).astimezone(UTC)
    while instant.astimezone(BERLIN).replace(tzinfo=None) != naive:
        naive += timedelta(minutes=1)
        instant = naive.replace(tzinfo=BERLIN).astimezone(UTC)
    return instant
