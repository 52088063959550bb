"""A notice as a mail with its calendar file. What it says is in `words.py`, when and how it is sent in `sending.py`."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Any

from server.notices.calendar_file import CalendarEntry, calendar_file, uid_of
from server.notices.facts import Facts, Sender, Words
from server.notices.words import WITHOUT_CALENDAR, Letter, subject_of, text_of


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
        location=facts.where(_("Video")),
        url=manage,
        organizer_name=sender.city,
        organizer_mail=sender.mail,
        **more,
    )


def render(
    letter: Letter, appointment_id: str, outbox_id: str, to: str, language: Words, at: datetime
) -> EmailMessage:
    """The mail of a letter. Rendered again it has the same Message-ID, so that a repetition can be told."""
    event, sender = letter.event, letter.sender
    subject = subject_of(event, sender, language)
    message = plain_mail(outbox_id, to, subject, text_of(letter, language), sender, language, at)
    if event in WITHOUT_CALENDAR:
        return message
    entry = calendar_entry(
        appointment_id,
        letter.facts,
        letter.manage,
        sender,
        language,
        attendee=to,
        cancelled=event == "cancelled",
    )
    message.add_attachment(
        calendar_file(entry, at),
        maintype="text",
        subtype="calendar",
        filename="termin.ics",
        params={"method": entry.method, "charset": "utf-8"},
    )
    return message


def plain_mail(
    outbox_id: str, to: str, subject: str, text: str, sender: Sender, language: Words, at: datetime
) -> EmailMessage:
    """A mail of the city without a calendar file; the Message-ID comes from the notice's own id."""
    message = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    message["From"] = Address(sender.city, addr_spec=sender.mail)
    message["To"] = _one_address(to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{outbox_id}@{sender.mail.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message["Content-Language"] = language.tag
    return message


def _one_address(mail: str) -> Address:
    """One recipient whatever stands in it: commas and the like become part of the name before the last @."""
    name, _, domain = mail.rpartition("@")
    return Address(username=name, domain=domain)
