"""The data-protection officer sees which recordings are held, and deletes one at once. Nobody sees what is in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, Staff, appointment_by_id
from server.audit import AuditRow
from server.booking.model import AppointmentRow, CaseRow
from server.db import Database
from server.errors import MustBeKept, NotFound
from server.privacy.model_end import held, locked
from server.rooms.consent import destroy
from server.rooms.model_recording import RecordingRow
from server.rooms.tape import Studio

HELD: Final = ("running", "kept")
WHYS: Final = ("no-basis", "objection", "mistake", "unneeded")


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording that is held, without anybody's name. `size` is known once it is whole. `kept_by_law`: on legal hold."""

    id: str
    number: str
    services: tuple[str, ...]
    state: str
    begun_at: datetime
    ended_at: datetime | None
    size: int | None
    expires_at: datetime
    kept_by_law: bool

    def length(self, now: datetime) -> timedelta:
        return (self.ended_at or now) - self.begun_at


async def tapes(tx: AsyncConnection) -> list[Tape]:
    """All that are held, the newest first."""
    rows = await tx.execute(_query().order_by(RecordingRow.asked_at.desc(), RecordingRow.id))
    return [_tape(row) for row in rows]


async def tape(tx: AsyncConnection, recording_id: str) -> Tape:
    """`NotFound` for one that is not held."""
    row = (await tx.execute(_query().where(RecordingRow.id == recording_id))).first()
    if row is None:
        raise NotFound
    return _tape(row)


async def delete_at_once(studio: Studio, staff: Staff, recording_id: str, why: str, now: datetime) -> None:
    """The key first, then the recorder leaves the room, then the bytes. `NotFound`, `MustBeKept` on legal hold."""
    meeting = await _destroy_key(studio.db, staff, recording_id, why, now)
    await studio.end(meeting, recording_id)
    await studio.store.remove(recording_id)


async def _destroy_key(db: Database, staff: Staff, recording_id: str, why: str, now: datetime) -> Appointment:
    async with db.write() as tx:
        appointment = RecordingRow.appointment_id == AppointmentRow.id
        query = select(AppointmentRow.id, AppointmentRow.case_id).join(RecordingRow, appointment)
        found = (await tx.execute(query.where(RecordingRow.id == recording_id))).first()
        if found is None:
            raise NotFound
        # locked, so that a hold placed in the same moment comes before or after
        await tx.execute(locked(CaseRow.id == found.case_id))
        if await tx.scalar(select(held(found.case_id))):
            raise MustBeKept
        if not await destroy(tx, recording_id, "officer", now, actor=staff.actor, why=why):
            raise NotFound
        return await appointment_by_id(tx, found.id)


def _query() -> Select[Any]:
    row = RecordingRow
    begun = select(func.min(AuditRow.at)).where(
        AuditRow.object_id == row.id, AuditRow.action == "recording.begun"
    )
    columns = (row.id, row.state, row.asked_at, row.ended_at, row.size, row.expires_at)
    query = select(
        *columns,
        AppointmentRow.number,
        AppointmentRow.services,
        begun.scalar_subquery().label("begun_at"),
        held(AppointmentRow.case_id).label("kept_by_law"),
    )
    return query.join(AppointmentRow, AppointmentRow.id == row.appointment_id).where(row.state.in_(HELD))


def _tape(row: Any) -> Tape:
    return Tape(
        id=row.id,
        number=row.number,
        services=tuple(item["id"] for item in row.services),
        state=row.state,
        begun_at=row.begun_at or row.asked_at,
        ended_at=row.ended_at,
        size=row.size,
        expires_at=row.expires_at,
        kept_by_law=bool(row.kept_by_law),
    )
