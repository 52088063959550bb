"""The officer forbids the deletion of a case, and allows it again. That a hold wins is in `model_end.py` and `erase.py`."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff
from server.audit import record
from server.booking.model import AppointmentRow, CaseRow
from server.db import Database
from server.errors import BadInput, Conflict, NotFound
from server.people.model import StaffRow
from server.privacy.model import HOLD_REASONS, LegalHoldRow
from server.privacy.model_end import locked
from server.privacy.model_erasure import ErasureRow

UNKNOWN = "Zu dieser Nummer gibt es keinen Termin, zu dem noch etwas gespeichert ist."


class AlreadyHeld(Conflict):
    type = "already-held"
    detail = "Für diesen Vorgang ist die Löschung schon ausgesetzt."


@dataclass(frozen=True, slots=True)
class Hold:
    """`numbers` of the case's appointments; `asked`: its citizen wants it erased, which is done when the hold is lifted."""

    id: str
    numbers: tuple[str, ...]
    reason: str
    placed_by: str
    placed_at: datetime
    asked: bool


async def place_hold(db: Database, staff: Staff, number: str, reason: str, now: datetime) -> None:
    """By an appointment's number. `BadInput` for an unknown one or a reason that is not in the list, `AlreadyHeld`."""
    if reason not in HOLD_REASONS:
        raise BadInput
    hold_id = secrets.token_hex(16)
    try:
        async with db.write() as tx:
            known = select(AppointmentRow.case_id).where(func.upper(AppointmentRow.number) == number.upper())
            case_id = await tx.scalar(known)
            # locked, so that what is deleted in the same moment is deleted before or not at all
            there = locked(CaseRow.id == case_id, CaseRow.closed_at.is_(None))
            if (await tx.execute(there)).rowcount != 1:
                raise BadInput(UNKNOWN)
            row = {"id": hold_id, "case_id": case_id, "reason": reason, "placed_by": staff.id}
            await tx.execute(insert(LegalHoldRow).values(**row, placed_at=now))
            await record(tx, now, staff.actor, "hold.placed", hold_id, case=case_id, reason=reason)
    except IntegrityError:
        raise AlreadyHeld from None


async def lift_hold(db: Database, staff: Staff, hold_id: str, now: datetime) -> None:
    """From here on the rules decide again, and a request for erasure that waited. `NotFound` for one that is not placed."""
    placed = update(LegalHoldRow).where(LegalHoldRow.id == hold_id, LegalHoldRow.lifted_at.is_(None))
    async with db.write() as tx:
        if (await tx.execute(placed.values(lifted_by=staff.id, lifted_at=now))).rowcount != 1:
            raise NotFound
        await record(tx, now, staff.actor, "hold.lifted", hold_id)


async def open_holds(tx: AsyncConnection) -> list[Hold]:
    """Those that are placed now, the newest first."""
    asked = exists().where(ErasureRow.case_id == LegalHoldRow.case_id, ErasureRow.emptied_at.is_(None))
    columns = (LegalHoldRow.id, LegalHoldRow.case_id, LegalHoldRow.reason, LegalHoldRow.placed_at)
    query = select(*columns, StaffRow.display, asked.label("asked")).join(
        StaffRow, StaffRow.id == LegalHoldRow.placed_by
    )
    newest = query.where(LegalHoldRow.lifted_at.is_(None)).order_by(LegalHoldRow.placed_at.desc())
    rows = (await tx.execute(newest)).all()
    numbers: dict[str, list[str]] = {row.case_id: [] for row in rows}
    of_cases = select(AppointmentRow.case_id, AppointmentRow.number)
    for one in await tx.execute(of_cases.where(AppointmentRow.case_id.in_(list(numbers)))):
        numbers[one.case_id].append(one.number)
    return [
        Hold(row.id, tuple(sorted(numbers[row.case_id])), row.reason, row.display, row.placed_at, row.asked)
        for row in rows
    ]
