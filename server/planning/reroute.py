"""One appointment of somebody who is away: a colleague takes it, or its citizen is offered new times. One step each.

A hold without a colleague ends at once. Which appointments there are, and that none is left, is in `absence.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, appointment_by_id, case_of
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import Candidate, Span, announce, candidates, insert_claims
from server.booking.model import AppointmentRow, ClaimRow, DutyRow
from server.booking.release import EVERYTHING
from server.booking.routing import Slot, Wish, wish_of
from server.catalog.model import Catalogue, Mode
from server.clock import tick_of
from server.db import Database
from server.errors import NotFound, Refusal, SlotTaken
from server.notices import outbox
from server.people.model import StaffRow
from server.planning.away import Absence, locked
from server.planning.model import AbsenceRow, FateRow
from server.sealing import Keyring
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """What re-routing needs of the house."""

    db: Database
    calendar: Calendar
    keyring: Keyring
    settings: Settings


@dataclass(frozen=True, slots=True)
class Task:
    """An appointment as it was when it was looked at; `ticks` are all that it owns."""

    absence: Absence
    one: Appointment
    ticks: tuple[int, ...]

    @property
    def only_edge(self) -> bool:
        """The visit itself lies outside of the span: only its preparation or buffer doesn't."""
        return not self.absence.meets(self.one.starts_at, self.one.ends_at)


class Changed(Exception):
    """The appointment is not as it was: it was moved, cancelled, confirmed, or somebody else dealt with it."""


async def deal_with(desk: Desk, absence: Absence, one: Appointment, now: datetime) -> None:
    """Finds this appointment a new place, or its citizen a new time. Safe to repeat, and at the same time."""
    catalogue = await desk.calendar.catalogue(now)
    async with desk.db.read() as tx:
        task = Task(absence, one, await owned(tx, one.id))
        duties = [] if task.only_edge else await colleagues(tx, desk.settings, catalogue, task, now)
    try:
        if task.only_edge:
            async with desk.db.write() as tx:
                await _give_up_edge(tx, task, now)
            return
        for duty in duties:
            try:
                async with desk.db.write() as tx:
                    await _hand_over(tx, task, duty, now)
            except SlotTaken:
                continue
            return
        near = await alternatives(desk.calendar, catalogue, one, now) if one.state != "held" else []
        async with desk.db.write() as tx:
            await _displace(tx, desk, task, near, now)
    except Changed:
        return


async def owned(tx: AsyncConnection, appointment_id: str) -> tuple[int, ...]:
    query = select(ClaimRow.tick).where(ClaimRow.appointment_id == appointment_id)
    return tuple(await tx.scalars(query.order_by(ClaimRow.tick)))


async def colleagues(
    tx: AsyncConnection, settings: Settings, catalogue: Catalogue, task: Task, now: datetime
) -> list[Candidate]:
    """Duties of others that look free for it: same time, same way, same site; the best first.

    Whoever had somebody to speak the own language with gets nobody else.
    """
    one, ticks = task.one, task.ticks
    wish = _wish(catalogue, one, EVERYTHING)
    if wish is None or not ticks:
        return []
    spoken = await tx.scalar(select(StaffRow.languages).where(StaffRow.id == task.absence.staff_id))
    wish = replace(wish, must_speak=wish.language in (spoken or ()))
    mode = cast("Mode", one.mode)
    before, after = tick_of(one.starts_at) - ticks[0], ticks[-1] + 1 - tick_of(one.ends_at)
    span = Span(one.starts_at, one.ends_at, mode, one.site_id, before, after)
    found = await candidates(tx, wish, span, catalogue, settings.assumption_day, now)
    first, last = span.claimed
    away = select(DutyRow.id).join(AbsenceRow, AbsenceRow.staff_id == DutyRow.staff_id)
    away = away.where(AbsenceRow.starts_at < last, AbsenceRow.ends_at > first)
    not_there = set(await tx.scalars(away.where(DutyRow.id.in_([duty.id for duty in found]))))
    return [duty for duty in found if duty.id not in not_there]


async def alternatives(
    calendar: Calendar, catalogue: Catalogue, one: Appointment, now: datetime
) -> list[Slot]:
    """Near times that its citizen could choose now."""
    wish = _wish(catalogue, one)
    if wish is None:
        return []
    calendar.touch()
    wanted = Slot(one.starts_at, one.ends_at, cast("Mode", one.mode), one.site_id)
    return [slot for slot in await calendar.alternatives(wish, wanted, now) if slot != wanted]


def _wish(catalogue: Catalogue, one: Appointment, channel: str = "online") -> Wish | None:
    """None when the city does not offer this any more: then somebody has to talk about it."""
    try:
        return wish_of(catalogue, one.services, cast("Mode", one.mode), one.site_id, one.spoken, channel)
    except Refusal:
        return None


async def _as_it_was(tx: AsyncConnection, task: Task) -> None:
    """Raises `Changed` unless absence and appointment are still what the task says; both wait for this step."""
    absence = await locked(tx, task.absence.id)
    row = update(AppointmentRow).where(AppointmentRow.id == task.one.id)
    await tx.execute(row.values(sequence=AppointmentRow.sequence))
    try:
        fresh = await appointment_by_id(tx, task.one.id)
    except NotFound:
        raise Changed from None
    if absence != task.absence or fresh != task.one or await owned(tx, fresh.id) != task.ticks:
        raise Changed


async def _give_up_edge(tx: AsyncConnection, task: Task, now: datetime) -> None:
    """The visit takes place; of its preparation or buffer only what lies outside of the absence is left."""
    await _as_it_was(tx, task)
    in_span = [tick for tick in task.ticks if tick in task.absence.ticks]
    await _leave(tx, task, in_span, [])
    row = update(AppointmentRow).where(AppointmentRow.id == task.one.id)
    await tx.execute(row.values(ticks=len(task.ticks) - len(in_span)))
    await announce(tx, task.one.duty_id, now)


async def _hand_over(tx: AsyncConnection, task: Task, duty: Candidate, now: datetime) -> None:
    await _as_it_was(tx, task)
    await insert_claims(tx, duty, task.ticks, task.one.id, task.one.expires_at, now)
    await _leave(tx, task)
    row = update(AppointmentRow).where(AppointmentRow.id == task.one.id)
    await tx.execute(row.values(duty_id=duty.id))
    for changed in (task.one.duty_id, duty.id):
        await announce(tx, changed, now)
    await _note(tx, task, "colleague", now)


async def _displace(tx: AsyncConnection, desk: Desk, task: Task, near: Sequence[Slot], now: datetime) -> None:
    """No colleague is free. The link in the mail leads to new times; who can't be reached so is to be called."""
    await _as_it_was(tx, task)
    one = task.one
    await _leave(tx, task)
    await announce(tx, one.duty_id, now)
    row = update(AppointmentRow).where(AppointmentRow.id == one.id)
    if one.state == "held":
        await tx.execute(row.values(expires_at=now))
        return
    state = "confirmed" if one.state == "pending" else one.state  # choosing by the link proves the address
    await tx.execute(row.values(displaced_at=now, state=state, expires_at=None))
    soon = one.starts_at <= now + timedelta(minutes=desk.settings.call_before_minutes)
    fate = "offered" if near and not soon and await _has_mail(tx, desk.keyring, one) else "call"
    facts = {**outbox.facts_of(one), "alternatives": [slot.as_json() for slot in near]}
    await outbox.post(tx, "displaced", one.id, facts, now)
    await _note(tx, task, fate, now)


async def _leave(
    tx: AsyncConnection, task: Task, blocked: Sequence[int] | None = None, freed: Sequence[int] | None = None
) -> None:
    """The ticks on the absent clerk's duty: blocked in the span, free for others outside of it."""
    in_span = [tick for tick in task.ticks if tick in task.absence.ticks] if blocked is None else blocked
    outside = [tick for tick in task.ticks if tick not in task.absence.ticks] if freed is None else freed
    own = (ClaimRow.appointment_id == task.one.id, ClaimRow.duty_id == task.one.duty_id)
    await tx.execute(delete(ClaimRow).where(*own, ClaimRow.tick.in_(outside)))
    stay = update(ClaimRow).where(*own, ClaimRow.tick.in_(in_span))
    await tx.execute(stay.values(appointment_id=None, expires_at=None))


async def _has_mail(tx: AsyncConnection, keyring: Keyring, one: Appointment) -> bool:
    try:
        return bool((await case_of(tx, one, keyring)).contact.email)
    except NotFound:
        return False


async def _note(tx: AsyncConnection, task: Task, fate: str, now: datetime) -> None:
    """Holds are nobody's appointment yet: of them there is nothing to report."""
    if task.one.state == "held":
        return
    row: dict[str, Any] = {"absence_id": task.absence.id, "appointment_id": task.one.id, "fate": fate}
    known = (FateRow.absence_id == task.absence.id, FateRow.appointment_id == task.one.id)
    await tx.execute(delete(FateRow).where(*known))
    await tx.execute(insert(FateRow).values(**row, was_at=task.one.starts_at, at=now))
    detail = {"absence": task.absence.id, "fate": fate}
    await record(tx, now, task.absence.actor, "appointment.rerouted", task.one.id, **detail)
