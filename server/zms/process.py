"""An appointment written out as that API's Process. What happens to it is in `book.py`."""

from datetime import datetime
from typing import Any

from server.access import Appointment
from server.catalog.model import Catalogue, in_language
from server.clock import TICK
from server.contact import Contact
from server.notices.calendar_file import calendar_file
from server.notices.facts import Words as Language
from server.notices.facts import facts_from
from server.notices.links import manage_link, sender_of
from server.notices.mail import calendar_entry
from server.notices.outbox import facts_of
from server.sealing import process_key
from server.zms.book import is_pending, is_reserved
from server.zms.directory import Directory
from server.zms.ids import process_id
from server.zms.listing import Words, office_name, scope_json

STATUS = {
    "confirmed": "confirmed",
    "arrived": "queued",
    "called": "called",
    "serving": "processing",
    "done": "finished",
    "missed": "missed",
}


def status_of(appointment: Appointment, now: datetime) -> str:
    """reserved, preconfirmed, confirmed, … ; "deleted" once it is cancelled or its time to confirm is over."""
    if is_reserved(appointment, now):
        return "reserved"
    if is_pending(appointment, now):
        return "preconfirmed"
    return STATUS.get(appointment.state, "deleted")


def process_json(
    appointment: Appointment,
    contact: Contact,
    catalogue: Catalogue,
    directory: Directory,
    words: Words,
    language: Language,
    now: datetime,
) -> dict[str, Any]:
    """The Process, complete; `icsContent` once it is confirmed."""
    office = directory.offices.get(directory.office_of_site.get(appointment.site_id, 0))
    first, *others = _services(appointment, directory, words)
    status = status_of(appointment, now)
    return {
        "processId": process_id(appointment.number),
        "authKey": process_key(words.settings.secret.get_secret_value(), appointment.number),
        "timestamp": str(int(appointment.starts_at.timestamp())),
        "familyName": contact.name,
        "email": contact.email or "",
        "telephone": contact.phone or "",
        "customTextfield": contact.answers.get("customTextfield", ""),
        "customTextfield2": contact.answers.get("customTextfield2", ""),
        "officeName": office_name(catalogue, office, words) if office else "",
        "officeId": office.id if office else None,
        "scope": scope_json(catalogue, office, words) if office else None,
        "subRequestCounts": others,
        "serviceId": first["id"],
        "serviceName": first["name"],
        "serviceCount": first["count"],
        "status": status,
        "slotCount": (appointment.ends_at - appointment.starts_at) // TICK,
        "displayNumber": appointment.number,
        "icsContent": _calendar_file(appointment, catalogue, words, language, now)
        if status == "confirmed"
        else None,
        "captchaToken": None,
    }


def _services(appointment: Appointment, directory: Directory, words: Words) -> list[dict[str, Any]]:
    found = []
    for name, count in appointment.services:
        choice = directory.choice_for(name, appointment.mode)
        if choice is not None:
            shown = in_language(choice.service.name, words.language)
            found.append({"id": choice.id, "name": shown, "count": count})
    return found or [{"id": None, "name": "", "count": 0}]


def _calendar_file(
    appointment: Appointment, catalogue: Catalogue, words: Words, language: Language, now: datetime
) -> str:
    facts = facts_from(facts_of(appointment), catalogue, language)
    manage = manage_link(words.settings, appointment.id)
    entry = calendar_entry(appointment.id, facts, manage, sender_of(words.settings), language)
    return calendar_file(entry, now).decode()
