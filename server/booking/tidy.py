"""What nobody needs any more of booking: expired holds, old keys and change notes. Nothing depends on it running."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model import AppointmentRow, CalendarChangeRow, ClaimRow, IdempotencyRow, ProofRow
from server.booking.model_waiting import FreedRow, WaitingRow
from server.db import Database

KEEP = timedelta(hours=1)
KEEP_KEYS = timedelta(days=1)


async def tidy(db: Database, now: datetime) -> None:
    """Removes holds that ended an hour ago, idempotency keys after a day, change notes after an hour and more."""
    async with db.write() as tx:
        ended = or_(AppointmentRow.expires_at < now - KEEP, AppointmentRow.cancelled_at < now - KEEP)
        never_confirmed = (
            AppointmentRow.state.in_(("held", "cancelled")),
            or_(AppointmentRow.token_hash.is_(None), AppointmentRow.expires_at.is_not(None)),
            AppointmentRow.case_id.is_(None),
        )
        holds = select(AppointmentRow.id).where(*never_confirmed, ended)
        await tx.execute(delete(ClaimRow).where(ClaimRow.appointment_id.in_(holds)))
        await tx.execute(delete(IdempotencyRow).where(IdempotencyRow.appointment_id.in_(holds)))
        await tx.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < now - KEEP_KEYS))
        nobodys = ClaimRow.appointment_id.is_(None)
        await tx.execute(delete(ClaimRow).where(nobodys, ClaimRow.expires_at < now - KEEP))
        await tx.execute(delete(FreedRow).where(FreedRow.rest_until < now - KEEP))
        await _forget_limits(tx, now)
        await tx.execute(delete(ProofRow).where(ProofRow.expires_at < now))
        await tx.execute(delete(AppointmentRow).where(*never_confirmed, ended))
        await tx.execute(delete(CalendarChangeRow).where(CalendarChangeRow.at < now - 4 * KEEP))


async def _forget_limits(tx: AsyncConnection, now: datetime) -> None:
    """A place of a contact is free when the appointment is over; the keyed hashes go when no limit needs them."""
    placed = (AppointmentRow.ends_at < now, AppointmentRow.contact_nr.is_not(None))
    await tx.execute(update(AppointmentRow).where(*placed).values(contact_nr=None))
    idle = (AppointmentRow.contact_key.is_not(None), AppointmentRow.contact_nr.is_(None))
    old = AppointmentRow.confirmed_at < now - KEEP_KEYS
    await tx.execute(update(AppointmentRow).where(*idle, old).values(contact_key=None))
    over = or_(AppointmentRow.ends_at < now - KEEP_KEYS, AppointmentRow.arrived_at < now - 2 * KEEP_KEYS)
    came = update(AppointmentRow).where(AppointmentRow.caller_key.is_not(None), over)
    await tx.execute(came.values(caller_key=None))
    joined = (WaitingRow.client_key != "", WaitingRow.created_at < now - KEEP_KEYS)
    await tx.execute(update(WaitingRow).where(*joined).values(client_key=""))
    known = (AppointmentRow.client_key != "", AppointmentRow.state.not_in(("held", "pending")))
    await tx.execute(
        update(AppointmentRow).where(*known, AppointmentRow.created_at < now - KEEP).values(client_key="")
    )
