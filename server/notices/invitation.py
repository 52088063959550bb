"""The mail to somebody who is invited to a video meeting: time and link, nothing of the citizen or the concern."""

import json
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
from server.rooms.model import InvitationRow, invitation_bound
from server.sealing import Keyring, invitation_token, open_sealed
from server.settings import Settings


async def invitation_mail(
    tx: AsyncConnection,
    row: Any,
    appointment: Appointment,
    keyring: Keyring,
    settings: Settings,
    language_of: Callable[[str], Words],
) -> EmailMessage | None:
    """None once it was taken back or the case is closed. Companions read the citizen's language, others German."""
    query = select(InvitationRow.id, InvitationRow.part, InvitationRow.who_sealed)
    living = (InvitationRow.id == row.facts["invitation"], InvitationRow.revoked_at.is_(None))
    invitation = (await tx.execute(query.where(*living))).first()
    if invitation is None:
        return None
    try:
        key = (await case_of(tx, appointment, keyring)).key
    except NotFound:
        return None
    _, email = json.loads(open_sealed(key, invitation.who_sealed, invitation_bound(invitation.id)))
    if not email:
        return None
    language = language_of(appointment.language if invitation.part == "support" else "de")
    sender = sender_of(settings)
    token = invitation_token(settings.secret.get_secret_value(), invitation.id)
    link = f"{settings.public_url.rstrip('/')}/i/{token}"
    _ = language.gettext
    parts = [
        _("Guten Tag,"),
        _("Sie sind zu einer Videosprechstunde eingeladen: {city}.").format(city=sender.city),
        _("Wann: {when}").format(when=language.moment(datetime.fromisoformat(row.facts["start"]))),
        _("Mit diesem Link kommen Sie zum Gespräch:") + f"\n{link}",
        _("Der Link gilt nur für Sie und nur für dieses Gespräch. Geben Sie ihn nicht weiter."),
        _("Fragen? Rufen Sie uns an: {phone}").format(phone=sender.phone),
        sender.city,
    ]
    subject = _("Einladung zur Videosprechstunde: {city}").format(city=sender.city)
    return plain_mail(row.id, email, subject, "\n\n".join(parts) + "\n", sender, language, row.created_at)
