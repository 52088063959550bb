"""What was told of themselves by citizens who never confirmed is forgotten. Nothing else depends on it running."""

from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.claim import free
from server.booking.model import AppointmentRow, CaseRow
from server.db import Database


async def forget(db: Database, now: datetime) -> None:
    """Ends holds and pending appointments whose time is over; their cases go with them, key and all.

    Must come before `booking/tidy.py`: that takes the appointments away by which their cases are found.
    """
    over = and_(AppointmentRow.state.in_(("held", "pending")), AppointmentRow.expires_at <= now)
    never = or_(AppointmentRow.token_hash.is_(None), AppointmentRow.expires_at.is_not(None))
    given_back = and_(AppointmentRow.state == "cancelled", never)
    columns = (AppointmentRow.id, AppointmentRow.case_id, AppointmentRow.duty_id)
    due = select(*columns).where(AppointmentRow.case_id.is_not(None), or_(over, given_back))
    async with db.write() as tx:
        ended = (await tx.execute(due)).all()
        for row in ended:
            still = (AppointmentRow.id == row.id, or_(over, given_back))
            gone = (
                update(AppointmentRow)
                .where(*still)
                .values(state="cancelled", cancelled_at=now, contact_nr=None)
            )
            if (await tx.execute(gone)).rowcount == 1:
                await drop_case(tx, row.id, row.case_id)
                await free(tx, row.id, row.duty_id, now)
    if ended:
        await db.settle()


async def drop_case(tx: AsyncConnection, appointment_id: str, case_id: str | None) -> None:
    """Removes the case of something that never became an appointment; nothing else can hang on it yet."""
    if case_id is not None:
        await tx.execute(
            update(AppointmentRow).where(AppointmentRow.id == appointment_id).values(case_id=None)
        )
        await tx.execute(delete(CaseRow).where(CaseRow.id == case_id))
