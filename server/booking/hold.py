"""A time is held while the citizen fills in the form: hold, extend once, release. Confirming is in `confirm.py`."""

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, appointment_by_hold, appointment_by_id, hold_token
from server.booking.availability import Calendar
from server.booking.claim import (
    CHANGED,
    TAKE,
    Candidate,
    Span,
    announce,
    candidates,
    claims_of,
    drop_expired,
    free,
    gave_way,
    span_of,
)
from server.booking.model import AppointmentRow, ClaimRow
from server.booking.number import new_number
from server.booking.once import REMEMBER, DoneBefore, Once
from server.booking.routing import Slot, Wish, wish_of
from server.booking.run_steps import Step, StepBroken, run_steps
from server.booking.spoken import code_of
from server.catalog.model import Mode
from server.db import Database
from server.errors import AlreadyExtended, HoldExpired, SlotTaken, TooManyHolds
from server.sealing import fingerprint
from server.settings import Settings

NEW = insert(AppointmentRow)
OPEN_HOLDS = select(func.count()).where(
    AppointmentRow.client_key == bindparam("client"),
    AppointmentRow.state == "held",
    AppointmentRow.expires_at > bindparam("now"),
)


@dataclass(frozen=True, slots=True)
class HoldAsk:
    """What is to be held. `client` is a keyed hash of the address, for limits only."""

    services: tuple[tuple[str, int], ...]
    mode: Mode
    site: str | None
    start: datetime
    language: str | None = None
    channel: str = "online"
    client: str = ""
    must_speak: bool = False


class NumberTaken(Exception):
    """Another appointment has the number that was drawn: one of many, so the next draw will do."""


@dataclass(frozen=True, slots=True)
class Held:
    """A time that is kept for the citizen until `expires_at`."""

    token: str
    start: datetime
    end: datetime
    mode: str
    site: str | None
    expires_at: datetime
    services: tuple[tuple[str, int], ...]
    extended: bool


async def hold(
    db: Database, calendar: Calendar, settings: Settings, ask: HoldAsk, key: str | None, now: datetime
) -> Held:
    """Holds a time. `SlotTaken` carries at least three near alternatives where the horizon has them."""
    catalogue = await calendar.catalogue(now)
    wish = wish_of(catalogue, ask.services, ask.mode, ask.site, ask.language, ask.channel, ask.must_speak)
    span = span_of(wish, ask.start, ask.mode, ask.site, now)
    once = Once("hold", key, asdict(replace(ask, client=""))) if key is not None else None
    async with db.read() as tx:
        if await _too_many(tx, ask.client, settings.max_holds, now):
            if once and (before := await once.done(tx)):
                return _held(before, settings)
            raise TooManyHolds
        duties = await candidates(tx, wish, span, catalogue, settings.assumption_day, now)
        if not duties and once and (before := await once.done(tx)):
            return _held(before, settings)
    for duty in duties:
        fresh, row = new_hold(span, duty.id, ask, settings, now)
        try:
            async with db.write() as tx:
                await _write(tx, span, duty, row, once, now)
        except SlotTaken:
            continue
        except DoneBefore:
            break
        except NumberTaken:
            return await hold(db, calendar, settings, ask, key, now)
        calendar.touch()
        return fresh
    if duties and once and (earlier := await once.done_before(db)):
        return _held(earlier, settings)
    raise await taken(calendar, wish, span, now)


async def taken(calendar: Calendar, wish: Wish, span: Span, now: datetime) -> SlotTaken:
    """The refusal with the nearest times that are still free, as far as the calendar in memory knows.

    In a rush hundreds are refused a second: each of them looking into the database first would slow down all.
    """
    wanted = Slot(span.start, span.end, span.mode, span.site)
    found = await calendar.alternatives(
        wish, wanted, now, at_least=4
    )  # the wanted one may still be among them
    return SlotTaken(alternatives=[slot.as_json() for slot in found if slot != wanted])


def new_hold(
    span: Span, duty_id: int, ask: HoldAsk, settings: Settings, now: datetime
) -> tuple[Held, dict[str, Any]]:
    """The hold as its citizen sees it, and its row."""
    appointment_id = secrets.token_hex(16)
    token = hold_token(settings.secret.get_secret_value(), appointment_id)
    expires_at = now + timedelta(minutes=settings.hold_minutes)
    row = {
        "id": appointment_id,
        "number": new_number(),
        "hold_hash": fingerprint(token),
        "state": "held",
        "mode": span.mode,
        "site_id": span.site,
        "duty_id": duty_id,
        "starts_at": span.start,
        "ends_at": span.end,
        "services": [{"id": service, "count": count} for service, count in ask.services],
        "language": ask.language or "de",
        "spoken": code_of(ask.language or ""),
        "channel": ask.channel,
        "client_key": ask.client,
        "ticks": len(span.ticks),
        "remind": "mail",
        "sequence": 0,
        "extended": False,
        "created_at": now,
        "expires_at": expires_at,
    }
    return Held(token, span.start, span.end, span.mode, span.site, expires_at, ask.services, False), row


async def _write(
    tx: AsyncConnection, span: Span, duty: Candidate, row: dict[str, Any], once: Once | None, now: datetime
) -> None:
    """The appointment, its claims, the note for all calendars and the key: together or not at all."""
    if duty.expired:
        await drop_expired(tx, duty.id, span.ticks, now)
    steps: list[Step] = [
        (NEW, [row]),
        (TAKE, claims_of(duty.id, span.ticks, row["id"], row["expires_at"])),
        (CHANGED, [{"duty_id": duty.id, "at": now}]),
    ]
    if once:
        steps.append((REMEMBER, [once.row(row["id"], now)]))
    try:
        await run_steps(tx, steps)
    except StepBroken as broken:
        raise (NumberTaken, SlotTaken, SlotTaken, DoneBefore)[broken.position] from broken
    except DBAPIError as error:
        if gave_way(error):
            raise SlotTaken from error
        raise


async def held(db: Database, settings: Settings, token: str, now: datetime) -> Held:
    """The hold behind a token; `HoldExpired` when its time is over or it was confirmed or released."""
    async with db.read() as tx:
        appointment = await appointment_by_hold(tx, token)
    _still_held(appointment, now)
    return _held(appointment, settings)


async def extend(db: Database, calendar: Calendar, settings: Settings, token: str, now: datetime) -> Held:
    """Once, the time for filling in starts anew."""
    expires_at = now + timedelta(minutes=settings.hold_minutes)
    async with db.write() as tx:
        appointment = await appointment_by_hold(tx, token)
        _still_held(appointment, now)
        one = (AppointmentRow.id == appointment.id, AppointmentRow.expires_at > now)
        fresh = update(AppointmentRow).where(*one, AppointmentRow.extended.is_(False))
        if (await tx.execute(fresh.values(extended=True, expires_at=expires_at))).rowcount != 1:
            raise AlreadyExtended
        claims = update(ClaimRow).where(ClaimRow.appointment_id == appointment.id)
        await tx.execute(claims.values(expires_at=expires_at))
        await announce(tx, appointment.duty_id, now)
        appointment = await appointment_by_id(tx, appointment.id)
    calendar.touch()
    return _held(appointment, settings)


async def release(db: Database, calendar: Calendar, token: str, now: datetime) -> None:
    """The citizen doesn't want the time after all; releasing twice is fine."""
    async with db.write() as tx:
        appointment = await appointment_by_hold(tx, token)
        if appointment.state != "held":
            return
        gone = update(AppointmentRow).where(
            AppointmentRow.id == appointment.id, AppointmentRow.state == "held"
        )
        if (await tx.execute(gone.values(state="cancelled", cancelled_at=now))).rowcount != 1:
            return  # confirmed in this very moment: giving that back is cancelling
        await free(tx, appointment.id, appointment.duty_id, now)
    calendar.touch()


async def _too_many(tx: AsyncConnection, client: str, most: int, now: datetime) -> bool:
    """A limit against hoarding, not a scarcity: holds of the same instant may pass it by a few."""
    return bool(client) and (await tx.scalar(OPEN_HOLDS, {"client": client, "now": now}) or 0) >= most


def _still_held(appointment: Appointment, now: datetime) -> None:
    if appointment.state != "held" or appointment.expires_at is None or appointment.expires_at <= now:
        raise HoldExpired


def _held(appointment: Appointment, settings: Settings) -> Held:
    return Held(
        token=hold_token(settings.secret.get_secret_value(), appointment.id),
        start=appointment.starts_at,
        end=appointment.ends_at,
        mode=appointment.mode,
        site=appointment.site_id,
        expires_at=appointment.expires_at or appointment.starts_at,
        services=appointment.services,
        extended=appointment.extended,
    )
