"""What a mail about an appointment says, and its calendar file. When and how it is sent is in `sending.py`.

The subject and the sender tell nothing about the person or the concern; services that are hidden in lists are not
named in the text either, since mail is read on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Any, Literal, Protocol

from server.catalog.model import Catalogue, Mode, in_language
from server.notices.calendar_file import CalendarEntry, calendar_file, uid_of

Event = Literal["preconfirmed", "confirmed", "moved", "cancelled"]


class Words(Protocol):
    """A language as the pages have it; handed in, since notices know nothing of the web."""

    @property
    def code(self) -> str: ...
    @property
    def tag(self) -> str: ...
    def gettext(self, message: str) -> str: ...
    def moment(self, value: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """The appointment as it was when the event happened; `place` is None for video, `until` the time to confirm."""

    number: str
    start: datetime
    end: datetime
    mode: Mode
    sequence: int
    services: tuple[str, ...]
    place: str | None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the city, its address for answers, its telephone."""

    city: str
    mail: str
    phone: str
    host: str


def facts_from(stored: Mapping[str, Any], catalogue: Catalogue, language: Words) -> Facts:
    """Reads what the booking verbs wrote into the outbox: start, end, mode, site, number, sequence, services."""
    services = [(catalogue.services.get(id_), int(count)) for id_, count in stored["services"]]
    names = [
        in_language(service.name, language.code) + (f" ({count}×)" if count > 1 else "")
        for service, count in services
        if service and not service.hidden
    ]
    site = catalogue.sites.get(stored.get("site") or "")
    return Facts(
        number=stored["number"],
        start=datetime.fromisoformat(stored["start"]),
        end=datetime.fromisoformat(stored["end"]),
        mode=stored["mode"],
        sequence=int(stored["sequence"]),
        services=tuple(names),
        place=f"{site.name}, {site.address}" if site else None,
        until=datetime.fromisoformat(stored["until"]) if "until" in stored else None,
    )


def calendar_entry(
    appointment_id: str, facts: Facts, manage: str, sender: Sender, language: Words, **more: Any
) -> CalendarEntry:
    """The calendar entry for these facts; `more`: attendee, cancelled."""
    _ = language.gettext
    return CalendarEntry(
        uid=uid_of(appointment_id, sender.host),
        sequence=facts.sequence,
        start=facts.start,
        end=facts.end,
        summary=_("Termin bei: {city}").format(city=sender.city),
        description=_("Terminnummer: {number}").format(number=facts.number),
        location=_place(facts, _("Video")),
        url=manage,
        organizer_name=sender.city,
        organizer_mail=sender.mail,
        **more,
    )


def render(
    event: Event,
    appointment_id: str,
    outbox_id: str,
    to: str,
    facts: Facts,
    manage: str,
    sender: Sender,
    language: Words,
    at: datetime,
    elsewhere: str | None = None,
) -> EmailMessage:
    """The mail for an event. Rendered again it has the same Message-ID, so that a repetition can be told.

    `manage` is the link to go on with: the citizen's own page, or where the appointment is to be confirmed.
    `elsewhere`: the appointment on the page of the client where it was booked.
    """
    cancelled = event == "cancelled"
    entry = calendar_entry(appointment_id, facts, manage, sender, language, attendee=to, cancelled=cancelled)
    message = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    message["From"] = Address(sender.city, addr_spec=sender.mail)
    message["To"] = _one_address(to)
    message["Subject"] = _subject(event, sender, language)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{outbox_id}@{sender.mail.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_text(event, facts, manage, sender, language, elsewhere))
    message["Content-Language"] = language.tag
    if event == "preconfirmed":
        return message
    message.add_attachment(
        calendar_file(entry, at),
        maintype="text",
        subtype="calendar",
        filename="termin.ics",
        params={"method": entry.method, "charset": "utf-8"},
    )
    return message


def _one_address(mail: str) -> Address:
    """One recipient whatever stands in it: commas and the like become part of the name before the last @."""
    name, _, domain = mail.rpartition("@")
    return Address(username=name, domain=domain)


def _subject(event: Event, sender: Sender, language: Words) -> str:
    _ = language.gettext
    subjects = {
        "preconfirmed": _("Bitte bestätigen Sie Ihren Termin: {city}"),
        "confirmed": _("Ihr Termin ist gebucht: {city}"),
        "moved": _("Ihr Termin ist verschoben: {city}"),
        "cancelled": _("Ihr Termin ist abgesagt: {city}"),
    }
    return subjects[event].format(city=sender.city)


def _text(
    event: Event, facts: Facts, manage: str, sender: Sender, language: Words, elsewhere: str | None
) -> str:
    _ = language.gettext
    openings = {
        "preconfirmed": _("Bitte bestätigen Sie Ihren Termin. Erst dann ist er gebucht."),
        "confirmed": _("Ihr Termin ist gebucht."),
        "moved": _("Ihr Termin ist verschoben. Es gilt nur noch die neue Zeit."),
        "cancelled": _("Ihr Termin ist abgesagt. Sie müssen nichts weiter tun."),
    }
    parts = [_("Guten Tag,"), openings[event], "\n".join(_lines(facts, language))]
    if event == "preconfirmed":
        parts += _ways_to_confirm(facts, manage, language)
    elif event != "cancelled":
        parts += _ways_on(facts, manage, language)
    if elsewhere:
        there = _("Ansehen und absagen können Sie auch auf der Seite, auf der Sie gebucht haben:")
        parts.append(f"{there}\n{elsewhere}")
    parts.append(_("Fragen? Rufen Sie uns an: {phone}").format(phone=sender.phone))
    parts.append(sender.city)
    return "\n\n".join(parts) + "\n"


def _lines(facts: Facts, language: Words) -> list[str]:
    _ = language.gettext
    lines = [
        _("Wann: {when}").format(when=language.moment(facts.start)),
        _("Wo: {place}").format(place=_place(facts, _("Video, von jedem Ort mit Internet"))),
        _("Terminnummer: {number}").format(number=facts.number),
    ]
    if facts.services:
        lines.insert(0, _("Anliegen: {services}").format(services=", ".join(facts.services)))
    return lines


def _ways_on(facts: Facts, manage: str, language: Words) -> list[str]:
    _ = language.gettext
    here = _("Verschieben, absagen, Unterlagen vorab senden, sehen, was Sie mitbringen müssen:")
    if facts.mode == "video":
        here = _("Zum Videogespräch, verschieben, absagen, Unterlagen vorab senden:")
    keep = _(
        "Der Link gehört Ihnen. Wer ihn hat, kann Ihren Termin ändern. Bitte geben Sie ihn nicht weiter."
    )
    return [f"{here}\n{manage}", keep]


def _ways_to_confirm(facts: Facts, link: str, language: Words) -> list[str]:
    _ = language.gettext
    until = language.moment(facts.until or facts.start)
    return [
        _("Bestätigen Sie bis {until}:").format(until=until) + f"\n{link}",
        _("Sie haben keinen Termin gebucht? Dann müssen Sie nichts tun."),
    ]


def _place(facts: Facts, video: str) -> str:
    return video if facts.mode == "video" else facts.place or ""
