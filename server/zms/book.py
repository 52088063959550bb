"""The steps of that API that booking has no verb for: who it is (sealed), "confirm by mail" (pending), the confirmation.

Every step may be repeated: what is done already is answered as it stands. A pending appointment keeps its claims by
a time of expiry, like a hold; nothing depends on a job running.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, appointment_by_id, appointment_by_process, case_of, manage_token
from server.audit import record
from server.booking.availability import Calendar
from server.booking.cancel import cancel
from server.booking.claim import announce, free
from server.booking.limits import check_video, free_place
from server.booking.model import AppointmentRow, CaseRow, ClaimRow
from server.contact import Contact, contact_sealed
from server.db import Database
from server.errors import NotFound, TooManyAppointments
from server.notices import outbox
from server.sealing import Keyring, contact_key, contact_keys, fingerprint
from server.settings import Settings
from server.zms.errors import Declined
from server.zms.ids import number_of
from server.zms.read import Person
from server.zms.tidy import drop_case


@dataclass(frozen=True)
class Books:
    """What the steps work with."""

    db: Database
    calendar: Calendar
    keyring: Keyring
    settings: Settings

    @property
    def secret(self) -> str:
        return self.settings.secret.get_secret_value()


Key = tuple[int, str]


async def look_up(books: Books, tx: AsyncConnection, key: Key) -> Appointment:
    """The appointment of a process id; `NotAllowed` when the key isn't its own, `NotFound` when it is gone."""
    return await appointment_by_process(tx, books.secret, number_of(key[0]), key[1])


async def contact_of(books: Books, tx: AsyncConnection, appointment: Appointment) -> Contact:
    """What was told so far; empty before the citizen told anything and after it was deleted."""
    if appointment.case_id is None:
        return Contact("", None, None, {})
    try:
        return (await case_of(tx, appointment, books.keyring)).contact
    except NotFound:
        return Contact("", None, None, {})


async def tell(books: Books, key: Key, person: Person, language: str, now: datetime) -> Appointment:
    """Seals who the citizen is, under the case's own key, until the appointment is confirmed or forgotten."""
    async with books.db.write() as tx:
        held = await _locked(books, tx, key)
        if not is_reserved(held, now):
            raise Declined("processNotReservedAnymore")
        contact = Contact(person.name, person.email, person.phone, person.answers)
        if held.case_id is None:
            await _open_case(books, tx, held.id, contact, language, now)
        else:
            case = await case_of(tx, held, books.keyring)
            one = update(CaseRow).where(CaseRow.id == case.id)
            await tx.execute(one.values(contact_sealed=contact_sealed(case.key, case.id, contact)))
            await _change(tx, held.id, language=language)
        return await appointment_by_id(tx, held.id)


async def ask_for_confirmation(books: Books, key: Key, client: str, now: datetime) -> Appointment:
    """The hold waits for the click in the mail (state pending), its claims with it."""
    until_at_most = now + timedelta(minutes=books.settings.activation_minutes)
    async with books.db.write() as tx:
        held = await _locked(books, tx, key)
        if is_pending(held, now):
            return held
        if not is_reserved(held, now) or held.starts_at <= now:
            raise Declined("processNotReservedAnymore")
        if held.case_id is None:
            raise Declined("emailIsRequired")
        if await _waiting(tx, client, now) >= books.settings.max_holds:
            raise Declined("rateLimitExceeded", headers={"Retry-After": "60"})
        until = min(until_at_most, held.starts_at)
        await _keep_claims(tx, held, until, now, "processNotReservedAnymore")
        place = await _place(books, tx, held, now)
        token = fingerprint(manage_token(books.secret, held.id))
        try:
            await _change(tx, held.id, state="pending", expires_at=until, token_hash=token, **place)
        except IntegrityError as error:
            raise Declined("rateLimitExceeded", headers={"Retry-After": "1"}) from error
        pending = await appointment_by_id(tx, held.id)
        facts = {**outbox.facts_of(pending), "until": until.isoformat(), "client": True}
        await outbox.post(tx, "preconfirmed", held.id, facts, now)
        await record(tx, now, "citizen", "appointment.preconfirmed", held.id)
        await announce(tx, held.duty_id, now)
    books.calendar.touch()
    return pending


async def confirm_pending(books: Books, key: Key, now: datetime) -> Appointment:
    """The click in the mail: from now on it is an appointment like any other."""
    async with books.db.write() as tx:
        pending = await _locked(books, tx, key)
        if pending.state not in ("held", "pending", "cancelled"):
            return pending
        if pending.state != "pending":
            raise Declined("processNotPreconfirmedAnymore")
        if not is_pending(pending, now):
            raise Declined("preconfirmationExpired")
        await _keep_claims(tx, pending, None, now, "preconfirmationExpired")
        token = fingerprint(manage_token(books.secret, pending.id))
        fresh = {"state": "confirmed", "token_hash": token, "confirmed_at": now}
        await _change(tx, pending.id, **fresh, expires_at=None, client_key="")
        appointment = await appointment_by_id(tx, pending.id)
        facts = {**outbox.facts_of(appointment), "client": True}
        await outbox.post(tx, "confirmed", pending.id, facts, now)
        await record(tx, now, "citizen", "appointment.confirmed", pending.id)
        await announce(tx, pending.duty_id, now)
    books.calendar.touch()
    return appointment


async def give_back(books: Books, key: Key, now: datetime) -> Appointment:
    """Cancels whatever it is by now. What was never confirmed is forgotten at once, without a mail."""
    async with books.db.write() as tx:
        appointment = await _locked(books, tx, key)
        if appointment.state == "cancelled":
            return appointment
        if appointment.state in ("held", "pending"):
            await _change(tx, appointment.id, state="cancelled", cancelled_at=now, contact_nr=None)
            await drop_case(tx, appointment.id, appointment.case_id)
            await free(tx, appointment.id, appointment.duty_id, now)
            gone = await appointment_by_id(tx, appointment.id)
    if appointment.state not in ("held", "pending"):
        token = manage_token(books.secret, appointment.id)
        return await cancel(books.db, books.calendar, books.settings, token, now)
    books.calendar.touch()
    return gone


def is_reserved(appointment: Appointment, now: datetime) -> bool:
    return appointment.state == "held" and bool(appointment.expires_at and appointment.expires_at > now)


def is_pending(appointment: Appointment, now: datetime) -> bool:
    return appointment.state == "pending" and bool(appointment.expires_at and appointment.expires_at > now)


async def _locked(books: Books, tx: AsyncConnection, key: Key) -> Appointment:
    """Two steps of one appointment come one after the other: the row is written before it is read."""
    appointment = await look_up(books, tx, key)
    await _change(tx, appointment.id, sequence=AppointmentRow.sequence)
    return await appointment_by_id(tx, appointment.id)


async def _change(tx: AsyncConnection, appointment_id: str, **values: Any) -> None:
    await tx.execute(update(AppointmentRow).where(AppointmentRow.id == appointment_id).values(**values))


async def _keep_claims(
    tx: AsyncConnection, appointment: Appointment, until: datetime | None, now: datetime, else_: str
) -> None:
    """Every tick must still be its own; where one was given away in the meantime, all is refused."""
    own = (ClaimRow.appointment_id == appointment.id, ClaimRow.expires_at > now)
    kept = await tx.execute(update(ClaimRow).where(*own).values(expires_at=until))
    if kept.rowcount != appointment.ticks:
        raise Declined(else_)


async def _open_case(
    books: Books, tx: AsyncConnection, appointment_id: str, contact: Contact, language: str, now: datetime
) -> None:
    case_id = secrets.token_hex(16)
    case_key, wrapped = books.keyring.new_key()
    row = {
        "id": case_id,
        "wrapped_key": wrapped,
        "key_version": books.keyring.version,
        "contact_sealed": contact_sealed(case_key, case_id, contact),
        "created_at": now,
    }
    await tx.execute(insert(CaseRow).values(row))
    await _change(tx, appointment_id, case_id=case_id, language=language)


async def _place(books: Books, tx: AsyncConnection, held: Appointment, now: datetime) -> dict[str, Any]:
    """One of the places that this contact has; a rush that takes it in the same moment meets the constraint."""
    contact = (await case_of(tx, held, books.keyring)).contact
    keys = contact_keys(books.secret, contact.email, contact.phone)
    await check_video(tx, books.settings, held.mode, keys, now)
    key = contact_key(books.secret, contact.email, contact.phone)
    if key is None or (contact.email or "").casefold() in books.settings.uncapped:
        return {}
    try:
        place = await free_place(tx, books.settings, key, now)
    except TooManyAppointments:
        raise Declined("tooManyAppointmentsWithSameMail") from None
    return {"contact_key": place.key, "contact_nr": place.nr}


async def _waiting(tx: AsyncConnection, client: str, now: datetime) -> int:
    """How many unconfirmed appointments this client has: each keeps a time and sends a mail."""
    own = (AppointmentRow.client_key == client, AppointmentRow.state == "pending")
    query = select(func.count()).where(*own, AppointmentRow.expires_at > now)
    return await tx.scalar(query) or 0
