"""A duty that comes back every week: making its days, ending it, and the job that keeps three months planned.

A break is no duty in that span: `times` holds what lies before and after it.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Literal

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff
from server.audit import record
from server.booking.model import DutyRow, DutySeriesRow
from server.catalog.hours import Closures, days, is_closed
from server.clock import berlin, wall_span
from server.db import Database
from server.errors import NotFound
from server.people.model import StaffRow
from server.planning.crew import closures, doubly_used, refuse_unknown_site
from server.planning.duties import Duty, DutyRefused, add_duties, check, known_duties, lock_clerks
from server.planning.remove import remove_unused

AHEAD = timedelta(days=93)
MOST_SPANS = 6
Shift = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Series:
    """Who, where, on which weekdays (Monday is 0), every how many weeks counted from `first_day`'s week."""

    staff_id: int
    place: Literal["home", "desk"]
    site_id: str | None
    desk: str | None
    takes_video: bool
    weekdays: tuple[int, ...]
    every_weeks: int
    times: tuple[Shift, ...]
    first_day: date
    last_day: date | None


def days_of(series: Series, first: date, last: date) -> Iterator[date]:
    """The days of the series from `first` to `last`, both included; holidays are not looked at."""
    monday = series.first_day - timedelta(days=series.first_day.weekday())
    begin, end = max(first, series.first_day), min(last, series.last_day or last)
    for day in days(begin, end):
        if day.weekday() in series.weekdays and (day - monday).days // 7 % series.every_weeks == 0:
            yield day


def duties_of(
    series: Series, first: date, last: date, closed: Closures, assumption_day: bool
) -> Iterator[Duty]:
    """The duties of these days: wall clock first, then UTC. What the clock skips in March does not take place."""
    for day in days_of(series, first, last):
        if is_closed(series.site_id, day, closed, assumption_day):
            continue
        for begins, ends in series.times:
            start, end = wall_span(day, begins, ends)
            if start < end:
                where = (series.site_id, series.desk, series.takes_video)
                yield Duty(series.staff_id, series.place, start, end, *where)


def check_series(series: Series) -> None:
    """Raises `DutyRefused` unless the series makes sense by itself."""
    if not series.weekdays or not set(series.weekdays) <= set(range(7)):
        raise DutyRefused("Bitte wählen Sie mindestens einen Wochentag.")
    if not 1 <= series.every_weeks <= 8:
        raise DutyRefused("Der Abstand ist eine bis acht Wochen.")
    if not 2000 <= series.first_day.year <= 2100:
        raise DutyRefused("Das Jahr liegt zwischen 2000 und 2100.")
    if series.last_day is not None and series.last_day < series.first_day:
        raise DutyRefused("Der letzte Tag darf nicht vor dem ersten liegen.")
    if not 1 <= len(series.times) <= MOST_SPANS:
        raise DutyRefused("Bitte geben Sie an, von wann bis wann der Dienst dauert.")
    edges = [(begins, ends if ends != time(0) else time.max) for begins, ends in series.times]
    in_order = [edge for span in edges for edge in span]
    if any(one > other for one, other in pairwise(in_order)):
        raise DutyRefused("Die Zeiten müssen aufeinander folgen; dazwischen liegen die Pausen.")
    if any(begins == ends for begins, ends in edges):
        raise DutyRefused("Ein Dienst muss später enden, als er beginnt.")
    for begins, ends in series.times:  # a winter day, when no clock is changed: place and grid
        start, end = wall_span(date(2027, 1, 11), begins, ends)
        check(Duty(series.staff_id, series.place, start, end, series.site_id, series.desk))


async def add_series(
    db: Database, staff: Staff, series: Series, now: datetime, assumption_day: bool
) -> tuple[int, int, list[Duty]]:
    """Stores the series and its duties of the next three months; all of it or, with `DutyRefused`, nothing.

    Returns its id, how many duties were made, and those whose desk somebody else has at the same time.
    """
    check_series(series)
    today = berlin(now).date()
    async with db.write() as tx:
        await refuse_unknown_site(tx, series.site_id)
        made = insert(DutySeriesRow).returning(DutySeriesRow.id)
        until = max(today, series.first_day - timedelta(days=1)) + AHEAD
        series_id = (
            await tx.execute(made, {**_values(series), "planned_until": until, "created_at": now})
        ).scalar_one()
        closed = await closures(tx)
        planned = duties_of(series, today, until, closed, assumption_day)
        duties = [_in_series(duty, series_id) for duty in planned if duty.starts_at >= now]
        warned = await doubly_used(tx, duties)
        await add_duties(tx, duties, now)
        await record(tx, now, staff.actor, "series.add", str(series_id), duties=len(duties))
    return series_id, len(duties), warned


async def end_series(
    db: Database, staff: Staff, series_id: int, last_day: date, now: datetime
) -> tuple[int, list[int]]:
    """No duty of the series after `last_day`. Returns how many went, and the ids that hold appointments and stay."""
    async with db.write() as tx:
        row = (await tx.execute(select(DutySeriesRow).where(DutySeriesRow.id == series_id))).first()
        if row is None:
            raise NotFound
        last_day = min(last_day, row.last_day or last_day, date(2100, 12, 31))
        last_day = max(last_day, row.first_day - timedelta(days=1))
        await tx.execute(update(DutySeriesRow).where(DutySeriesRow.id == series_id).values(last_day=last_day))
        after, _ = wall_span(last_day + timedelta(days=1), time(0), time(0))
        later = select(DutyRow.id).where(DutyRow.series_id == series_id, DutyRow.starts_at < DutyRow.ends_at)
        duty_ids = set(await tx.scalars(later.where(DutyRow.starts_at >= max(after, now))))
        kept = await remove_unused(tx, duty_ids, now)
        await record(tx, now, staff.actor, "series.end", str(series_id), kept=len(kept))
    return len(duty_ids) - len(kept), kept


async def extend_all(db: Database, now: datetime, assumption_day: bool) -> int:
    """Every night: the duties that are missing up to 93 days ahead; returns how many were made. Safe to repeat.

    A day on which the clerk already has another duty is left out; the roster shows it as it is.
    """
    until = berlin(now).date() + AHEAD
    going_on = or_(DutySeriesRow.last_day.is_(None), DutySeriesRow.last_day > DutySeriesRow.planned_until)
    query = select(DutySeriesRow).join(StaffRow, StaffRow.id == DutySeriesRow.staff_id)
    async with db.read() as tx:
        due = query.where(StaffRow.active, DutySeriesRow.planned_until < until, going_on)
        rows = (await tx.execute(due.order_by(DutySeriesRow.id))).all()
    made = 0
    for row in rows:
        async with db.write() as tx:
            made += await _extend(tx, row, until, now, assumption_day)
    return made


async def _extend(tx: AsyncConnection, row: Any, until: date, now: datetime, assumption_day: bool) -> int:
    mine = (
        DutySeriesRow.id == row.id,
        DutySeriesRow.planned_until == row.planned_until,
        DutySeriesRow.last_day.is_(None) if row.last_day is None else DutySeriesRow.last_day == row.last_day,
    )
    taken = await tx.execute(update(DutySeriesRow).where(*mine).values(planned_until=until))
    if taken.rowcount != 1:
        return 0
    await lock_clerks(tx, [row.staff_id])
    first = max(row.planned_until + timedelta(days=1), berlin(now).date())
    planned = duties_of(series_of(row), first, until, await closures(tx), assumption_day)
    duties = [_in_series(duty, row.id) for duty in planned if duty.starts_at >= now]
    busy = await known_duties(tx, duties) if duties else []
    free = [d for d in duties if not any(b.starts_at < d.ends_at and d.starts_at < b.ends_at for b in busy)]
    await add_duties(tx, free, now)
    await record(
        tx, now, "system", "series.extend", str(row.id), duties=len(free), left_out=len(duties) - len(free)
    )
    return len(free)


async def every_series(tx: AsyncConnection) -> list[Any]:
    """All stored series with the clerk's login and name, the newest first."""
    columns = (DutySeriesRow, StaffRow.login, StaffRow.display)
    query = select(*columns).join(StaffRow, StaffRow.id == DutySeriesRow.staff_id)
    return list((await tx.execute(query.order_by(DutySeriesRow.id.desc()))).all())


def series_of(row: Any) -> Series:
    """A stored series as the rules see it."""
    return Series(
        staff_id=row.staff_id,
        place=row.place,
        site_id=row.site_id,
        desk=row.desk,
        takes_video=row.takes_video,
        weekdays=tuple(row.weekdays),
        every_weeks=row.every_weeks,
        times=tuple((time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in row.times),
        first_day=row.first_day,
        last_day=row.last_day,
    )


def _values(series: Series) -> dict[str, Any]:
    times = [[begins.strftime("%H:%M"), ends.strftime("%H:%M")] for begins, ends in series.times]
    return {**asdict(series), "weekdays": sorted(set(series.weekdays)), "times": times}


def _in_series(duty: Duty, series_id: int) -> Duty:
    return Duty(
        duty.staff_id,
        duty.place,
        duty.starts_at,
        duty.ends_at,
        duty.site_id,
        duty.desk,
        duty.takes_video,
        series_id=series_id,
    )
