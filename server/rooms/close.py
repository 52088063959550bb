"""A room closes for everybody and everywhere: after an incident, and when its appointment was cancelled.

What closes by time or because nobody is there, signaling sees by itself. The links ask `admit.py` each time.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from server.booking.model import AppointmentRow
from server.db import Database
from server.rooms.admit import room_of
from server.settings import Settings
from signaling.contract import Notice, participant_id

Publish = Callable[[Notice], Awaitable[None]]
LOOK_BACK = timedelta(minutes=2)


async def close_room(
    publish: Publish, settings: Settings, appointment_id: str, who: str, role: str, now: datetime
) -> None:
    """Tells every signaling process: whoever is in there is out, and no ticket opens it any more."""
    room = room_of(appointment_id, settings)
    subject = participant_id(settings.ticket_secret.get_secret_value(), room, who)
    await publish(Notice("ended", room, subject, role, int(now.timestamp())))


async def close_cancelled(db: Database, settings: Settings, publish: Publish, now: datetime) -> int:
    """Closes the rooms of what was cancelled a moment ago, whoever cancelled it; safe to repeat."""
    soon = now + timedelta(minutes=settings.room_opens_minutes)
    late = timedelta(minutes=settings.room_closes_minutes)
    query = select(AppointmentRow.id).where(
        AppointmentRow.state == "cancelled",
        AppointmentRow.mode == "video",
        AppointmentRow.cancelled_at > now - LOOK_BACK,
        AppointmentRow.starts_at <= soon,
        AppointmentRow.ends_at > now - late,
    )
    async with db.read() as tx:
        ids = list(await tx.scalars(query))
    for appointment_id in ids:
        await close_room(publish, settings, appointment_id, "office", "", now)
    return len(ids)
