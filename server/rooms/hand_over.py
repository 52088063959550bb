"""A meeting goes to a colleague: who could take it, handing over with a note, taking it back, taking it.

The appointment stays on its duty, with its claims: the time was given there, and whoever helps out loses none of theirs.
Whom the appointment is shown to is in `access.py`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from server.access import Appointment, Staff, appointment_for, case_of
from server.audit import record
from server.booking.model import ALIVE, AppointmentRow, ClaimRow, DutyRow, TrainingRow
from server.clock import tick_of
from server.db import Database
from server.errors import BadInput, Conflict, NotFound
from server.people.model import StaffRow
from server.rooms.admit import check_entry
from server.rooms.model import TransferRow, note_bound
from server.sealing import Keyring, open_sealed, seal
from server.settings import Settings

BUSY_FOR = timedelta(hours=2)


class HandedOver(Conflict):
    type = "handed-over"
    title = "Das Gespräch ist übergeben"
    detail = "Dieses Gespräch führt jetzt jemand anderes: {name}."


class TransferOpen(Conflict):
    type = "transfer-open"
    detail = "Dieses Gespräch ist schon weitergegeben. Nehmen Sie das erst zurück."


class ColleagueThere(Conflict):
    type = "colleague-there"
    detail = "Die Kollegin oder der Kollege ist schon im Gespräch."


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can do this and is on duty now; `free`: nobody is with them."""

    id: int
    name: str
    free: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """One hand-over, open or over."""

    appointment_id: str
    from_id: int
    to_id: int
    from_name: str
    to_name: str
    note: str | None
    since: datetime
    taken_at: datetime | None
    ended_at: datetime | None


async def colleagues(
    tx: AsyncConnection, staff: Staff, meeting: Appointment, now: datetime
) -> list[Colleague]:
    """Those trained for all of it who are on duty now for video, the free ones first; whose duty it is can always."""
    services = [service for service, _ in meeting.services]
    known = TrainingRow.service_id.in_(services)
    trained = select(func.count()).where(TrainingRow.staff_id == StaffRow.id, known).scalar_subquery()
    on_duty = exists().where(
        DutyRow.staff_id == StaffRow.id,
        DutyRow.starts_at <= now,
        DutyRow.ends_at > now,
        or_(DutyRow.place == "home", DutyRow.takes_video),
    )
    owner = select(DutyRow.staff_id).where(DutyRow.id == meeting.duty_id).scalar_subquery()
    able = or_((trained == len(set(services))) & on_duty, StaffRow.id == owner)
    query = select(StaffRow.id, StaffRow.display, StaffRow.roles, _busy(meeting, now).label("busy"))
    rows = (await tx.execute(query.where(StaffRow.active, StaffRow.id != staff.id, able))).all()
    found = [Colleague(row.id, row.display, not row.busy) for row in rows if "clerk" in row.roles]
    return sorted(found, key=lambda one: (not one.free, one.name))


def _busy(meeting: Appointment, now: datetime) -> Any:
    """Another appointment on the own duty at this minute, a break, or a meeting that was handed to them and goes on."""
    claimed = exists().where(
        ClaimRow.duty_id == DutyRow.id,
        DutyRow.staff_id == StaffRow.id,
        ClaimRow.tick == tick_of(now),
        or_(ClaimRow.expires_at.is_(None), ClaimRow.expires_at > now),
        or_(ClaimRow.appointment_id.is_(None), ClaimRow.appointment_id != meeting.id),
    )
    taken = exists().where(
        TransferRow.to_id == StaffRow.id,
        TransferRow.ended_at.is_(None),
        TransferRow.created_at > now - BUSY_FOR,
        TransferRow.appointment_id == AppointmentRow.id,
        AppointmentRow.id != meeting.id,
        AppointmentRow.state.in_(ALIVE),
    )
    return or_(claimed, taken)


async def hand_over(
    db: Database,
    keyring: Keyring,
    settings: Settings,
    staff: Staff,
    appointment_id: str,
    colleague_id: int,
    note: str | None,
    now: datetime,
) -> Transfer:
    """The colleague finds the meeting in the own list; the citizen keeps link and place.

    `TransferOpen` where another hand-over waits, `HandedOver` where somebody else has the meeting already.
    """
    async with db.write() as tx:
        meeting = await appointment_for(tx, staff, appointment_id)
        check_entry(meeting, settings, now, early=True)
        if colleague_id not in {one.id for one in await colleagues(tx, staff, meeting, now)}:
            raise BadInput("Diese Person kann das Gespräch gerade nicht übernehmen.")
        await _give_up_own(tx, staff, meeting, now)
        id_ = secrets.token_hex(16)
        case = await case_of(tx, meeting, keyring)
        row = {
            "id": id_,
            "appointment_id": meeting.id,
            "from_id": staff.id,
            "to_id": colleague_id,
            "note_sealed": seal(case.key, note.encode(), note_bound(id_)) if note else None,
            "created_at": now,
        }
        try:
            await tx.execute(insert(TransferRow).values(row))
        except IntegrityError as error:
            raise TransferOpen from error
        await record(tx, now, staff.actor, "transfer.made", meeting.id, to=colleague_id)
    async with db.read() as tx:
        return (await transfers_of(tx, meeting, keyring))[-1]


async def _give_up_own(tx: AsyncConnection, staff: Staff, meeting: Appointment, now: datetime) -> None:
    """Whoever has the meeting by a hand-over hands it on; others can't hand over what is not theirs."""
    still = (TransferRow.appointment_id == meeting.id, TransferRow.ended_at.is_(None))
    own = update(TransferRow).where(*still, TransferRow.to_id == staff.id)
    if (await tx.execute(own.values(ended_at=now))).rowcount:
        return
    await check_in_charge(tx, staff, meeting)


async def take_back(db: Database, staff: Staff, appointment_id: str, now: datetime) -> None:
    """Until the colleague is there; `ColleagueThere` after that."""
    async with db.write() as tx:
        meeting = await appointment_for(tx, staff, appointment_id)
        still = (TransferRow.appointment_id == meeting.id, TransferRow.ended_at.is_(None))
        own = update(TransferRow).where(*still, TransferRow.from_id == staff.id)
        back = own.where(TransferRow.taken_at.is_(None)).values(ended_at=now)
        if (await tx.execute(back)).rowcount == 1:
            await _reopen_own(tx, staff, meeting)
            await record(tx, now, staff.actor, "transfer.taken-back", meeting.id)
            return
        if await tx.scalar(select(TransferRow.id).where(*still, TransferRow.from_id == staff.id)):
            raise ColleagueThere
        raise NotFound


async def _reopen_own(tx: AsyncConnection, staff: Staff, meeting: Appointment) -> None:
    """Whoever had the meeting by a hand-over themselves has it again."""
    own = select(TransferRow.id).where(
        TransferRow.appointment_id == meeting.id, TransferRow.to_id == staff.id
    )
    last = await tx.scalar(own.order_by(TransferRow.created_at.desc()).limit(1))
    if last is not None and await owner_of(tx, meeting) != staff.id:
        await tx.execute(update(TransferRow).where(TransferRow.id == last).values(ended_at=None))


async def come_in(db: Database, staff: Staff, appointment_id: str, now: datetime) -> Appointment:
    """The meeting for whoever leads it now; from here on it can't be taken back. `HandedOver` for those who led it."""
    async with db.write() as tx:
        mine = update(TransferRow).where(
            TransferRow.appointment_id == appointment_id,
            TransferRow.to_id == staff.id,
            TransferRow.ended_at.is_(None),
            TransferRow.taken_at.is_(None),
        )
        taken = (await tx.execute(mine.values(taken_at=now))).rowcount
        meeting = await appointment_for(tx, staff, appointment_id)
        await check_in_charge(tx, staff, meeting)
        if taken:
            await record(tx, now, staff.actor, "transfer.taken", meeting.id)
    return meeting


async def check_in_charge(tx: AsyncConnection, staff: Staff, meeting: Appointment) -> None:
    """`HandedOver` once a colleague has come into the meeting."""
    with_other = _stored().where(
        TransferRow.appointment_id == meeting.id,
        TransferRow.ended_at.is_(None),
        TransferRow.taken_at.is_not(None),
        TransferRow.to_id != staff.id,
    )
    row = (await tx.execute(with_other)).first()
    if row is not None:
        raise HandedOver(params={"name": row.to_name})


async def owner_of(tx: AsyncConnection, meeting: Appointment) -> int | None:
    """Whose duty it is."""
    return await tx.scalar(select(DutyRow.staff_id).where(DutyRow.id == meeting.duty_id))


async def transfers_of(tx: AsyncConnection, meeting: Appointment, keyring: Keyring) -> list[Transfer]:
    """The whole history, for whoever may see the meeting; notes are gone with the case."""
    rows = (await tx.execute(_stored().where(TransferRow.appointment_id == meeting.id))).all()
    if not rows:
        return []
    try:
        key = (await case_of(tx, meeting, keyring)).key
    except NotFound:
        key = None
    return [_transfer(row, key) for row in rows]


async def open_transfers(
    tx: AsyncConnection, meetings: Iterable[Appointment], keyring: Keyring
) -> dict[str, Transfer]:
    """Meeting ► the hand-over that holds now."""
    known = {meeting.id: meeting for meeting in meetings}
    still = (TransferRow.appointment_id.in_(list(known)), TransferRow.ended_at.is_(None))
    held = list(await tx.scalars(select(TransferRow.appointment_id).where(*still)))
    found = [one for id_ in held for one in await transfers_of(tx, known[id_], keyring)]
    return {one.appointment_id: one for one in found if one.ended_at is None}


def _stored() -> Select[*tuple[Any, ...]]:
    giver, taker = aliased(StaffRow), aliased(StaffRow)
    names = (giver.display.label("from_name"), taker.display.label("to_name"))
    query = select(TransferRow.__table__, *names)
    query = query.join(giver, giver.id == TransferRow.from_id).join(taker, taker.id == TransferRow.to_id)
    # of two in one instant the one that has ended is the older
    return query.order_by(TransferRow.created_at, TransferRow.ended_at.is_(None), TransferRow.id)


def _transfer(row: Any, key: bytes | None) -> Transfer:
    note = None
    if key is not None and row.note_sealed is not None:
        note = open_sealed(key, row.note_sealed, note_bound(row.id)).decode()
    people = (row.from_id, row.to_id, row.from_name, row.to_name)
    return Transfer(row.appointment_id, *people, note, row.created_at, row.taken_at, row.ended_at)
