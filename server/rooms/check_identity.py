"""A clerk has looked at an identity card and notes how sure they are: the level and the method, nothing that was on the card."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, Staff, appointment_for
from server.audit import record
from server.booking.model import ALIVE
from server.db import Database
from server.errors import BadInput, TooLate
from server.people.model import StaffRow
from server.rooms.model_identity import IdentityCheckRow

Level = Literal["none", "low", "substantial", "high"]
Method = Literal["card", "passport", "permit", "known", "refused"]

NOT_OPEN = "Die Identität lässt sich nur zu einem laufenden Termin festhalten."
NO_LEVEL = (
    "Wurde die Identität nicht festgestellt, gibt es kein Vertrauensniveau; sonst wählen Sie bitte eines."
)
NOT_HIGH = (
    "Das Vertrauensniveau „hoch“ gibt es nur vor Ort mit einem Ausweis. Bitte wählen Sie ein niedrigeres."
)


class LevelNotReached(BadInput):
    type = "level-not-reached"
    detail = NOT_HIGH


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """The newest check of one appointment."""

    level: Level
    method: Method
    by: str
    checked_at: datetime


def judge(level: Level, method: Method, mode: str) -> None:
    """`BadInput` for a level without a method or the other way round, `LevelNotReached` for one that this way can't give.

    A camera shows no chip and no security feature well enough for "high" (BSI TR-03147).
    """
    if (level == "none") != (method == "refused"):
        raise BadInput(NO_LEVEL)
    if level == "high" and (mode == "video" or method == "known"):
        raise LevelNotReached


async def note_identity(
    db: Database, staff: Staff, appointment_id: str, level: Level, method: Method, now: datetime
) -> IdentityCheck:
    """Enters what was found; earlier notes stay, the newest one counts."""
    id_ = secrets.token_hex(16)
    async with db.write() as tx:
        meeting = await appointment_for(tx, staff, appointment_id)
        if meeting.state not in ALIVE:
            raise TooLate(NOT_OPEN)
        judge(level, method, meeting.mode)
        row = {"id": id_, "appointment_id": meeting.id, "level": level, "method": method}
        await tx.execute(insert(IdentityCheckRow).values(**row, staff_id=staff.id, checked_at=now))
        await record(tx, now, staff.actor, "identity.noted", id_, appointment=meeting.id)
    return IdentityCheck(level, method, staff.display, now)


async def identity_of(tx: AsyncConnection, appointment: Appointment) -> IdentityCheck | None:
    """What was noted last for an appointment that `access` handed out."""
    query = select(
        IdentityCheckRow.level, IdentityCheckRow.method, StaffRow.display, IdentityCheckRow.checked_at
    ).join(StaffRow, StaffRow.id == IdentityCheckRow.staff_id)
    query = query.where(IdentityCheckRow.appointment_id == appointment.id)
    newest = query.order_by(IdentityCheckRow.checked_at.desc(), IdentityCheckRow.id.desc()).limit(1)
    row = (await tx.execute(newest)).first()
    if row is None:
        return None
    level, method = cast("Level", row.level), cast("Method", row.method)
    return IdentityCheck(level, method, row.display, row.checked_at)
