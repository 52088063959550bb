"""What nobody needs any more of booking: expired holds, old keys and change notes. Nothing depends on it running."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy.classes import LIMITS, REPEAT, UNCONFIRMED
from recordings_policy.retention import DEFAULTS, Periods
from server.booking.model import AppointmentRow, CalendarChangeRow, ClaimRow, IdempotencyRow, ProofRow
from server.booking.model_waiting import FreedRow, WaitingRow
from server.db import Database
from server.privacy.model_report import swept

KEEP = timedelta(hours=1)


async def tidy(db: Database, now: datetime, periods: Periods = DEFAULTS) -> None:
    """Removes holds that ended and keys of repeated requests in their time, change notes after some hours."""
    limit = now - periods.of(UNCONFIRMED)
    async with db.write() as tx:
        ended = or_(AppointmentRow.expires_at <= limit, AppointmentRow.cancelled_at <= limit)
        never_confirmed = (
            AppointmentRow.state.in_(("held", "cancelled")),
            or_(AppointmentRow.token_hash.is_(None), AppointmentRow.expires_at.is_not(None)),
            AppointmentRow.case_id.is_(None),
        )
        holds = select(AppointmentRow.id).where(*never_confirmed, ended)
        await tx.execute(delete(ClaimRow).where(ClaimRow.appointment_id.in_(holds)))
        old = or_(
            IdempotencyRow.created_at <= now - periods.of(REPEAT), IdempotencyRow.appointment_id.in_(holds)
        )
        await swept(tx, REPEAT, (await tx.execute(delete(IdempotencyRow).where(old))).rowcount, now)
        nobodys = ClaimRow.appointment_id.is_(None)
        await tx.execute(delete(ClaimRow).where(nobodys, ClaimRow.expires_at < now - KEEP))
        await tx.execute(delete(FreedRow).where(FreedRow.rest_until < now - KEEP))
        await _forget_limits(tx, now, periods.of(LIMITS))
        await tx.execute(delete(ProofRow).where(ProofRow.expires_at < now))
        gone = await tx.execute(delete(AppointmentRow).where(*never_confirmed, ended))
        await swept(tx, UNCONFIRMED, gone.rowcount, now)
        await tx.execute(delete(CalendarChangeRow).where(CalendarChangeRow.at < now - 4 * KEEP))


async def _forget_limits(tx: AsyncConnection, now: datetime, kept: timedelta) -> None:
    """A place of a contact is free when the appointment is over; the keyed hashes go when no limit needs them."""
    placed = (AppointmentRow.ends_at <= now, AppointmentRow.contact_nr.is_not(None))
    await tx.execute(update(AppointmentRow).where(*placed).values(contact_nr=None))
    idle = (AppointmentRow.contact_key.is_not(None), AppointmentRow.contact_nr.is_(None))
    old = AppointmentRow.confirmed_at <= now - kept
    gone = await tx.execute(update(AppointmentRow).where(*idle, old).values(contact_key=None))
    await swept(tx, LIMITS, gone.rowcount, now)
    long_ago = now - min(2 * kept, LIMITS.longest)
    over = or_(AppointmentRow.ends_at <= now - kept, AppointmentRow.arrived_at <= long_ago)
    came = update(AppointmentRow).where(AppointmentRow.caller_key.is_not(None), over)
    await swept(tx, LIMITS, (await tx.execute(came.values(caller_key=None))).rowcount, now)
    joined = (WaitingRow.client_key != "", WaitingRow.created_at <= now - kept)
    await tx.execute(update(WaitingRow).where(*joined).values(client_key=""))
    known = (AppointmentRow.client_key != "", AppointmentRow.state.not_in(("held", "pending")))
    await tx.execute(
        update(AppointmentRow).where(*known, AppointmentRow.created_at < now - KEEP).values(client_key="")
    )
