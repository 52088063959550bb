"""Who is reminded of an appointment, and when. What the reminder says is in `words.py` and `texts.py`.

The day before is meant by the city's wall clock: in the nights when the clocks change it is 23 or 25 hours.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, exists, select, update

from server.access import appointment_by_id
from server.booking.model import AppointmentRow
from server.clock import berlin
from server.db import Database
from server.notices import outbox
from server.notices.outbox import OutboxRow

SETTLED = timedelta(hours=3)
"""Nobody is reminded of what was booked or moved so shortly before the reminder would have come."""
CHANNELS = {"mail": ("mail",), "sms": ("sms",), "both": ("mail", "sms")}
AN_HOUR = timedelta(hours=1)


def due_at(start: datetime, hours: int) -> datetime:
    """When the reminder of an appointment is due: so many hours before by the wall clock."""
    return (berlin(start) - timedelta(hours=hours)).astimezone(UTC)


async def remind(db: Database, hours: int, now: datetime) -> int:
    """Writes the reminders that are due into the outbox; returns for how many appointments. 0 hours: none."""
    if not hours:
        return 0
    soon = (
        AppointmentRow.starts_at > now,
        AppointmentRow.starts_at <= now + timedelta(hours=hours) + AN_HOUR,
    )
    columns = (
        AppointmentRow.id,
        AppointmentRow.starts_at,
        AppointmentRow.remind,
        AppointmentRow.confirmed_at,
    )
    query = select(*columns).where(*soon, *_open()).order_by(AppointmentRow.starts_at)
    async with db.read() as tx:
        rows = (await tx.execute(query)).all()
    reminded = 0
    for row in rows:
        due = due_at(row.starts_at, hours)
        if due <= now and row.confirmed_at is not None and row.confirmed_at <= due - SETTLED:
            reminded += await _remind(db, row.id, row.starts_at, row.remind, due - SETTLED, now)
    return reminded


def _open() -> tuple[ColumnElement[bool], ...]:
    return (
        AppointmentRow.state == "confirmed",
        AppointmentRow.reminded_at.is_(None),
        AppointmentRow.displaced_at.is_(None),
        AppointmentRow.remind.in_(CHANNELS),
    )


async def _remind(
    db: Database, appointment_id: str, start: datetime, by: str, settled: datetime, now: datetime
) -> bool:
    """True for the one process whose update found the appointment not yet reminded, and still at this time."""
    moved = exists().where(
        OutboxRow.appointment_id == appointment_id,
        OutboxRow.event.in_(("moved", "confirmed")),
        OutboxRow.created_at > settled,
    )
    one = (AppointmentRow.id == appointment_id, AppointmentRow.starts_at == start)
    async with db.write() as tx:
        mine = update(AppointmentRow).where(*one, *_open(), ~moved).values(reminded_at=now)
        if (await tx.execute(mine)).rowcount != 1:
            return False
        facts = outbox.facts_of(await appointment_by_id(tx, appointment_id))
        for channel in CHANNELS[by]:
            await outbox.post(tx, "reminder", appointment_id, facts, now, channel=channel)
    return True
