"""Duties go, as far as nobody has an appointment on them. Who is ill, and moving appointments, is not decided here."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff
from server.audit import record
from server.booking.model import AppointmentRow, CalendarChangeRow, ClaimRow, DutyRow
from server.clock import ceil_tick, tick_of
from server.db import Database
from server.errors import Conflict, NotFound

AT_ONCE = 400


class DutyInUse(Conflict):
    """Somebody has an appointment, or a time on hold, on this duty."""

    type = "duty-in-use"
    title = "Der Dienst wird gebraucht"
    detail = "Auf diesem Dienst liegt ein Termin. Fällt jemand aus, hilft die Seite „Ausfälle“."


async def remove_duty(db: Database, staff: Staff, duty_id: int, now: datetime) -> None:
    """Takes one duty out of the roster. Raises `NotFound` and `DutyInUse`."""
    async with db.write() as tx:
        if await tx.scalar(select(DutyRow.id).where(DutyRow.id == duty_id)) is None:
            raise NotFound
        if await remove_unused(tx, [duty_id], now):
            raise DutyInUse
        await record(tx, now, staff.actor, "duty.remove", str(duty_id))


async def remove_unused(tx: AsyncConnection, duty_ids: Collection[int], now: datetime) -> list[int]:
    """Removes the duties that hold nothing; returns the others, which stay as they are.

    The rows are locked first, so a hold that comes at the same moment either is seen here or finds no duty.
    """
    kept: list[int] = []
    wanted = sorted(duty_ids)
    for start in range(0, len(wanted), AT_ONCE):
        kept += await _remove(tx, wanted[start : start + AT_ONCE], now)
    return kept


async def _remove(tx: AsyncConnection, duty_ids: list[int], now: datetime) -> list[int]:
    columns = (DutyRow.id, DutyRow.starts_at, DutyRow.ends_at)
    locked = select(*columns).where(DutyRow.id.in_(duty_ids)).order_by(DutyRow.id).with_for_update()
    rows = (await tx.execute(locked)).all()
    pointed = select(AppointmentRow.duty_id, AppointmentRow.state).distinct()
    states = (await tx.execute(pointed.where(AppointmentRow.duty_id.in_(duty_ids)))).all()
    used = {row.duty_id for row in states if row.state != "cancelled"}
    emptied = {row.duty_id for row in states} - used
    gone = [row.id for row in rows if row.id not in used | emptied]
    free = ClaimRow.duty_id.in_([*gone, *emptied])
    await tx.execute(delete(ClaimRow).where(free, ClaimRow.appointment_id.is_(None)))
    await tx.execute(delete(DutyRow).where(DutyRow.id.in_(gone)))
    for row in rows:
        if row.id in emptied:
            await _empty(tx, row.id, row.starts_at, row.ends_at)
    changed = [{"duty_id": row.id, "at": now} for row in rows if row.id not in used]
    if changed:
        await tx.execute(insert(CalendarChangeRow), changed)
    return sorted(used)


async def _empty(tx: AsyncConnection, duty_id: int, starts_at: datetime, ends_at: datetime) -> None:
    """A cancelled appointment still points here: the row stays without a span, and every tick of it is blocked."""
    ticks = [
        {"duty_id": duty_id, "tick": tick, "appointment_id": None, "expires_at": None}
        for tick in range(tick_of(starts_at), ceil_tick(ends_at))
    ]
    if ticks:
        await tx.execute(insert(ClaimRow), ticks)
    await tx.execute(update(DutyRow).where(DutyRow.id == duty_id).values(ends_at=starts_at))
