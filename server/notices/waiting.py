"""The mails to somebody on the waiting list. The subject tells nothing about the concern."""

from collections.abc import Callable
from datetime import date, datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import WaitingEntry, case_of, waiting_entries, waiting_token
from server.booking.model_waiting import WaitingRow
from server.catalog.model import Catalogue, in_language
from server.errors import NotFound
from server.notices.facts import Sender, Words, facts_from
from server.notices.links import sender_of
from server.notices.mail import plain_mail
from server.sealing import Keyring
from server.settings import Settings


async def waiting_mail(
    tx: AsyncConnection,
    row: Any,
    keyring: Keyring,
    settings: Settings,
    catalogue: Catalogue,
    language_of: Callable[[str], Words],
) -> EmailMessage | None:
    """The mail for this notice, or None when the person has left and is forgotten."""
    found = await waiting_entries(tx, WaitingRow.id == row.waiting_id)
    if not found:
        return None
    entry = found[0]
    try:
        contact = (await case_of(tx, entry, keyring)).contact
    except NotFound:
        return None
    language, sender = language_of(entry.language), sender_of(settings)
    token = waiting_token(settings.secret.get_secret_value(), entry.id)
    link = f"{settings.public_url.rstrip('/')}/w/{token}"
    text = _text(row, entry, catalogue, sender, link, language)
    return plain_mail(
        row.id,
        contact.email or "",
        _subject(row.event, sender, language),
        text,
        sender,
        language,
        row.created_at,
    )


def _subject(event: str, sender: Sender, language: Words) -> str:
    _ = language.gettext
    subjects = {
        "listed": _("Sie stehen auf der Warteliste: {city}"),
        "offered": _("Eine Zeit ist für Sie frei: {city}"),
        "offer-over": _("Ein Angebot ist vorbei: {city}"),
        "offer-last": _("Ihr Platz auf der Warteliste ist zu Ende: {city}"),
        "window-over": _("Ihr Platz auf der Warteliste ist zu Ende: {city}"),
    }
    return subjects[event].format(city=sender.city)


def _text(
    row: Any, entry: WaitingEntry, catalogue: Catalogue, sender: Sender, link: str, language: Words
) -> str:
    _ = language.gettext
    openings = {
        "listed": _(
            "Sie stehen auf der Warteliste. Sobald eine passende Zeit frei wird, schreiben wir Ihnen."
        ),
        "offered": _("Eine Zeit ist frei geworden. Sie ist für Sie reserviert."),
        "offer-over": _(
            "Sie haben auf unser Angebot nicht geantwortet. Es ist vorbei. Sie bleiben auf der Warteliste."
        ),
        "offer-last": _(
            "Sie haben auf zwei Angebote nicht geantwortet. Ihr Platz auf der Warteliste ist zu Ende."
        ),
        "window-over": _(
            "In Ihrem Zeitraum ist leider nichts frei geworden. Ihr Platz auf der Warteliste ist zu Ende."
        ),
    }
    parts = [_("Guten Tag,"), openings[row.event], _names(entry, catalogue, language)]
    if row.event == "offered":
        facts = facts_from(row.facts, catalogue, language)
        when = _("Wann: {when}").format(when=language.moment(facts.start))
        where = _("Wo: {place}").format(place=facts.where(_("Video, von jedem Ort mit Internet")))
        until = _("Annehmen oder ablehnen bis {until}:").format(
            until=language.moment(datetime.fromisoformat(row.facts["until"]))
        )
        parts += [f"{when}\n{where}", f"{until}\n{link}"]
    elif row.event in ("listed", "offer-over"):
        here = _("Ihr Platz, und wie Sie von der Warteliste gehen (sie gilt bis {last}):")
        parts.append(here.format(last=_day(row.facts["last"], language)) + f"\n{link}")
    parts.append(_("Fragen? Rufen Sie uns an: {phone}").format(phone=sender.phone))
    parts.append(sender.city)
    return "\n\n".join(part for part in parts if part) + "\n"


def _day(text: str, language: Words) -> str:
    return language.day(date.fromisoformat(text))


def _names(entry: WaitingEntry, catalogue: Catalogue, language: Words) -> str:
    """What it is about; services that are hidden in lists are not named, since mail is read on the way."""
    known = (catalogue.services.get(service) for service, _ in entry.services)
    names = [in_language(service.name, language.code) for service in known if service and not service.hidden]
    return language.gettext("Anliegen: {services}").format(services=", ".join(names)) if names else ""
