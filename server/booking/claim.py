"""Where a time is reserved: candidate duties, and the claims whose primary key allows each tick once.

Nobody checks first and inserts later: the candidates are a hint, the insert decides. Called inside the
transaction of a verb (hold, move).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, insert, or_, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.calendar import first_tick, grid
from server.booking.model import CalendarChangeRow, ClaimRow, DutyRow, TrainingRow
from server.booking.routing import Wish
from server.catalog.hours import open_spans
from server.catalog.model import Catalogue, Mode
from server.clock import BERLIN, TICK, tick_of
from server.errors import BadInput, OffGrid, PastTime, SlotTaken, TooFar
from server.people.model import StaffRow

HORIZON_DAYS = 92
CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class Span:
    """The time asked for: mode, site and ticks, checked to be sensible whether or not it is free."""

    start: datetime
    end: datetime
    mode: Mode
    site: str | None

    @property
    def ticks(self) -> range:
        return range(tick_of(self.start), tick_of(self.end))


def span_of(wish: Wish, start: datetime, mode: Mode, site: str | None, now: datetime) -> Span:
    """The span this wish would cover; `OffGrid`, `PastTime`, `TooFar` or `BadInput` when it can't be."""
    start = start.astimezone(UTC)
    if start.timestamp() % TICK.total_seconds():
        raise OffGrid
    if start < now + wish.lead(mode):
        raise PastTime
    if (start - now).days > HORIZON_DAYS:
        raise TooFar
    if mode == "video" and not wish.video:
        raise BadInput("Dieses Anliegen geht nicht per Video. Bitte wählen Sie einen Termin vor Ort.")
    if mode == "onsite" and not wish.onsite:
        raise BadInput("Dieses Anliegen wird nur per Video beraten.")
    if mode == "onsite" and site not in wish.sites:
        raise BadInput("Bitte wählen Sie einen Standort, an dem dieses Anliegen erledigt wird.")
    return Span(start, start + TICK * wish.ticks, mode, None if mode == "video" else site)


async def candidates(
    tx: AsyncConnection,
    wish: Wish,
    span: Span,
    catalogue: Catalogue,
    assumption_day: bool,
    now: datetime,
    own: str = "",
) -> list[int]:
    """Duties that look free for the span, the best first; those that speak the wished language before others.

    A hint, read outside the writing transaction: only `insert_claims` decides. `own` is an appointment whose
    claims don't count, because they are given back in the same step.
    """
    duties = [
        duty
        for duty in await tx.execute(_looking_free(wish, span, now, own))
        if _starts_here(duty, wish, span) and _is_open(duty, span, catalogue, assumption_day)
    ]
    duties.sort(key=lambda duty: bool(wish.language) and wish.language not in duty.languages)
    return [duty.id for duty in duties]


async def insert_claims(
    tx: AsyncConnection,
    duty_id: int,
    ticks: Sequence[int],
    appointment_id: str,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    """The one place where scarcity is decided: a second claim on a tick breaks the primary key."""
    over = and_(ClaimRow.duty_id == duty_id, ClaimRow.tick.in_(ticks), ClaimRow.expires_at <= now)
    await tx.execute(delete(ClaimRow).where(over))
    rows = [
        {"duty_id": duty_id, "tick": tick, "appointment_id": appointment_id, "expires_at": expires_at}
        for tick in ticks
    ]
    try:
        await tx.execute(insert(ClaimRow).values(rows))
    except IntegrityError as error:
        raise SlotTaken from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "40P01":  # two that wait for each other: one gives way
            raise SlotTaken from error
        raise


async def free(tx: AsyncConnection, appointment_id: str, duty_id: int, now: datetime) -> None:
    """Gives the claims of an appointment back; freeing never waits for anybody."""
    await tx.execute(delete(ClaimRow).where(ClaimRow.appointment_id == appointment_id))
    await announce(tx, duty_id, now)


async def announce(tx: AsyncConnection, duty_id: int | None, now: datetime) -> None:
    """Tells every process's calendar that this duty changed."""
    await tx.execute(insert(CalendarChangeRow).values(duty_id=duty_id, at=now))


def _looking_free(wish: Wish, span: Span, now: datetime, own: str) -> Select[*tuple[Any, ...]]:
    taken = exists().where(
        ClaimRow.duty_id == DutyRow.id,
        ClaimRow.tick >= span.ticks.start,
        ClaimRow.tick < span.ticks.stop,
        ClaimRow.appointment_id != own,
        or_(ClaimRow.expires_at.is_(None), ClaimRow.expires_at > now),
    )
    trained = (
        select(func.count())
        .where(TrainingRow.staff_id == DutyRow.staff_id, TrainingRow.service_id.in_(wish.service_ids))
        .scalar_subquery()
    )
    columns = (
        DutyRow.id,
        DutyRow.site_id,
        DutyRow.place,
        DutyRow.step_minutes,
        DutyRow.demo,
        StaffRow.languages,
    )
    at_home = DutyRow.place == "home"
    where = or_(at_home, DutyRow.takes_video) if span.mode == "video" else DutyRow.site_id == span.site
    return (
        select(*columns)
        .join(StaffRow, StaffRow.id == DutyRow.staff_id)
        .where(DutyRow.starts_at <= span.start, DutyRow.ends_at >= span.end, where)
        .where(trained == len(wish.service_ids), ~taken)
        .order_by(DutyRow.demo.desc(), at_home.desc(), DutyRow.id)
        .limit(CANDIDATES)
    )


def _starts_here(duty: Any, wish: Wish, span: Span) -> bool:
    day = span.start.astimezone(BERLIN).date()
    step = duty.step_minutes // 5 if duty.step_minutes else wish.step_ticks
    return bool(grid(step) >> (span.ticks.start - first_tick(day)) & 1)


def _is_open(duty: Any, span: Span, catalogue: Catalogue, assumption_day: bool) -> bool:
    if duty.demo:
        return True
    day = span.start.astimezone(BERLIN).date()
    site = catalogue.sites.get(duty.site_id) if duty.site_id else None
    spans = open_spans(site, day, day, catalogue.closures, assumption_day)
    return any(start <= span.start and span.end <= end for start, end in spans)
