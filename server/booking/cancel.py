"""A citizen gives an appointment back. The documents go later by `documents/delete.py`, as the rules say."""

from datetime import datetime

from sqlalchemy import update

from server.access import Appointment, appointment_by_id, appointment_by_token, manage_token
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import rest
from server.booking.freed import minutes_to_rest, rest_until
from server.booking.model import AppointmentRow
from server.db import Database
from server.errors import TooLate
from server.notices import outbox
from server.settings import Settings


def check_cancellable(appointment: Appointment, now: datetime) -> None:
    """Giving back ends when the appointment begins; one that waits for its confirmation may be given back too."""
    if appointment.state not in ("pending", "confirmed") or appointment.starts_at <= now:
        raise TooLate


async def cancel(
    db: Database, calendar: Calendar, settings: Settings, token: str, now: datetime
) -> Appointment:
    """Cancels; `TooLate` once it has begun or is over. Cancelling twice is fine and sends one mail."""
    async with db.write() as tx:
        appointment = await appointment_by_token(tx, token)
        if appointment.state == "cancelled":
            return appointment
        check_cancellable(appointment, now)
        alive = AppointmentRow.state.in_(("pending", "confirmed"))
        one = update(AppointmentRow).where(AppointmentRow.id == appointment.id, alive)
        gone = one.values(
            state="cancelled", cancelled_at=now, contact_nr=None, sequence=AppointmentRow.sequence + 1
        )
        done = (await tx.execute(gone)).rowcount == 1
        appointment = await appointment_by_id(tx, appointment.id)
        if not done and appointment.state == "cancelled":
            return appointment  # the other click was quicker
        if not done:
            raise TooLate
        until = rest_until(now, appointment.starts_at, await minutes_to_rest(tx, settings))
        await rest(tx, appointment.id, until, now)
        await outbox.post(tx, "cancelled", appointment.id, outbox.facts_of(appointment), now)
        await record(tx, now, "citizen", "appointment.cancelled", appointment.id)
    calendar.touch()
    return appointment


async def cancel_own(
    db: Database, calendar: Calendar, settings: Settings, appointment_id: str, now: datetime
) -> Appointment:
    """The same for the house's own work; never with an id from outside."""
    token = manage_token(settings.secret.get_secret_value(), appointment_id)
    return await cancel(db, calendar, settings, token, now)
