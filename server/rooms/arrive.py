"""The citizen's first step into the room is kept, once. Who is in the room now is `listen.py`."""

from datetime import datetime

from sqlalchemy import update

from server.access import Appointment
from server.audit import record
from server.booking.model import AppointmentRow
from server.db import Database


async def note_arrival(db: Database, appointment: Appointment, caller: str, now: datetime) -> None:
    """Writes `arrived_at` if it isn't there yet, and always who came (a keyed hash); safe to repeat."""
    who = update(AppointmentRow).where(
        AppointmentRow.id == appointment.id, AppointmentRow.caller_key.is_distinct_from(caller)
    )
    first = update(AppointmentRow).where(
        AppointmentRow.id == appointment.id, AppointmentRow.arrived_at.is_(None)
    )
    async with db.write() as tx:
        if (await tx.execute(first.values(arrived_at=now))).rowcount:
            await record(tx, now, "citizen", "appointment.arrived", appointment.id)
        await tx.execute(who.values(caller_key=caller))
