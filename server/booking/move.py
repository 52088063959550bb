"""An appointment is moved in one step: the new claims are taken and the old ones given back, or nothing changes."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, appointment_by_id, appointment_by_token
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import Candidate, Span, announce, candidates, insert_claims, rest, span_of
from server.booking.freed import minutes_to_rest, rest_until
from server.booking.hold import taken
from server.booking.limits import check_video
from server.booking.model import AppointmentRow
from server.booking.routing import wish_of
from server.catalog.model import Mode
from server.db import Database
from server.errors import SlotTaken, TooLate
from server.notices import outbox
from server.settings import Settings


async def move(
    db: Database,
    calendar: Calendar,
    settings: Settings,
    token: str,
    start: datetime,
    mode: Mode,
    site: str | None,
    now: datetime,
) -> Appointment:
    """Moves to a new time, mode or site. `SlotTaken`: the old time stays; `TooLate`: it has begun or is over."""
    catalogue = await calendar.catalogue(now)
    async with db.read() as tx:
        old = await appointment_by_token(tx, token)
        check_movable(old, settings, now, mode)
        wish = wish_of(catalogue, old.services, mode, site, old.spoken)
        span = span_of(wish, start, mode, site, now)
        known = await tx.scalar(select(AppointmentRow.contact_key).where(AppointmentRow.id == old.id))
        await check_video(tx, settings, mode, [known] if known else [], now)
        duties = await candidates(tx, wish, span, catalogue, settings.assumption_day, now, own=old.id)
    for duty in duties:
        try:
            async with db.write() as tx:
                moved = await _move(tx, old.id, span, duty, settings, now)
        except SlotTaken:
            continue
        calendar.touch()
        return moved
    raise await taken(calendar, wish, span, now)


def check_movable(
    appointment: Appointment, settings: Settings, now: datetime, mode: Mode | None = None
) -> None:
    """Moving ends when the appointment begins; a video call that does not work can still become a visit on site.

    `mode` is where the move leads, None while that is not chosen yet.
    """
    if appointment.state == "confirmed" and appointment.starts_at > now:
        return
    if mode == "video" or not may_exchange(appointment, settings, now):
        raise TooLate


def may_exchange(appointment: Appointment, settings: Settings, now: datetime) -> bool:
    """Whether a video appointment can be given up for a time on site: until its room closes, unless it is done."""
    closes_at = appointment.ends_at + timedelta(minutes=settings.room_closes_minutes)
    return appointment.mode == "video" and appointment.state == "confirmed" and now < closes_at


async def _move(
    tx: AsyncConnection, appointment_id: str, span: Span, duty: Candidate, settings: Settings, now: datetime
) -> Appointment:
    old = await _lock(tx, appointment_id)
    check_movable(old, settings, now, span.mode)
    until = rest_until(now, old.starts_at, await minutes_to_rest(tx, settings))
    await rest(tx, old.id, until, now, keep=[(duty.id, tick) for tick in span.ticks])
    await insert_claims(tx, duty, span.ticks, old.id, None, now)
    place = {"mode": span.mode, "site_id": span.site, "starts_at": span.start, "ends_at": span.end}
    one = update(AppointmentRow).where(AppointmentRow.id == old.id)
    await tx.execute(
        one.values(
            duty_id=duty.id,
            sequence=old.sequence + 1,
            reminded_at=None,
            displaced_at=None,
            arrived_at=None,
            ticks=len(span.ticks),
            **place,
        )
    )
    await announce(tx, duty.id, now)
    moved = await appointment_by_id(tx, old.id)
    await outbox.post(tx, "moved", old.id, outbox.facts_of(moved), now)
    await record(tx, now, "citizen", "appointment.moved", old.id)
    return moved


async def _lock(tx: AsyncConnection, appointment_id: str) -> Appointment:
    """Two moves of one appointment come one after the other: the row is written before it is read."""
    row = update(AppointmentRow).where(AppointmentRow.id == appointment_id)
    await tx.execute(row.values(sequence=AppointmentRow.sequence))
    return await appointment_by_id(tx, appointment_id)
