"""A telephone call instead of the video call: the clerk sees the number while the citizen agrees, and not a moment longer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, Case, Staff
from server.audit import record
from server.booking.model import ALIVE
from server.db import Database
from server.errors import NotFound, NotVideo, TooLate
from server.rooms.admit import window
from server.rooms.model_call_back import CallBackRow, call_back_bound
from server.sealing import open_sealed, seal
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class CallBack:
    """What stands open; the number itself is asked for on its own."""

    since: datetime
    called_at: datetime | None


def call_back_possible(appointment: Appointment, settings: Settings, now: datetime) -> bool:
    """As long as somebody could still be called for this appointment: until its room would close."""
    return (
        appointment.mode == "video"
        and appointment.state in ALIVE
        and appointment.displaced_at is None
        and now < window(appointment, settings)[1]
    )


async def ask_call_back(
    db: Database, appointment: Appointment, case: Case, phone: str, settings: Settings, now: datetime
) -> None:
    """The citizen agrees; asked again, the newer number counts. `NotVideo`, `TooLate`."""
    if appointment.mode != "video":
        raise NotVideo
    if not call_back_possible(appointment, settings, now):
        raise TooLate("Für diesen Termin können wir nicht mehr zurückrufen. Bitte rufen Sie uns an.")
    sealed = seal(case.key, phone.encode(), call_back_bound(case.id))
    values = {"phone_sealed": sealed, "since": now, "called_at": None}
    one = update(CallBackRow).where(CallBackRow.appointment_id == appointment.id)
    async with db.write() as tx:
        if (await tx.execute(one.values(**values))).rowcount:
            return
    try:
        async with db.write() as tx:
            await tx.execute(insert(CallBackRow).values(appointment_id=appointment.id, **values))
            await record(tx, now, "citizen", "call-back.asked", appointment.id)
    except IntegrityError:  # asked twice at once
        async with db.write() as tx:
            await tx.execute(one.values(**values))


async def withdraw_call_back(db: Database, appointment: Appointment, now: datetime) -> None:
    """The number is gone, whether or not somebody has called; safe to repeat."""
    gone = delete(CallBackRow).where(CallBackRow.appointment_id == appointment.id)
    async with db.write() as tx:
        if (await tx.execute(gone)).rowcount:
            await record(tx, now, "citizen", "call-back.withdrawn", appointment.id)


async def note_called(db: Database, staff: Staff, appointment: Appointment, now: datetime) -> None:
    """The clerk has called: nothing is left to do, and the number is hidden again. `NotFound` when nobody asked."""
    one = update(CallBackRow).where(CallBackRow.appointment_id == appointment.id)
    async with db.write() as tx:
        if not (await tx.execute(one.values(called_at=now))).rowcount:
            raise NotFound
        await record(tx, now, staff.actor, "call-back.called", appointment.id)


async def show_number(
    db: Database, staff: Staff, appointment: Appointment, case: Case, now: datetime
) -> tuple[str, datetime]:
    """The number and since when it may be seen; that it was seen is written down. `NotFound` without a wish."""
    query = select(CallBackRow.phone_sealed, CallBackRow.since).where(
        CallBackRow.appointment_id == appointment.id, CallBackRow.called_at.is_(None)
    )
    async with db.write() as tx:
        row = (await tx.execute(query)).first()
        if row is None or appointment.mode != "video" or appointment.state not in ALIVE:
            raise NotFound
        await record(tx, now, staff.actor, "call-back.seen", appointment.id)
    return open_sealed(case.key, row.phone_sealed, call_back_bound(case.id)).decode(), row.since


async def call_backs(tx: AsyncConnection, appointment_ids: Iterable[str]) -> dict[str, CallBack]:
    """Appointment ► its wish for a call, where there is one."""
    query = select(CallBackRow.appointment_id, CallBackRow.since, CallBackRow.called_at)
    rows = await tx.execute(query.where(CallBackRow.appointment_id.in_(list(appointment_ids))))
    return {row.appointment_id: CallBack(row.since, row.called_at) for row in rows}
