"""Free times: 92 days over 4 sites with 100 duties a day, computed anew; and how it grows with bookings."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from server.booking.availability import starts_of_day
from server.booking.calendar import MOST_TICKS, bits, first_tick, fits, grid
from server.booking.routing import Wish
from server.booking.snapshot import Crew, Snapshot
from server.catalog.model import Catalogue, Service
from tests.bench.harness import Measured, bench, in_turn

FIRST, DAYS, DUTIES = date(2027, 1, 4), 92, 100
SITES = ("rathausplatz", "kronenstrasse", "gerberstrasse", "bahnhofstrasse")
NOW = datetime(2027, 1, 3, tzinfo=UTC)


def service() -> Service:
    return Service(
        "beratung", "amt", "99012008000000", {"de": "Beratung"}, {}, (), 15, ("video", "onsite"), True, {}, 0,
        4, frozenset(), SITES, (), (), {}, False,
    )  # fmt: skip


def office(booked_every: int) -> Snapshot:
    """Each duty of eight hours is booked for a quarter of an hour every so many ticks."""
    crews = [Crew(frozenset({"beratung"}), frozenset({"de"}))]
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    always = {(site, day): (1 << MOST_TICKS) - 1 for site in (None, *SITES) for day in days}
    snapshot = Snapshot(Catalogue({}, {}, {}, frozenset()), crews, {1: 0}, FIRST, dict(always))
    number = 0
    for day in days:
        base = first_tick(day)
        start = datetime.fromtimestamp((base + 96) * 300, UTC)
        for duty in _duties(start, number):
            claims = [
                (base + 96 + tick, None) for n in range(0, 96, booked_every) for tick in range(n, n + 3)
            ]
            snapshot.put(duty, claims)
        number += DUTIES
    return snapshot


def _duties(start: datetime, number: int) -> Iterator[Any]:
    for n in range(DUTIES):
        home = n % 4 == 0
        yield SimpleNamespace(
            id=number + n,
            staff_id=1,
            place="home" if home else "desk",
            site_id=None if home else SITES[n % 4],
            starts_at=start,
            ends_at=start + timedelta(hours=8),
            takes_video=home,
            step_minutes=None,
            demo=False,
        )


def _ours(snapshot: Snapshot) -> float:
    wish = Wish(((service(), 1),), "any", None, None)
    begin = time.perf_counter()
    times = 0
    for day in snapshot.days:
        for mask in starts_of_day(snapshot, wish, day, NOW).values():
            times += len(bits(mask))
    assert times > 0
    return (time.perf_counter() - begin) / (DAYS * DUTIES) * 1e6


def _bare(snapshot: Snapshot) -> float:
    """The limit: masks in a list, fit and union by site, without rules, lead time, or the list of times."""
    masks = [[(duty.site, duty.free) for duty in duties.values()] for duties in snapshot.days.values()]
    step = grid(FIRST, 3)
    begin = time.perf_counter()
    for day in masks:
        union: dict[str | None, int] = {}
        for site, free in day:
            union[site] = union.get(site, 0) | fits(free, 3) & step
    return (time.perf_counter() - begin) / (DAYS * DUTIES) * 1e6


@bench(
    "availability-92-days",
    unit="µs/duty-day",
    limit="the bare masks united by site and day, without rules and without the list of times",
    goal="<= 1.0 µs/duty-day",
)
async def availability() -> Measured:
    snapshot = office(booked_every=24)

    async def ours() -> float:
        return _ours(snapshot)

    async def limit() -> float:
        return _bare(snapshot)

    return await in_turn(ours, limit, runs=15)


@bench(
    "availability-ten-times-the-bookings",
    unit="µs/duty-day",
    limit="the same office with a tenth of the bookings",
    goal="<= 1.1",
)
async def growth() -> Measured:
    few, many = office(booked_every=90), office(booked_every=9)

    async def ours() -> float:
        return _ours(many)

    async def limit() -> float:
        return _ours(few)

    return await in_turn(ours, limit, runs=15)


@bench(
    "availability-8-weeks",
    unit="ms",
    limit="the bare masks of the same 56 days, without rules and without the list of times",
    goal="<= 6",
)
async def eight_weeks() -> Measured:
    snapshot = office(booked_every=24)
    snapshot.days = {day: duties for day, duties in snapshot.days.items() if day < FIRST + timedelta(days=56)}

    async def ours() -> float:
        return _ours(snapshot) * DAYS * DUTIES / 1000

    async def limit() -> float:
        return _bare(snapshot) * DAYS * DUTIES / 1000

    return await in_turn(ours, limit, runs=15)
