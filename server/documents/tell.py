"""The notices about documents, written in the caller's transaction: only that there is something, never what."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, appointment_by_id
from server.booking.model import AppointmentRow
from server.notices.outbox import OutboxRow, facts_of, post

TOGETHER = timedelta(minutes=2)


async def tell_of_document(tx: AsyncConnection, case_id: str, now: datetime) -> None:
    """The city's document lies ready on the page of the case's latest appointment."""
    about = await _latest(tx, case_id)
    if about is not None:
        await post(tx, "document", about.id, facts_of(about), now)


async def tell_of_decision(tx: AsyncConnection, appointment: Appointment, now: datetime) -> None:
    """Something is wanted once more or refused: a mail a little later, which then tells of all that was decided meanwhile.

    The caller holds the case's lock, so that two decisions do not make two mails.
    """
    waits = (
        OutboxRow.appointment_id == appointment.id,
        OutboxRow.event == "resend",
        OutboxRow.sent_at.is_(None),
        OutboxRow.due_at > now,
        OutboxRow.attempts == 0,
    )
    if await tx.scalar(select(OutboxRow.id).where(*waits).limit(1)) is None:
        await post(tx, "resend", appointment.id, facts_of(appointment), now, due_at=now + TOGETHER)


async def _latest(tx: AsyncConnection, case_id: str) -> Appointment | None:
    """All appointments of a case show its documents; a cancelled one only where there is no other."""
    own = select(AppointmentRow.id).where(
        AppointmentRow.case_id == case_id, AppointmentRow.token_hash.is_not(None)
    )
    called_off = AppointmentRow.state == "cancelled"
    id_ = await tx.scalar(own.order_by(called_off, AppointmentRow.starts_at.desc()).limit(1))
    return await appointment_by_id(tx, id_) if id_ else None
