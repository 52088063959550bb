"""Who opened which case, when and why, as the data-protection officer sees it: out of the audit itself, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.audit import LOOKED, AuditRow
from server.booking.model import AppointmentRow
from server.people.model import StaffRow

AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Look:
    """`number` is None once the appointment itself is gone."""

    at: datetime
    who: str
    number: str | None
    what: str
    why: str


async def list_looks(
    tx: AsyncConnection, *, number: str = "", staff_id: int | None = None, page: int = 1
) -> tuple[list[Look], bool]:
    """A page of them, and whether there are older ones."""
    query = select(AuditRow.at, AuditRow.actor, AuditRow.detail, AppointmentRow.number)
    query = query.outerjoin(AppointmentRow, AppointmentRow.id == AuditRow.object_id)
    query = query.where(AuditRow.action == LOOKED)
    if number:
        query = query.where(func.upper(AppointmentRow.number) == number.upper())
    if staff_id is not None:
        query = query.where(AuditRow.actor == f"staff/{staff_id}")
    newest = query.order_by(AuditRow.at.desc(), AuditRow.id.desc())
    rows = (await tx.execute(newest.offset((page - 1) * AT_ONCE).limit(AT_ONCE + 1))).all()
    names = {f"staff/{id_}": display for id_, display in await colleagues(tx)}
    found = [
        Look(row.at, names.get(row.actor, row.actor), row.number, row.detail["what"], row.detail["why"])
        for row in rows[:AT_ONCE]
    ]
    return found, len(rows) > AT_ONCE


async def colleagues(tx: AsyncConnection) -> list[tuple[int, str]]:
    """All of the staff by name, those who left too."""
    query = select(StaffRow.id, StaffRow.display).order_by(StaffRow.display, StaffRow.id)
    return [(row.id, row.display) for row in await tx.execute(query)]
