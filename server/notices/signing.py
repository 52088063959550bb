"""The message with the one-time code for a signature: the code and what it is for, nothing of the form."""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, case_of
from server.errors import NotFound
from server.notices.facts import Words
from server.notices.links import sender_of
from server.notices.mail import plain_mail
from server.notices.texts import Text, in_gsm
from server.sealing import Keyring, one_time_code
from server.settings import Settings
from server.signing.model import FormRow, code_subject


async def code_message(
    tx: AsyncConnection,
    row: Any,
    appointment: Appointment,
    keyring: Keyring,
    settings: Settings,
    language_of: Callable[[str], Words],
    now: datetime,
) -> EmailMessage | Text | None:
    """Mail or text message. None once a newer code was asked for, the code is over, or the form is signed."""
    query = select(FormRow.version, FormRow.pdf_hash, FormRow.code_until).where(
        FormRow.id == row.facts["form"], FormRow.code_nonce == row.facts["nonce"], FormRow.state == "open"
    )
    form = (await tx.execute(query)).first()
    if form is None or form.code_until <= now:
        return None
    try:
        contact = (await case_of(tx, appointment, keyring)).contact
    except NotFound:
        return None
    subject = code_subject(row.facts["form"], form.version, form.pdf_hash, row.facts["nonce"])
    code = one_time_code(settings.secret.get_secret_value(), subject)
    language, sender = language_of(appointment.language), sender_of(settings)
    _ = language.gettext
    if row.channel == "sms":
        said = _(
            "{city}: {code} ist Ihr Code für die Unterschrift. Er gilt 10 Minuten. Sagen Sie ihn niemandem."
        )
        words = said.format(city=sender.city.partition(" (")[0], code=code)
        return Text(contact.mobile, in_gsm(words), row.id) if contact.mobile else None
    if not contact.email:
        return None
    parts = [
        _("Guten Tag,"),
        _("Ihr Code für die Unterschrift: {code}").format(code=code),
        _("Er gilt 10 Minuten. Geben Sie ihn auf der Seite ein, auf der Sie unterschreiben."),
        _("Sagen Sie den Code niemandem, auch nicht der Person im Amt. Sie wird Sie nie danach fragen."),
        _("Wollten Sie nichts unterschreiben? Dann müssen Sie nichts tun."),
        _("Fragen? Rufen Sie uns an: {phone}").format(phone=sender.phone),
        sender.city,
    ]
    subject = _("Ihr Code für die Unterschrift: {city}").format(city=sender.city)
    text = "\n\n".join(parts) + "\n"
    return plain_mail(row.id, contact.email, subject, text, sender, language, row.created_at)
