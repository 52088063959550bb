"""The roster of one week as the scheduler reads it: who, where, when, and what doesn't fit. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model import AppointmentRow, DutyRow
from server.catalog.hours import is_closed, open_spans
from server.catalog.model import Catalogue
from server.clock import berlin, wall_span
from server.people.model import StaffRow
from server.planning.duties import Duty

OVERLAP = "Überschneidet sich mit einem anderen Dienst dieser Person."
SAME_DESK = "Zur selben Zeit ist noch jemand an diesem Schalter."
CLOSED = "An diesem Tag ist geschlossen."
OUTSIDE = "Liegt zum Teil außerhalb der Öffnungszeiten."


@dataclass(frozen=True, slots=True)
class Planned:
    """A duty as a line of the roster; `appointments` counts what would be lost without it."""

    id: int
    duty: Duty
    display: str
    series_id: int | None
    appointments: int
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which a site is open and nobody is at a desk."""

    site_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RosterDay:
    day: date
    closed: bool
    duties: list[Planned] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


async def week(
    tx: AsyncConnection, catalogue: Catalogue, monday: date, assumption_day: bool
) -> list[RosterDay]:
    """Seven days with their duties in order of time, each with its faults, and the gaps of each site."""
    planned = await load(tx, monday, monday + timedelta(days=6))
    told = {one.id: one for one in mark(planned, catalogue, assumption_day)}
    found = []
    for offset in range(7):
        day = monday + timedelta(days=offset)
        duties = [told[one.id] for one in planned if berlin(one.duty.starts_at).date() == day]
        closed = is_closed(None, day, catalogue.closures, assumption_day)
        found.append(RosterDay(day, closed, duties, gaps(duties, catalogue, day, assumption_day)))
    return found


async def load(tx: AsyncConnection, first: date, last: date) -> list[Planned]:
    """The duties that touch these days; the demo's duty "jetzt" is none of the scheduler's."""
    begin, _ = wall_span(first, time(0), time(0))
    end, _ = wall_span(last + timedelta(days=1), time(0), time(0))
    span = (DutyRow.ends_at > begin, DutyRow.starts_at < end, DutyRow.starts_at < DutyRow.ends_at)
    query = select(DutyRow, StaffRow.display).join(StaffRow, StaffRow.id == DutyRow.staff_id)
    rows = (await tx.execute(query.where(*span, DutyRow.demo.is_(False)))).all()
    alive = AppointmentRow.state.not_in(("cancelled", "missed"))
    counts = select(AppointmentRow.duty_id, func.count()).join(DutyRow, DutyRow.id == AppointmentRow.duty_id)
    counted = await tx.execute(counts.where(*span, alive).group_by(AppointmentRow.duty_id))
    used = {int(row[0]): int(row[1]) for row in counted}
    planned = [
        Planned(
            row.id,
            Duty(row.staff_id, row.place, row.starts_at, row.ends_at, row.site_id, row.desk, row.takes_video),
            row.display,
            row.series_id,
            used.get(row.id, 0),
        )
        for row in rows
    ]
    return sorted(planned, key=lambda one: (one.duty.starts_at, one.display, one.id))


def mark(planned: Sequence[Planned], catalogue: Catalogue, assumption_day: bool) -> list[Planned]:
    """The same with what doesn't fit: two duties of one person or at one desk, closed days, closed hours."""
    return [
        Planned(
            one.id,
            one.duty,
            one.display,
            one.series_id,
            one.appointments,
            tuple(_faults(one, planned, catalogue, assumption_day)),
        )
        for one in planned
    ]


def _faults(
    one: Planned, planned: Sequence[Planned], catalogue: Catalogue, assumption_day: bool
) -> list[str]:
    duty, found = one.duty, []
    same_time = [
        other.duty
        for other in planned
        if other.id != one.id and other.duty.starts_at < duty.ends_at and duty.starts_at < other.duty.ends_at
    ]
    if any(other.staff_id == duty.staff_id for other in same_time):
        found.append(OVERLAP)
    if duty.desk and any((o.site_id, o.desk) == (duty.site_id, duty.desk) for o in same_time):
        found.append(SAME_DESK)
    day = berlin(duty.starts_at).date()
    if is_closed(duty.site_id, day, catalogue.closures, assumption_day):
        found.append(CLOSED)
    elif site := catalogue.sites.get(duty.site_id or ""):
        spans = open_spans(site, day, day, catalogue.closures, assumption_day)
        if not any(start <= duty.starts_at and duty.ends_at <= end for start, end in spans):
            found.append(OUTSIDE)
    return found


def gaps(duties: Sequence[Planned], catalogue: Catalogue, day: date, assumption_day: bool) -> list[Gap]:
    """When a site is open on this day and no desk is staffed."""
    found = []
    for site in catalogue.sites.values():
        there = sorted(
            (one.duty.starts_at, one.duty.ends_at) for one in duties if one.duty.site_id == site.id
        )
        for start, end in open_spans(site, day, day, catalogue.closures, assumption_day):
            at = start
            for begins, ends in there:
                if begins > at and at < end:
                    found.append(Gap(site.id, at, min(begins, end)))
                at = max(at, ends)
            if at < end:
                found.append(Gap(site.id, at, end))
    return found
