"""A hold becomes an appointment: claims lose their expiry, a case with its own key takes the personal data."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, appointment_by_hold, manage_token
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import announce
from server.booking.limits import ContactPlace, PlaceTaken, check_video, of_a_place, with_place
from server.booking.model import AppointmentRow, CaseRow, ClaimRow
from server.booking.once import DoneBefore, Once
from server.booking.proof import is_asked_for, use_proof
from server.catalog.model import Catalogue
from server.contact import Contact, contact_sealed
from server.db import Database, UtcDateTime
from server.errors import HoldExpired, MailNeeded, ProofRequired, TooManyAppointments
from server.notices import outbox
from server.sealing import Keyring, contact_keys, fingerprint
from server.settings import Settings

OPEN_CASE = insert(CaseRow)
TAKE_OVER = (
    update(AppointmentRow)
    .where(
        AppointmentRow.id == bindparam("one"),
        AppointmentRow.state == "held",
        AppointmentRow.expires_at > bindparam("at"),
    )
    .values(
        state=bindparam("becomes"),
        token_hash=bindparam("token"),
        case_id=bindparam("case"),
        language=bindparam("writes"),
        remind=bindparam("by"),
        contact_key=bindparam("contact"),
        contact_nr=bindparam("place"),
        confirmed_at=bindparam("at"),
        expires_at=bindparam("until", type_=UtcDateTime),
    )
)
KEEP_CLAIMS = (
    update(ClaimRow)
    .where(ClaimRow.appointment_id == bindparam("one"), ClaimRow.expires_at > bindparam("at"))
    .values(expires_at=bindparam("until", type_=UtcDateTime))
)


@dataclass(frozen=True, slots=True)
class ConfirmAsk:
    """What the citizen says of themselves; checked for form where it came in."""

    hold: str
    name: str
    email: str | None
    phone: str | None
    language: str
    answers: dict[str, str]
    remind: str = "mail"
    altcha: str | None = None


@dataclass(frozen=True, slots=True)
class Becoming:
    """What the hold becomes: confirmed for good, or pending until the link in the mail was opened."""

    state: str
    until: datetime | None
    place: ContactPlace


@dataclass(frozen=True, slots=True)
class Booked:
    """A confirmed appointment with the token of its link."""

    appointment: Appointment
    token: str


async def confirm(
    db: Database,
    calendar: Calendar,
    keyring: Keyring,
    settings: Settings,
    ask: ConfirmAsk,
    key: str | None,
    now: datetime,
) -> Booked:
    """Makes the hold an appointment; `HoldExpired` when its time is over. The mail follows through the outbox.

    Where a service wants it, the appointment is pending until the link in the mail was opened (`activate.py`).
    `TooManyAppointments`: this contact has as many as one may have; `VideoExcluded`: it is kept out of rooms.
    """
    secret = settings.secret.get_secret_value()
    once = Once("confirm", key, _blinded(ask, secret)) if key is not None else None
    catalogue = await calendar.catalogue(now)

    async def book(place: ContactPlace) -> Appointment:
        async with db.write() as tx:
            held = await appointment_by_hold(tx, ask.hold)
            if settings.altcha_after and await is_asked_for(tx, settings, await _client_of(tx, held), now):
                await use_proof(tx, settings, ask.altcha, now)
            await check_video(tx, settings, held.mode, contact_keys(secret, ask.email, ask.phone), now)
            becoming = becomes(catalogue, settings, held, ask.email, place, now)
            return await _confirm(tx, keyring, secret, ask, held, becoming, once, now)

    try:
        appointment = await with_place(db, settings, ask.email, ask.phone, now, book)
    except (DoneBefore, HoldExpired, ProofRequired, TooManyAppointments) as refusal:
        earlier = await once.done_before(db) if once else None
        if earlier is None:
            raise (HoldExpired if isinstance(refusal, DoneBefore) else refusal) from None
        appointment = earlier
    calendar.touch()
    return Booked(appointment, manage_token(secret, appointment.id))


async def _client_of(tx: AsyncConnection, held: Appointment) -> str:
    query = select(AppointmentRow.client_key).where(AppointmentRow.id == held.id)
    return await tx.scalar(query) or ""


def becomes(
    catalogue: Catalogue,
    settings: Settings,
    held: Appointment,
    email: str | None,
    place: ContactPlace,
    now: datetime,
) -> Becoming:
    """Pending where one of the services wants the mail address proved; never beyond the appointment's start."""
    wanted = (catalogue.services.get(service) for service, _ in held.services)
    if not any(service and service.activation for service in wanted):
        return Becoming("confirmed", None, place)
    if not email:
        raise MailNeeded
    until = now + timedelta(minutes=settings.activation_minutes)
    return Becoming("pending", min(until, held.starts_at), place)


async def _confirm(
    tx: AsyncConnection,
    keyring: Keyring,
    secret: str,
    ask: ConfirmAsk,
    held: Appointment,
    becoming: Becoming,
    once: Once | None,
    now: datetime,
) -> Appointment:
    contact = Contact(ask.name, ask.email, ask.phone, ask.answers)
    case_id = await open_case(tx, keyring, contact, now)
    fresh = {
        "becomes": becoming.state,
        "until": becoming.until,
        "contact": becoming.place.key,
        "place": becoming.place.nr,
        "token": fingerprint(manage_token(secret, held.id)),
        "case": case_id,
        "writes": ask.language,
        "by": ask.remind,
    }
    await take_over(tx, held, fresh, now)
    if once:
        await once.remember(tx, held.id, now)
    appointment = replace(
        held, state=becoming.state, case_id=case_id, language=ask.language, expires_at=becoming.until
    )
    facts = outbox.facts_of(appointment)
    event = "confirmed"
    if becoming.until:
        event, facts = "preconfirmed", {**facts, "until": becoming.until.isoformat()}
    await outbox.post(tx, event, held.id, facts, now)
    await record(tx, now, "citizen", f"appointment.{event}", held.id)
    await announce(tx, held.duty_id, now)
    return appointment


async def open_case(tx: AsyncConnection, keyring: Keyring, contact: Contact, now: datetime) -> str:
    """A case with a key of its own, and in it who the citizen is; returns its id."""
    case_id = secrets.token_hex(16)
    key, wrapped = keyring.new_key()
    row = {
        "id": case_id,
        "wrapped_key": wrapped,
        "key_version": keyring.version,
        "contact_sealed": contact_sealed(key, case_id, contact),
        "created_at": now,
    }
    await tx.execute(OPEN_CASE, row)
    return case_id


async def take_over(tx: AsyncConnection, held: Appointment, fresh: dict[str, Any], now: datetime) -> None:
    """The held time becomes `fresh`; `HoldExpired` unless all its ticks are still its own, `PlaceTaken` by the limits."""
    try:
        taken = await tx.execute(TAKE_OVER, {**fresh, "at": now, "one": held.id})
    except IntegrityError as error:
        if of_a_place(error):
            raise PlaceTaken from error
        raise
    kept = await tx.execute(KEEP_CLAIMS, {"one": held.id, "at": now, "until": fresh["until"]})
    if taken.rowcount != 1 or kept.rowcount != held.ticks:
        raise HoldExpired


def _blinded(ask: ConfirmAsk, secret: str) -> str:
    """The request under a keyed hash: the table of keys must not let anybody guess names."""
    answers = repr(sorted(ask.answers.items()))
    text = "\0".join((ask.hold, ask.name, ask.email or "", ask.phone or "", ask.language, answers))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
