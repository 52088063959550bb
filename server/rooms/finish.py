"""The clerk ended the meeting: the appointment is done. What time alone ends is not decided here."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from server.audit import record
from server.booking.model import ALIVE, AppointmentRow
from server.db import Database
from server.rooms.admit import room_of
from server.settings import Settings

AROUND = timedelta(hours=12)


async def finish(db: Database, appointment_id: str, now: datetime) -> None:
    """Writes the state `done` where the appointment is still alive; safe to repeat, and for several processes."""
    one = update(AppointmentRow).where(AppointmentRow.id == appointment_id, AppointmentRow.state.in_(ALIVE))
    async with db.write() as tx:
        if (await tx.execute(one.values(state="done"))).rowcount:
            await record(tx, now, "system", "appointment.done", appointment_id)


async def appointment_of(db: Database, settings: Settings, room: str, now: datetime) -> str | None:
    """Which of these hours' meetings has this room. A room's name can't be traced back, so that each is looked at."""
    near = AppointmentRow.starts_at.between(now - AROUND, now + AROUND)
    alive = select(AppointmentRow.id).where(
        near, AppointmentRow.state.in_(ALIVE), AppointmentRow.mode == "video"
    )
    async with db.read() as tx:
        found = (await tx.scalars(alive)).all()
    return next((one for one in found if room_of(one, settings) == room), None)
