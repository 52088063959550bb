"""A clerk calls in whoever knocked: a real video appointment on the clerk's own duty, from now on, booked like any other."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Knock, Staff, case_of, knocks, manage_token
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import CHANGED, TAKE, Span, claims_of, drop_expired, gave_way
from server.booking.hold import NEW, HoldAsk, new_hold
from server.booking.knock import desks_for, needed_ticks, position_of, still_waiting, wish_to_knock
from server.booking.model import AppointmentRow, DutyRow
from server.booking.model_knock import KnockRow
from server.booking.number import new_number
from server.booking.routing import Wish
from server.booking.run_steps import StepBroken, run_steps
from server.clock import TICK, instant_of, tick_of
from server.db import Database
from server.errors import Conflict, NotFound, Refusal
from server.sealing import Keyring, SealBroken, fingerprint
from server.settings import Settings

CHANNEL = "knock"


class KnockTaken(Conflict):
    type = "knock-taken"
    title = "Jemand war schneller"
    detail = "Diese Person ist schon im Gespräch oder gegangen."


class NotFirst(Conflict):
    type = "not-first"
    title = "Jemand wartet länger"
    detail = "Bitte holen Sie zuerst herein, wer mit diesem Anliegen am längsten wartet."


class NoRoomNow(Conflict):
    type = "no-room-now"
    title = "Gerade keine Zeit frei"
    detail = "In Ihrem Dienst ist jetzt nicht genug Zeit am Stück frei."


@dataclass(frozen=True, slots=True)
class Knocking:
    """A line of the clerk's list; only the first with a concern and language may be called in."""

    knock: Knock
    name: str
    first: bool


async def knocking_for(
    db: Database, calendar: Calendar, keyring: Keyring, staff: Staff, now: datetime
) -> list[Knocking]:
    """Who waits for something that this clerk can do now, in the order of coming."""
    async with db.read() as tx:
        waiting = await knocks(tx, *still_waiting(now))
    rooms = {(one.service_id, one.spoken): one for one in waiting}
    fit = {kind: await _fitting(calendar, one, now) for kind, one in rooms.items()}
    found = []
    async with db.read() as tx:
        own = set(await _own(tx, staff, [id_ for ids in fit.values() for id_ in ids]))
        for one in waiting:
            if own.isdisjoint(fit[one.service_id, one.spoken]):
                continue
            try:
                name = (await case_of(tx, one, keyring)).contact.name
            except (NotFound, SealBroken):
                continue  # gone in this very moment, or damaged
            found.append(Knocking(one, name, await position_of(tx, one, now) == 1))
    return found


async def take(
    db: Database, calendar: Calendar, settings: Settings, staff: Staff, knock_id: str, now: datetime
) -> str:
    """The id of the appointment. `KnockTaken`, `NotFirst`, `NoRoomNow`; `NotFound` for who never knocked."""
    async with db.read() as tx:
        found = await knocks(tx, KnockRow.id == knock_id)
        fresh = await knocks(tx, KnockRow.id == knock_id, *still_waiting(now))
    if not found:
        raise NotFound
    if not fresh:
        raise KnockTaken
    [one] = fresh
    fit = await _fitting(calendar, one, now)
    async with db.read() as tx:
        duties = await _own(tx, staff, fit)
        if duties and await position_of(tx, one, now) > 1:
            raise NotFirst
    wish = await wish_to_knock(calendar, one.service_id, one.spoken, now)
    for duty_id in duties:
        try:
            async with db.write() as tx:
                taken = await _call_in(tx, one, wish, duty_id, settings, staff, now)
        except _Occupied:
            calendar.touch()
            continue
        except _NotUnique:
            await _with_another_number(db, one)
            return await take(db, calendar, settings, staff, knock_id, now)
        calendar.touch()
        return taken
    raise NoRoomNow


class _Occupied(Exception):
    """The duty's ticks went to somebody else in the same moment."""


class _NotUnique(Exception):
    """There is an appointment with this id, or one that has the number."""


async def _with_another_number(db: Database, one: Knock) -> None:
    """Of those that are drawn one is now and then an appointment's already. `KnockTaken` where it was the id."""
    async with db.write() as tx:
        if await tx.scalar(select(AppointmentRow.id).where(AppointmentRow.id == one.id)) is not None:
            raise KnockTaken
        await tx.execute(update(KnockRow).where(KnockRow.id == one.id).values(number=new_number()))


async def _fitting(calendar: Calendar, one: Knock, now: datetime) -> list[int]:
    """Duties that have room for this conversation from now on. Asked outside of any transaction: the calendar has its own."""
    try:
        wish = await wish_to_knock(calendar, one.service_id, one.spoken, now)
    except Refusal:
        return []  # no longer by video since the knock
    return [desk.duty_id for desk in await desks_for(calendar, wish, now)]


async def _own(tx: AsyncConnection, staff: Staff, duty_ids: list[int]) -> list[int]:
    own = select(DutyRow.id).where(DutyRow.id.in_(duty_ids), DutyRow.staff_id == staff.id)
    return list(await tx.scalars(own.order_by(DutyRow.demo.desc(), DutyRow.id)))


def visit_id(one: Knock) -> str:
    """The appointment has the knock's own id: as its primary key it is what lets nobody be called in twice."""
    return one.id


async def _call_in(
    tx: AsyncConnection,
    one: Knock,
    wish: Wish,
    duty_id: int,
    settings: Settings,
    staff: Staff,
    now: datetime,
) -> str:
    start = instant_of(tick_of(now))
    span = Span(start, start + TICK * wish.ticks, "video", None, 0, needed_ticks(wish) - wish.ticks)
    ask = HoldAsk(((one.service_id, 1),), "video", None, start, one.spoken, CHANNEL)
    id_ = visit_id(one)
    _, row = new_hold(span, duty_id, ask, settings, now)
    row |= {
        "id": id_,
        "number": one.number if id_ == one.id else row["number"],
        "token_hash": fingerprint(manage_token(settings.secret.get_secret_value(), id_)),
        "state": "confirmed",
        "language": one.language,
        "case_id": one.case_id,
        "confirmed_at": now,
        "expires_at": None,
    }
    mine = update(KnockRow).where(KnockRow.id == one.id, KnockRow.state != "gone")
    if not (await tx.execute(mine.values(state="called", ended_at=now))).rowcount:
        raise KnockTaken
    await drop_expired(tx, duty_id, span.ticks, now)
    steps = [
        (NEW, [row]),
        (TAKE, claims_of(duty_id, span.ticks, id_, None)),
        (CHANGED, [{"duty_id": duty_id, "at": now}]),
    ]
    try:
        await run_steps(tx, steps)
    except StepBroken as broken:
        raise (_NotUnique if broken.position == 0 else _Occupied) from broken
    except DBAPIError as error:
        if gave_way(error):
            raise _Occupied from error
        raise
    await record(tx, now, staff.actor, "knock.taken", id_)
    return id_
