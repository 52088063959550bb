"""Who is kept out of the rooms after an incident, and until when. What happened is in `report_incident.py`.

A person is known again by keyed hashes: of the mail address, of the telephone, and for the rest of the day of network
and browser (`Call.caller`), since whoever knocks tells neither of them.
"""

from contextlib import suppress
from datetime import datetime, time, timedelta

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, Case, case_of
from server.clock import BERLIN, berlin
from server.contact import Contact
from server.errors import NotFound, VideoExcluded
from server.rooms.model_incident import ExclusionRow, excluded
from server.sealing import Keyring, contact_keys, letter_box
from server.settings import Settings


async def is_excluded(tx: AsyncConnection, key: str | None, now: datetime) -> bool:
    """Whether whoever has this key is kept out now: a contact's (`contact_key`), or a caller's (`Call.caller`)."""
    return key is not None and await excluded(tx, [key], now)


async def check_welcome(
    tx: AsyncConnection, appointment: Appointment, keyring: Keyring, settings: Settings, now: datetime
) -> None:
    """`VideoExcluded` for the citizen of this appointment while an incident keeps them out."""
    keys = [_of_appointment(appointment)]
    with suppress(NotFound):
        keys += _of_contact((await case_of(tx, appointment, keyring)).contact, settings)
    if await excluded(tx, keys, now):
        raise VideoExcluded(settings.phone)


async def exclude(
    tx: AsyncConnection,
    incident_id: str,
    appointment: Appointment,
    case: Case,
    caller: str | None,
    until: datetime,
    settings: Settings,
    now: datetime,
) -> None:
    """From now until then no link of this citizen opens a room, and nobody knocks from where they called today."""
    ends = dict.fromkeys((_of_appointment(appointment), *_of_contact(case.contact, settings)), until)
    if caller:
        ends[caller] = min(until, _midnight_after(now))
    rows = [{"key": key, "incident_id": incident_id, "until": end} for key, end in ends.items()]
    await tx.execute(insert(ExclusionRow), rows)


def _of_appointment(appointment: Appointment) -> str:
    return f"appointment/{appointment.id}"


def _of_contact(contact: Contact, settings: Settings) -> list[str]:
    """Letter boxes that many people share by agreement keep nobody out."""
    email = contact.email
    if email and letter_box(email) in settings.uncapped:
        email = None
    return contact_keys(settings.secret.get_secret_value(), email, contact.phone)


def _midnight_after(now: datetime) -> datetime:
    return datetime.combine(berlin(now).date() + timedelta(days=1), time(), BERLIN)
