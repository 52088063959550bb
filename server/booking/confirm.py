"""A hold becomes an appointment: claims lose their expiry, a case with its own key takes the personal data."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import (
    Appointment,
    Contact,
    appointment_by_hold,
    contact_sealed,
    manage_token,
)
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import announce
from server.booking.model import AppointmentRow, CaseRow, ClaimRow
from server.booking.once import DoneBefore, Once
from server.db import Database
from server.errors import HoldExpired
from server.notices import outbox
from server.sealing import Keyring, fingerprint
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
        state="confirmed",
        token_hash=bindparam("token"),
        case_id=bindparam("case"),
        language=bindparam("spoken"),
        client_key="",
        confirmed_at=bindparam("at"),
        expires_at=None,
    )
)
KEEP_CLAIMS = (
    update(ClaimRow)
    .where(ClaimRow.appointment_id == bindparam("one"), ClaimRow.expires_at > bindparam("at"))
    .values(expires_at=None)
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
    """Makes the hold an appointment; `HoldExpired` when its time is over. The mail follows through the outbox."""
    secret = settings.secret.get_secret_value()
    once = Once("confirm", key, _blinded(ask, secret)) if key is not None else None
    try:
        async with db.write() as tx:
            appointment = await _confirm(tx, keyring, secret, ask, once, now)
    except (DoneBefore, HoldExpired):
        earlier = await once.done_before(db) if once else None
        if earlier is None:
            raise HoldExpired from None
        appointment = earlier
    calendar.touch()
    return Booked(appointment, manage_token(secret, appointment.id))


async def _confirm(
    tx: AsyncConnection, keyring: Keyring, secret: str, ask: ConfirmAsk, once: Once | None, now: datetime
) -> Appointment:
    held = await appointment_by_hold(tx, ask.hold)
    case_id = await _open_case(tx, keyring, ask, now)
    await _take_over(tx, held, case_id, ask.language, fingerprint(manage_token(secret, held.id)), now)
    if once:
        await once.remember(tx, held.id, now)
    fresh = {"state": "confirmed", "case_id": case_id, "language": ask.language, "expires_at": None}
    appointment = replace(held, **fresh)  # type: ignore[arg-type]
    await outbox.post(tx, "confirmed", held.id, outbox.facts_of(appointment), now)
    await record(tx, now, "citizen", "appointment.confirmed", held.id)
    await announce(tx, held.duty_id, now)
    return appointment


async def _open_case(tx: AsyncConnection, keyring: Keyring, ask: ConfirmAsk, now: datetime) -> str:
    case_id = secrets.token_hex(16)
    key, wrapped = keyring.new_key()
    contact = Contact(ask.name, ask.email, ask.phone, ask.answers)
    row = {
        "id": case_id,
        "wrapped_key": wrapped,
        "key_version": keyring.version,
        "contact_sealed": contact_sealed(key, case_id, contact),
        "created_at": now,
    }
    await tx.execute(OPEN_CASE, row)
    return case_id


async def _take_over(
    tx: AsyncConnection, held: Appointment, case_id: str, language: str, token_hash: str, now: datetime
) -> None:
    fresh = {"token": token_hash, "case": case_id, "spoken": language, "at": now, "one": held.id}
    taken = await tx.execute(TAKE_OVER, fresh)
    kept = await tx.execute(KEEP_CLAIMS, {"one": held.id, "at": now})
    if taken.rowcount != 1 or kept.rowcount != held.ticks:
        raise HoldExpired


def _blinded(ask: ConfirmAsk, secret: str) -> str:
    """The request under a keyed hash: the table of keys must not let anybody guess names."""
    answers = repr(sorted(ask.answers.items()))
    text = "\0".join((ask.hold, ask.name, ask.email or "", ask.phone or "", ask.language, answers))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
