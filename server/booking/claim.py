"""Where a time is reserved: candidate duties, and the claims whose primary key allows each tick once.

Nobody checks first and inserts later: the candidates are a hint, the insert decides. Called inside the
transaction of a verb (hold, move).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.calendar import JETZT, first_tick, grid, span_mask, ticks_mask
from server.booking.model import CalendarChangeRow, ClaimRow, DutyRow, TrainingRow
from server.booking.model_waiting import FreedRow
from server.booking.release import usable
from server.booking.routing import Wish
from server.catalog.hours import open_spans
from server.catalog.model import Catalogue, Mode
from server.clock import BERLIN, TICK, instant_of, tick_of
from server.errors import BadInput, OffGrid, PastTime, SlotTaken, TooFar
from server.people.model import StaffRow

HORIZON_DAYS = 92
CANDIDATES = 200
TRIED = 8
LONGEST_DUTY = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Span:
    """The time asked for: mode, site and ticks, checked to be sensible whether or not it is free.

    `start` and `end` are the citizen's; `ticks` is what it takes of a duty, preparation and buffer included.
    """

    start: datetime
    end: datetime
    mode: Mode
    site: str | None
    prep_ticks: int = 0
    buffer_ticks: int = 0

    @property
    def ticks(self) -> range:
        return range(tick_of(self.start) - self.prep_ticks, tick_of(self.end) + self.buffer_ticks)

    @property
    def claimed(self) -> tuple[datetime, datetime]:
        return instant_of(self.ticks.start), instant_of(self.ticks.stop)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A duty that looked free; `expired`: claims of an expired hold lie in the span and make room first."""

    id: int
    expired: bool


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
    end = start + TICK * wish.ticks
    return Span(start, end, mode, None if mode == "video" else site, wish.prep_ticks, wish.buffer_ticks)


async def candidates(
    tx: AsyncConnection,
    wish: Wish,
    span: Span,
    catalogue: Catalogue,
    assumption_day: bool,
    now: datetime,
    own: str = "",
) -> list[Candidate]:
    """Duties that look free for the span, the best first; those that speak the wished language before others.

    A hint, read outside the writing transaction: only `insert_claims` decides. `own` is an appointment whose
    claims don't count, because they are given back in the same step.
    """
    first, last = span.claimed
    asked = {
        "start": first,
        "end": last,
        "not_before": first - LONGEST_DUTY,
        "first": span.ticks.start,
        "after": span.ticks.stop,
        "now": now,
        "own": own,
        "services": list(wish.service_ids),
        "how_many": len(wish.service_ids),
    }
    query = VIDEO if span.mode == "video" else ONSITE
    if span.mode == "onsite":
        asked["site"] = span.site
    day = span.start.astimezone(BERLIN).date()
    bit = tick_of(span.start) - first_tick(day)
    opened: dict[str | None, bool] = {}
    duties: list[Any] = []
    for duty in await tx.execute(query, asked):
        if duty.site_id not in opened:
            opened[duty.site_id] = _is_open(duty.site_id, span, catalogue, assumption_day)
        is_open = span.start < now + JETZT if duty.demo else opened[duty.site_id]
        step = duty.step_minutes // 5 if duty.step_minutes else wish.step_ticks
        is_open = is_open and _is_released(duty, wish, span, catalogue, assumption_day, now)
        if is_open and grid(day, step) >> bit & 1:
            duties.append(duty)
    if wish.language and wish.must_speak:
        duties = [duty for duty in duties if wish.language in duty.languages]
    elif wish.language:
        duties.sort(key=lambda duty: wish.language not in duty.languages)
    return [Candidate(duty.id, bool(duty.expired)) for duty in duties[:TRIED]]


async def insert_claims(
    tx: AsyncConnection,
    duty: Candidate,
    ticks: Sequence[int],
    appointment_id: str,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    """The one place where scarcity is decided: a second claim on a tick breaks the primary key."""
    if duty.expired:
        await drop_expired(tx, duty.id, ticks, now)
    try:
        await tx.execute(TAKE, claims_of(duty.id, ticks, appointment_id, expires_at))
    except IntegrityError as error:
        raise SlotTaken from error
    except DBAPIError as error:
        if gave_way(error):
            raise SlotTaken from error
        raise


def claims_of(
    duty_id: int, ticks: Sequence[int], appointment_id: str, expires_at: datetime | None
) -> list[dict[str, Any]]:
    """The rows that take these ticks."""
    return [
        {"duty_id": duty_id, "tick": tick, "appointment_id": appointment_id, "expires_at": expires_at}
        for tick in ticks
    ]


async def drop_expired(tx: AsyncConnection, duty_id: int, ticks: Sequence[int], now: datetime) -> None:
    """Makes room where expired claims lie in the way."""
    await tx.execute(DROP_EXPIRED, {"duty": duty_id, "first": ticks[0], "last": ticks[-1], "now": now})


def gave_way(error: DBAPIError) -> bool:
    """Whether two waited for each other, and this one was told to give way."""
    return getattr(error.orig, "sqlstate", None) == "40P01"


async def free(tx: AsyncConnection, appointment_id: str, duty_id: int, now: datetime) -> None:
    """Gives the claims of a hold back, for everybody at once; freeing never waits for anybody."""
    await tx.execute(delete(ClaimRow).where(ClaimRow.appointment_id == appointment_id))
    await announce(tx, duty_id, now)


async def rest(
    tx: AsyncConnection,
    appointment_id: str,
    until: datetime,
    now: datetime,
    keep: Sequence[tuple[int, int]] = (),
) -> None:
    """The claims of an appointment belong to nobody, and are nobody's to take, before `until`.

    `keep` are (duty, tick) that the appointment goes on using. What rests is written down for the waiting list.
    """
    own = ClaimRow.appointment_id == appointment_id
    owned = [(row.duty_id, row.tick) for row in await tx.execute(select(ClaimRow).where(own))]
    let_go = sorted(set(owned) - set(keep))
    if keep:
        await tx.execute(delete(ClaimRow).where(own, tuple_(ClaimRow.duty_id, ClaimRow.tick).in_(keep)))
    gone = (
        delete(ClaimRow) if until <= now else update(ClaimRow).values(appointment_id=None, expires_at=until)
    )
    await tx.execute(gone.where(own))
    for duty_id, first, ticks in _in_a_row(let_go):
        await announce(tx, duty_id, now)
        if until > now:
            row = {"id": secrets.token_hex(16), "duty_id": duty_id, "first_tick": first, "ticks": ticks}
            await tx.execute(FREED, {**row, "rest_until": until, "created_at": now})


def _in_a_row(claims: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Sorted (duty, tick) as (duty, first tick, how many)."""
    spans: list[tuple[int, int, int]] = []
    for duty_id, tick in claims:
        if spans and spans[-1][0] == duty_id and sum(spans[-1][1:]) == tick:
            spans[-1] = (duty_id, spans[-1][1], spans[-1][2] + 1)
        else:
            spans.append((duty_id, tick, 1))
    return spans


async def announce(tx: AsyncConnection, duty_id: int | None, now: datetime) -> None:
    """Tells every process's calendar that this duty changed."""
    await tx.execute(CHANGED, {"duty_id": duty_id, "at": now})


def _looking_free(place: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    taken = exists().where(
        ClaimRow.duty_id == DutyRow.id,
        ClaimRow.tick >= bindparam("first"),
        ClaimRow.tick < bindparam("after"),
        ClaimRow.appointment_id != bindparam("own"),
        or_(ClaimRow.expires_at.is_(None), ClaimRow.expires_at > bindparam("now")),
    )
    known = TrainingRow.service_id.in_(bindparam("services", expanding=True))
    trained = select(func.count()).where(TrainingRow.staff_id == DutyRow.staff_id, known).scalar_subquery()
    in_span = (
        ClaimRow.duty_id == DutyRow.id,
        ClaimRow.tick.between(bindparam("first"), bindparam("after") - 1),
    )
    expired = exists().where(*in_span, ClaimRow.expires_at <= bindparam("now")).label("expired")
    place_and_time = (DutyRow.site_id, DutyRow.starts_at, DutyRow.ends_at)
    columns = (DutyRow.id, *place_and_time, DutyRow.step_minutes, DutyRow.demo, StaffRow.languages, expired)
    return (
        select(*columns)
        .join(StaffRow, StaffRow.id == DutyRow.staff_id)
        .where(DutyRow.starts_at <= bindparam("start"), DutyRow.starts_at > bindparam("not_before"))
        .where(DutyRow.ends_at >= bindparam("end"), place)
        .where(~taken, trained == bindparam("how_many", type_=Integer))
        .order_by(DutyRow.demo.desc(), (DutyRow.place == "home").desc(), DutyRow.id)
        .limit(CANDIDATES)
    )


# Built once: putting a statement together costs more than the database's answer.
VIDEO = _looking_free(or_(DutyRow.place == "home", DutyRow.takes_video))
ONSITE = _looking_free(DutyRow.site_id == bindparam("site"))
TAKE = insert(ClaimRow)
CHANGED = insert(CalendarChangeRow)
FREED = insert(FreedRow)
DROP_EXPIRED = delete(ClaimRow).where(
    ClaimRow.duty_id == bindparam("duty"),
    ClaimRow.tick.between(bindparam("first"), bindparam("last")),
    ClaimRow.expires_at <= bindparam("now"),
)


def _is_released(
    duty: Any, wish: Wish, span: Span, catalogue: Catalogue, assumption_day: bool, now: datetime
) -> bool:
    """Whether the plan of its place gives these ticks of the duty to the wish's channel by now."""
    plan = catalogue.plan_of(duty.site_id)
    if plan is None or duty.demo:
        return True
    day = span.start.astimezone(BERLIN).date()
    site = catalogue.sites.get(duty.site_id) if duty.site_id else None
    opened = 0
    for start, end in open_spans(site, day, day, catalogue.closures, assumption_day):
        opened |= span_mask(day, start, end)
    whole = span_mask(day, duty.starts_at, duty.ends_at) & opened
    wanted = ticks_mask(day, span.ticks)
    return wanted & usable(plan, duty.id, day, whole, wish.channel, now).mask == wanted


def _is_open(site_id: str | None, span: Span, catalogue: Catalogue, assumption_day: bool) -> bool:
    day = span.start.astimezone(BERLIN).date()
    site = catalogue.sites.get(site_id) if site_id else None
    first, last = span.claimed
    spans = open_spans(site, day, day, catalogue.closures, assumption_day)
    return any(start <= first and last <= end for start, end in spans)
