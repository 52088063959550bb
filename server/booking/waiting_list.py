"""A citizen joins the waiting list, takes or declines what is offered, or leaves. Offering is `offer.py`."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import (
    Appointment,
    WaitingEntry,
    appointment_by_id,
    manage_token,
    waiting_by_token,
    waiting_entries,
    waiting_token,
)
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import HORIZON_DAYS, announce, rest
from server.booking.confirm import Booked, open_case, take_over
from server.booking.freed import AT_LEAST_FOR_WAITING
from server.booking.limits import ContactPlace, check_video, with_place_of
from server.booking.model import AppointmentRow, CaseRow
from server.booking.model_waiting import WaitingRow
from server.booking.routing import WishMode, wish_of
from server.clock import berlin
from server.contact import Contact
from server.db import Database
from server.errors import AlreadyWaiting, BadInput, HoldExpired, OfferOver, TooManyHolds
from server.notices import outbox
from server.sealing import Keyring, contact_key, fingerprint
from server.settings import Settings

OPEN = ("waiting", "offered")
ASK_THE_NEXT = timedelta(minutes=10)
"""What was declined or let run out rests this long, so that the next on the list is asked before the public."""


@dataclass(frozen=True, slots=True)
class WaitAsk:
    """A wish without a time: what, how, and in which window. `earliest`, `latest`: minutes of the local day."""

    services: tuple[tuple[str, int], ...]
    mode: WishMode
    site: str | None
    spoken: str | None
    first: date
    last: date
    weekdays: tuple[int, ...]
    earliest: int
    latest: int
    name: str
    email: str
    language: str
    client: str


async def join(
    db: Database, calendar: Calendar, keyring: Keyring, settings: Settings, ask: WaitAsk, now: datetime
) -> WaitingEntry:
    """Takes the wish in, behind all who came before. `AlreadyWaiting`, `BadInput`, `TooManyHolds`."""
    catalogue = await calendar.catalogue(now)
    wish_of(catalogue, ask.services, ask.mode, ask.site, ask.spoken)
    _check_window(ask, berlin(now).date())
    waiting_id = secrets.token_hex(16)
    secret = settings.secret.get_secret_value()
    async with db.write() as tx:
        key = contact_key(secret, ask.email, None)
        await _check_others(tx, ask, key, settings)
        case_id = await open_case(tx, keyring, Contact(ask.name, ask.email, None, {}), now)
        row = {
            "id": waiting_id,
            "token_hash": fingerprint(waiting_token(secret, waiting_id)),
            "state": "waiting",
            "services": [{"id": service, "count": count} for service, count in ask.services],
            "mode": ask.mode,
            "site_id": ask.site,
            "language": ask.language,
            "spoken": ask.spoken,
            "first_day": ask.first,
            "last_day": ask.last,
            "weekdays": list(ask.weekdays),
            "earliest": ask.earliest,
            "latest": ask.latest,
            "case_id": case_id,
            "client_key": ask.client,
            "contact_key": key,
            "offers": 0,
            "created_at": now,
        }
        await tx.execute(insert(WaitingRow).values(row))
        facts = {"services": [list(pair) for pair in ask.services], "last": ask.last.isoformat()}
        await outbox.post(tx, "listed", None, facts, now, waiting_id=waiting_id)
        await record(tx, now, "citizen", "waiting.joined", waiting_id)
        [entry] = await waiting_entries(tx, WaitingRow.id == waiting_id)
    return entry


def _check_window(ask: WaitAsk, today: date) -> None:
    if ask.last < max(ask.first, today):
        raise BadInput("Der letzte Tag muss nach dem ersten liegen.")
    if ask.last > today + timedelta(days=HORIZON_DAYS):
        raise BadInput("Bitte wählen Sie einen Zeitraum in den nächsten drei Monaten.")
    if not ask.weekdays or ask.earliest >= ask.latest:
        raise BadInput("In diesem Zeitraum kann es keinen Termin geben. Bitte prüfen Sie Tage und Uhrzeiten.")


async def _check_others(tx: AsyncConnection, ask: WaitAsk, key: str | None, settings: Settings) -> None:
    """One open wish per contact and concern; a client address fills the list with as many as it may hold times."""
    opened = WaitingRow.state.in_(OPEN)
    of_client = select(func.count()).where(opened, WaitingRow.client_key == ask.client)
    if ask.client and (await tx.scalar(of_client) or 0) >= settings.max_holds:
        raise TooManyHolds
    own = await waiting_entries(tx, opened, WaitingRow.contact_key == key)
    if any(dict(entry.services).keys() == dict(ask.services).keys() for entry in own):
        raise AlreadyWaiting


async def position_of(tx: AsyncConnection, entry: WaitingEntry) -> int:
    """How many with a common concern wait before this one, and one."""
    before = await waiting_entries(tx, WaitingRow.state.in_(OPEN), WaitingRow.created_at <= entry.created_at)
    own = dict(entry.services).keys()
    ahead = (one for one in before if (one.created_at, one.id) < (entry.created_at, entry.id))
    return 1 + sum(1 for one in ahead if dict(one.services).keys() & own)


@dataclass(frozen=True, slots=True)
class WaitingView:
    """The entry, its position (None when it is over), and the time that is kept for it."""

    entry: WaitingEntry
    position: int | None
    offered: Appointment | None


async def view_of(tx: AsyncConnection, token: str) -> WaitingView:
    entry = await waiting_by_token(tx, token)
    position = await position_of(tx, entry) if entry.state in OPEN else None
    offered = None
    if entry.state in ("offered", "booked") and entry.offered_id:
        offered = await appointment_by_id(tx, entry.offered_id)
    return WaitingView(entry, position, offered)


async def accept(db: Database, calendar: Calendar, settings: Settings, token: str, now: datetime) -> Booked:
    """The offered time becomes an appointment with what was told on joining. Twice is fine; `OfferOver` when too late."""
    secret = settings.secret.get_secret_value()
    async with db.read() as tx:
        entry = await waiting_by_token(tx, token)

    async def book(place: ContactPlace) -> Appointment:
        async with db.write() as tx:
            return await _accept(tx, entry, place, settings, now)

    uncapped = entry.contact_key if entry.state != "booked" else None
    appointment = await with_place_of(db, settings, uncapped, now, book)
    calendar.touch()
    return Booked(appointment, manage_token(secret, appointment.id))


async def _accept(
    tx: AsyncConnection, entry: WaitingEntry, place: ContactPlace, settings: Settings, now: datetime
) -> Appointment:
    secret = settings.secret.get_secret_value()
    one = update(WaitingRow).where(WaitingRow.id == entry.id, WaitingRow.state == "offered")
    taken = await tx.execute(one.where(WaitingRow.offer_until > now).values(state="booked", ended_at=now))
    [fresh] = await waiting_entries(tx, WaitingRow.id == entry.id)
    if fresh.offered_id is None or fresh.state != "booked":
        raise OfferOver
    held = await appointment_by_id(tx, fresh.offered_id)
    if taken.rowcount != 1:
        return held  # accepted before
    await check_video(tx, settings, held.mode, [entry.contact_key] if entry.contact_key else [], now)
    values = {
        "becomes": "confirmed",
        "until": None,
        "contact": place.key,
        "place": place.nr,
        "token": fingerprint(manage_token(secret, held.id)),
        "case": entry.case_id,
        "writes": entry.language,
        "by": "mail",
    }
    try:
        await take_over(tx, held, values, now)
    except HoldExpired:
        raise OfferOver from None
    appointment = await appointment_by_id(tx, held.id)
    await outbox.post(tx, "confirmed", held.id, outbox.facts_of(appointment), now)
    await record(tx, now, "citizen", "appointment.confirmed", held.id)
    await announce(tx, held.duty_id, now)
    return appointment


async def decline(db: Database, calendar: Calendar, token: str, now: datetime) -> WaitingEntry:
    """The time goes to the next; the entry keeps its place. Declining what is over is `OfferOver`."""
    return await _give_up(db, calendar, token, "waiting", now)


async def leave(db: Database, calendar: Calendar, token: str, now: datetime) -> WaitingEntry:
    """Off the list, and what was told is destroyed at once. Leaving twice is fine."""
    return await _give_up(db, calendar, token, "left", now)


async def _give_up(db: Database, calendar: Calendar, token: str, becomes: str, now: datetime) -> WaitingEntry:
    async with db.write() as tx:
        entry = await waiting_by_token(tx, token)
        if becomes == "left" and entry.state not in (*OPEN, "over"):
            return entry
        was = ("offered",) if becomes == "waiting" else (*OPEN, "over")
        one = update(WaitingRow).where(WaitingRow.id == entry.id, WaitingRow.state.in_(was))
        nobody = {"ended_at": now, "client_key": "", "contact_key": None} if becomes == "left" else {}
        if (await tx.execute(one.values(state=becomes, offer_until=None, **nobody))).rowcount != 1:
            raise OfferOver
        if entry.state == "offered":
            await let_go(tx, entry, now)
        if becomes == "left":
            await forget_contact(tx, entry.case_id, now)
            await record(tx, now, "citizen", "waiting.left", entry.id)
        [fresh] = await waiting_entries(tx, WaitingRow.id == entry.id)
    calendar.touch()
    if becomes == "left":
        await db.settle()
    return fresh


async def let_go(tx: AsyncConnection, entry: WaitingEntry, now: datetime) -> None:
    """The time that was kept for this entry rests, and the next on the list is asked."""
    if entry.offered_id is None:
        return
    held = update(AppointmentRow).where(AppointmentRow.id == entry.offered_id, AppointmentRow.state == "held")
    if (await tx.execute(held.values(state="cancelled", cancelled_at=now))).rowcount == 1:
        minutes = max(ASK_THE_NEXT, timedelta(minutes=AT_LEAST_FOR_WAITING))
        await rest(tx, entry.offered_id, now + minutes, now)


async def forget_contact(tx: AsyncConnection, case_id: str, now: datetime) -> None:
    """Who waited is forgotten: the case's key is destroyed with what it sealed."""
    gone = {"wrapped_key": None, "contact_sealed": None, "closed_at": now}
    await tx.execute(update(CaseRow).where(CaseRow.id == case_id).values(gone))
