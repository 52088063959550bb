"""What the scheduler sees of an absence: before it is carried out who is concerned, afterwards each appointment's fate.

Names and telephones are shown of those alone who are still to be called; each of these looks is written down.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, Staff, appointments_of_absence, case_of
from server.audit import record, record_look
from server.booking.model import DutyRow
from server.catalog.model import Catalogue
from server.contact import Contact
from server.errors import NotFound
from server.people.model import StaffRow
from server.planning.absence import Ask, spans_of
from server.planning.away import Absence, concerned, duties_in
from server.planning.model import AbsenceRow, FateRow
from server.planning.reroute import Desk, Task, colleagues, owned
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Line:
    """An appointment of an absence. `fate`: colleague, offered or call; `now`: with, waits, moved, cancelled."""

    appointment: Appointment
    fate: str
    now: str
    was_at: datetime
    clerk: str
    called_at: datetime | None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """An absence in the list, with how many appointments met which fate."""

    id: str
    staff_id: int
    clerk: str
    starts_at: datetime
    ends_at: datetime
    done: bool
    colleague: int = 0
    offered: int = 0
    call: int = 0
    to_call: int = 0


async def preview(desk: Desk, catalogue: Catalogue, ask: Ask, now: datetime) -> list[Line]:
    """What would happen if it were carried out now. Nothing is changed, and a free colleague is counted once."""
    lines: list[Line] = []
    used: set[tuple[int, int]] = set()
    async with desk.db.read() as tx:
        spans = await spans_of(tx, ask, now)
        absences = [Absence("", staff, first, last, 0) for staff, first, last in spans]
        away = {duty.id for absence in absences for duty in await duties_in(tx, absence)}
        for absence in absences:
            for one in await concerned(tx, absence, now):
                task = Task(absence, one, await owned(tx, one.id))
                if one.state == "held" or task.only_edge:
                    continue
                found = await colleagues(tx, desk.settings, catalogue, task, now)
                free = [duty.id for duty in found if duty.id not in away]
                taken = next((id_ for id_ in free if not used & {(id_, t) for t in task.ticks}), None)
                used |= {(taken, tick) for tick in task.ticks} if taken is not None else set()
                fate = "colleague" if taken is not None else await _without(tx, desk, one, now)
                lines.append(Line(one, fate, "with", one.starts_at, "", None))
    return sorted(lines, key=lambda line: (line.was_at, line.appointment.id))


async def _without(tx: AsyncConnection, desk: Desk, one: Appointment, now: datetime) -> str:
    contact = await _contact(tx, desk, one)
    return "call" if is_soon(desk.settings, one, now) or not (contact and contact.email) else "offered"


def is_soon(settings: Settings, one: Appointment, now: datetime) -> bool:
    return one.starts_at <= now + timedelta(minutes=settings.call_before_minutes)


async def heads(tx: AsyncConnection, absence_id: str | None = None) -> list[Head]:
    """The absences, the latest first; with an id only this one."""
    columns = (AbsenceRow.id, AbsenceRow.staff_id, StaffRow.display, AbsenceRow.starts_at, AbsenceRow.ends_at)
    query = select(*columns, AbsenceRow.done_at).join(StaffRow, StaffRow.id == AbsenceRow.staff_id)
    query = query.order_by(AbsenceRow.starts_at.desc(), AbsenceRow.id).limit(200)
    if absence_id is not None:
        query = query.where(AbsenceRow.id == absence_id)
    rows = (await tx.execute(query)).all()
    counted: dict[str, Counter[str]] = {row.id: Counter() for row in rows}
    fates = select(FateRow.absence_id, FateRow.fate, func.count(), func.count(FateRow.called_at))
    fates = fates.where(FateRow.absence_id.in_(counted)).group_by(FateRow.absence_id, FateRow.fate)
    for id_, fate, count, called in await tx.execute(fates):
        counted[id_][fate] = count
        if fate == "call":
            counted[id_]["to_call"] = count - called
    return [
        Head(
            row.id,
            row.staff_id,
            row.display,
            row.starts_at,
            row.ends_at,
            row.done_at is not None,
            *(counted[row.id][name] for name in ("colleague", "offered", "call", "to_call")),
        )
        for row in rows
    ]


async def report(desk: Desk, member: Staff, absence_id: str, now: datetime) -> tuple[Head, list[Line]]:
    """Each appointment's fate, in order of time. Showing who is to be called is an access, and recorded as one."""
    async with desk.db.write() as tx:
        found = await heads(tx, absence_id)
        if not found:
            raise NotFound
        lines = await _lines(tx, desk, member, absence_id)
        for line in lines:
            if line.contact:
                await record_look(tx, now, member.actor, line.appointment.id, "phone", "absence")
                await record(
                    tx, now, member.actor, "absence.contact_seen", line.appointment.id, absence=absence_id
                )
    return found[0], lines


async def _lines(tx: AsyncConnection, desk: Desk, member: Staff, absence_id: str) -> list[Line]:
    known = {one.id: one for one in await appointments_of_absence(tx, member, absence_id)}
    columns = (FateRow.appointment_id, FateRow.fate, FateRow.was_at, FateRow.called_at)
    rows = await tx.execute(select(*columns).where(FateRow.absence_id == absence_id))
    clerks = await _clerks(tx, list(known.values()))
    lines = []
    for row in rows.all():
        one = known[row.appointment_id]
        now = _now(one, row.was_at)
        ring = row.fate == "call" and row.called_at is None and now == "waits"
        contact = await _contact(tx, desk, one) if ring else None
        clerk = clerks.get(one.duty_id, "") if now in ("with", "moved") else ""
        lines.append(Line(one, row.fate, now, row.was_at, clerk, row.called_at, contact))
    return sorted(lines, key=lambda line: (line.was_at, line.appointment.id))


def _now(one: Appointment, was_at: datetime) -> str:
    if one.state == "cancelled":
        return "cancelled"
    if one.displaced_at is not None:
        return "waits"
    return "with" if one.starts_at == was_at else "moved"


async def _clerks(tx: AsyncConnection, appointments: Sequence[Appointment]) -> dict[int, str]:
    duties = {one.duty_id for one in appointments}
    query = select(DutyRow.id, StaffRow.display).join(StaffRow, StaffRow.id == DutyRow.staff_id)
    return {row.id: row.display for row in await tx.execute(query.where(DutyRow.id.in_(duties)))}


async def _contact(tx: AsyncConnection, desk: Desk, one: Appointment) -> Contact | None:
    try:
        return (await case_of(tx, one, desk.keyring)).contact
    except NotFound:
        return None
