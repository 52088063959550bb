"""The clerk ended the meeting: the appointment is done. What time alone ends is not decided here."""

from datetime import datetime

from sqlalchemy import update

from server.audit import record
from server.booking.model import ALIVE, AppointmentRow
from server.db import Database


async def finish(db: Database, appointment_id: str, now: datetime) -> None:
    """Writes the state `done` where the appointment is still alive; safe to repeat, and for several processes."""
    one = update(AppointmentRow).where(AppointmentRow.id == appointment_id, AppointmentRow.state.in_(ALIVE))
    async with db.write() as tx:
        if (await tx.execute(one.values(state="done"))).rowcount:
            await record(tx, now, "system", "appointment.done", appointment_id)
