"""What was told of themselves by citizens who never confirmed is forgotten. Nothing else depends on it running."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.claim import free
from server.booking.model import AppointmentRow, CaseRow
from server.db import Database
from server.documents.model import DocumentRow

KEEP = timedelta(hours=1)


async def forget(db: Database, now: datetime) -> None:
    """Ends holds and pending appointments whose time is over; their cases go with them, key and all."""
    over = select(AppointmentRow.id, AppointmentRow.case_id, AppointmentRow.duty_id).where(
        AppointmentRow.state.in_(("held", "pending")),
        AppointmentRow.expires_at <= now,
        AppointmentRow.case_id.is_not(None),
    )
    async with db.write() as tx:
        ended = (await tx.execute(over)).all()
        for row in ended:
            still = (AppointmentRow.id == row.id, AppointmentRow.expires_at <= now)
            gone = update(AppointmentRow).where(*still).values(state="cancelled", cancelled_at=now)
            if (await tx.execute(gone)).rowcount == 1:
                await drop_case(tx, row.id, row.case_id)
                await free(tx, row.id, row.duty_id, now)
        left = await tx.execute(delete(CaseRow).where(CaseRow.created_at < now - KEEP, *_belongs_to_nobody()))
    if ended or left.rowcount:
        await db.settle()


async def drop_case(tx: AsyncConnection, appointment_id: str, case_id: str | None) -> None:
    """Removes the case of something that never became an appointment; nothing else can hang on it yet."""
    if case_id is not None:
        await tx.execute(
            update(AppointmentRow).where(AppointmentRow.id == appointment_id).values(case_id=None)
        )
        await tx.execute(delete(CaseRow).where(CaseRow.id == case_id))


def _belongs_to_nobody() -> tuple[ColumnElement[bool], ...]:
    """The hold went before its case did: after a long standstill the other tidying may have been quicker."""
    return (
        ~exists().where(AppointmentRow.case_id == CaseRow.id),
        ~exists().where(DocumentRow.case_id == CaseRow.id),
    )
