"""A pending appointment becomes a confirmed one: the link in the mail was opened and the button pressed."""

from datetime import datetime

from sqlalchemy import update

from server.access import Appointment, appointment_by_id, appointment_by_token
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import announce
from server.booking.model import AppointmentRow, ClaimRow
from server.db import Database
from server.errors import ActivationExpired
from server.notices import outbox


async def activate(db: Database, calendar: Calendar, token: str, now: datetime) -> Appointment:
    """Confirms for good. Twice is fine; `ActivationExpired` once the time for it is over or it was given back."""
    async with db.write() as tx:
        appointment = await appointment_by_token(tx, token)
        if appointment.state not in ("pending", "cancelled"):
            return appointment
        one = update(AppointmentRow).where(
            AppointmentRow.id == appointment.id,
            AppointmentRow.state == "pending",
            AppointmentRow.expires_at > now,
        )
        done = await tx.execute(one.values(state="confirmed", expires_at=None))
        own = (ClaimRow.appointment_id == appointment.id, ClaimRow.expires_at > now)
        kept = await tx.execute(update(ClaimRow).where(*own).values(expires_at=None))
        fresh = await appointment_by_id(tx, appointment.id)
        if done.rowcount != 1 and fresh.state == "confirmed":
            return fresh  # the other click was quicker
        if done.rowcount != 1 or kept.rowcount != appointment.ticks:
            raise ActivationExpired
        await outbox.post(tx, "confirmed", fresh.id, outbox.facts_of(fresh), now)
        await record(tx, now, "citizen", "appointment.confirmed", fresh.id)
        await announce(tx, fresh.duty_id, now)
    calendar.touch()
    return fresh
