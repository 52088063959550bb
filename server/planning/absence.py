"""Somebody can't come: in one action all appointments of the span go to colleagues or get new times; nobody is forgotten.

The row is written first: whatever happens to this process, a job finishes the work. Where a single appointment goes
is in `reroute.py`, what the scheduler sees of it in `absence_report.py`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff, appointment_by_id
from server.audit import record
from server.booking.model import ALIVE, AppointmentRow, DutyRow
from server.clock import ceil_tick, instant_of, tick_of
from server.db import Database
from server.errors import BadInput, NotFound
from server.notices import outbox
from server.people.model import StaffRow
from server.planning.away import absence_by_id, block, concerned, is_blocked, locked, unblock
from server.planning.crew import clerks
from server.planning.model import AbsenceRow, FateRow
from server.planning.reroute import Desk, deal_with

LONGEST = timedelta(days=92)
ROUNDS = 20
"""Each round deals with all that is there; another one is needed only for what slipped in meanwhile."""


class AbsenceRefused(BadInput):
    """An absence that makes no sense."""

    type = "absence-refused"
    detail = "Dieser Ausfall kann so nicht eingetragen werden."


@dataclass(frozen=True, slots=True)
class Ask:
    """Who is away, or which site is closed, and from when to when."""

    staff_id: int | None
    site: str | None
    starts_at: datetime
    ends_at: datetime


async def spans_of(tx: AsyncConnection, ask: Ask, now: datetime) -> list[tuple[int, datetime, datetime]]:
    """Who is away from when to when; of a site everybody who has a desk there, as long as that duty lasts.

    Raises `AbsenceRefused` for a span that is over, backwards or endless, and for somebody who serves nobody.
    """
    starts_at = max(instant_of(tick_of(ask.starts_at)), instant_of(tick_of(now)))
    ends_at = instant_of(ceil_tick(ask.ends_at))
    if ask.ends_at <= ask.starts_at:
        raise AbsenceRefused("Das Ende muss nach dem Anfang liegen.")
    if ends_at <= now:
        raise AbsenceRefused("Dieser Zeitraum ist schon vorbei.")
    if ends_at - starts_at > LONGEST or starts_at - now > LONGEST:
        raise AbsenceRefused("Ein Ausfall kann höchstens 92 Tage dauern und so weit im Voraus liegen.")
    if (ask.staff_id is None) == (ask.site is None):
        raise AbsenceRefused("Bitte wählen Sie eine Person oder einen Standort.")
    if ask.staff_id is not None:
        if ask.staff_id not in {clerk.id for clerk in await clerks(tx)}:
            raise AbsenceRefused("Diese Person hat keine Dienste.")
        return [(ask.staff_id, starts_at, ends_at)]
    columns = (DutyRow.staff_id, DutyRow.starts_at, DutyRow.ends_at)
    there = select(*columns).where(DutyRow.site_id == ask.site).order_by(DutyRow.starts_at, DutyRow.id)
    duties = await tx.execute(there.where(DutyRow.starts_at < ends_at, DutyRow.ends_at > starts_at))
    spans = [(row.staff_id, max(starts_at, row.starts_at), min(ends_at, row.ends_at)) for row in duties]
    if not spans:
        raise AbsenceRefused("In diesem Zeitraum ist dort niemand im Dienst.")
    return spans


async def declare(desk: Desk, member: Staff, ask: Ask, now: datetime) -> list[str]:
    """The one action. Returns the absences; pressed twice, they are the same ones."""
    ids = []
    async with desk.db.write() as tx:
        for staff_id, starts_at, ends_at in await spans_of(tx, ask, now):
            ids.append(await _write(tx, member, staff_id, starts_at, ends_at, now))
    await work_off(desk, ids, now)
    return ids


async def _write(
    tx: AsyncConnection, member: Staff, staff_id: int, starts_at: datetime, ends_at: datetime, now: datetime
) -> str:
    clerk = update(StaffRow).where(StaffRow.id == staff_id)
    await tx.execute(
        clerk.values(active=StaffRow.active)
    )  # who presses at the same time waits, and finds the row
    covers = (AbsenceRow.starts_at <= starts_at, AbsenceRow.ends_at >= ends_at)
    known = await tx.scalar(select(AbsenceRow.id).where(AbsenceRow.staff_id == staff_id, *covers).limit(1))
    if known is not None:
        return known
    row = {"id": secrets.token_hex(16), "staff_id": staff_id, "starts_at": starts_at, "ends_at": ends_at}
    await tx.execute(insert(AbsenceRow).values(**row, created_by=member.id, created_at=now))
    await record(tx, now, member.actor, "absence.declared", str(row["id"]))
    return str(row["id"])


async def work_off(desk: Desk, ids: Sequence[str], now: datetime) -> None:
    """Deals with all that lies in these absences, until nobody is left. Safe to repeat, and at the same time.

    All spans are blocked before the first appointment looks for a colleague: none is sent to somebody away too.
    """
    for absence_id in ids:
        async with desk.db.write() as tx:
            await block(tx, absence_id, now)
    desk.calendar.touch()
    for absence_id in ids:
        for _ in range(ROUNDS):
            if await _round(desk, absence_id, now):
                break
    desk.calendar.touch()


async def _round(desk: Desk, absence_id: str, now: datetime) -> bool:
    """True once nobody alive is left in the span, which nobody can enter any more."""
    async with desk.db.read() as tx:
        absence = await absence_by_id(tx, absence_id)
        left = await concerned(tx, absence, now) if absence else []
    if absence is None:
        return True
    for one in left:
        await deal_with(desk, absence, one, now)
    async with desk.db.write() as tx:
        await block(tx, absence_id, now)
        fresh = await absence_by_id(tx, absence_id)
        if fresh is None or await concerned(tx, fresh, now):
            return False
        finished = update(AbsenceRow).where(AbsenceRow.id == absence_id, AbsenceRow.done_at.is_(None))
        await tx.execute(finished.values(done_at=now))
    return True


async def look_after(desk: Desk, now: datetime) -> None:
    """The job: finishes what a process left behind, and keeps duties that were planned later out of absences."""
    query = select(AbsenceRow.id, AbsenceRow.done_at)
    query = query.where(or_(AbsenceRow.done_at.is_(None), AbsenceRow.ends_at > now))
    todo = []
    async with desk.db.read() as tx:
        for row in (await tx.execute(query.order_by(AbsenceRow.created_at, AbsenceRow.id))).all():
            absence = await absence_by_id(tx, row.id)
            if absence and (row.done_at is None or not await is_blocked(tx, absence)):
                todo.append(absence.id)
    if todo:
        await work_off(desk, todo, now)
    await cancel_unanswered(desk.db, now)


async def cancel_unanswered(db: Database, now: datetime) -> None:
    """Nobody chose a new time, and the old one has come: it is cancelled, with a mail."""
    waits = (AppointmentRow.displaced_at.is_not(None), AppointmentRow.state.in_(ALIVE))
    due = select(AppointmentRow.id).where(*waits, AppointmentRow.starts_at <= now)
    async with db.read() as tx:
        ids = list(await tx.scalars(due))
    for appointment_id in ids:
        async with db.write() as tx:
            one = update(AppointmentRow).where(AppointmentRow.id == appointment_id, *waits)
            gone = one.where(AppointmentRow.starts_at <= now).values(
                state="cancelled", cancelled_at=now, contact_nr=None, sequence=AppointmentRow.sequence + 1
            )
            if (await tx.execute(gone)).rowcount:
                facts = outbox.facts_of(await appointment_by_id(tx, appointment_id))
                await outbox.post(tx, "cancelled", appointment_id, facts, now)
                await record(tx, now, "system", "appointment.cancelled", appointment_id)


async def end_early(desk: Desk, member: Staff, absence_id: str, now: datetime) -> None:
    """Back earlier: what is left of the span can be booked again. What went to others stays there."""
    async with desk.db.write() as tx:
        absence = await locked(tx, absence_id)
        if absence is None:
            raise NotFound
        back = max(absence.starts_at, instant_of(ceil_tick(now)))
        if back >= absence.ends_at:
            return
        await unblock(tx, absence, back, now)
        one = update(AbsenceRow).where(AbsenceRow.id == absence_id)
        await tx.execute(one.values(ends_at=back, done_at=now))
        await record(tx, now, member.actor, "absence.ended", absence_id)
    desk.calendar.touch()


async def tick_off(db: Database, member: Staff, absence_id: str, appointment_id: str, now: datetime) -> None:
    """The citizen was called. Twice is fine."""
    async with db.write() as tx:
        one = (FateRow.absence_id == absence_id, FateRow.appointment_id == appointment_id)
        call = (*one, FateRow.fate == "call")
        if await tx.scalar(select(FateRow.fate).where(*call)) is None:
            raise NotFound
        done = update(FateRow).where(*call, FateRow.called_at.is_(None)).values(called_at=now)
        if (await tx.execute(done)).rowcount:
            await record(tx, now, member.actor, "absence.called", appointment_id, absence=absence_id)
