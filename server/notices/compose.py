"""From a row of the outbox to what is sent: a mail, a text message, or nothing. The queue itself is `sending.py`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, Case, appointment_by_id, case_of
from server.catalog.model import Catalogue
from server.db import Database
from server.documents.model import DocumentRow
from server.errors import NotFound
from server.notices.asked import Asked, asked_again, in_words
from server.notices.facts import Facts, Words, facts_from
from server.notices.invitation import invitation_mail
from server.notices.links import client_link, link_in_mail, not_coming_link, sender_of
from server.notices.mail import render
from server.notices.outbox import OutboxRow
from server.notices.signing import code_message
from server.notices.texts import Text, reminder_text
from server.notices.waiting import waiting_mail
from server.notices.words import Letter, days_between
from server.sealing import Keyring
from server.settings import Settings

CAME = ("checking", "accepted", "quarantine")


@dataclass(frozen=True)
class Composer:
    """`catalogue` gives the city's offer at an instant, `language` the words for an appointment's language code."""

    db: Database
    keyring: Keyring
    settings: Settings
    catalogue: Callable[[datetime], Awaitable[Catalogue]]
    language: Callable[[str], Words]

    async def compose(self, outbox_id: str, now: datetime) -> EmailMessage | Text | None:
        """None when there is nothing to say any more, or nobody to say it to (no address given, case deleted)."""
        columns = (
            OutboxRow.id,
            OutboxRow.event,
            OutboxRow.channel,
            OutboxRow.appointment_id,
            OutboxRow.waiting_id,
        )
        query = select(*columns, OutboxRow.facts, OutboxRow.created_at).where(OutboxRow.id == outbox_id)
        sent: set[str] = set()
        asked: list[Asked] = []
        async with self.db.read() as tx:
            row = (await tx.execute(query)).one()
            if row.waiting_id is not None:
                catalogue = await self.catalogue(row.created_at)
                return await waiting_mail(tx, row, self.keyring, self.settings, catalogue, self.language)
            appointment = await appointment_by_id(tx, row.appointment_id)
            if row.event == "invitation":
                around = (appointment, self.keyring, self.settings, self.language)
                return await invitation_mail(tx, row, *around)
            if row.event == "sign-code":
                around = (appointment, self.keyring, self.settings, self.language)
                return await code_message(tx, row, *around, now)
            if row.event == "reminder":
                if is_stale(appointment, row.facts, now):
                    return None
                sent = await _sent(tx, appointment)
            if row.event == "resend" and not (asked := await asked_again(tx, appointment)):
                return None
            try:
                case = await case_of(tx, appointment, self.keyring)
            except NotFound:
                return None
        language = self.language(appointment.language)
        facts = facts_from(row.facts, await self.catalogue(row.created_at), language)
        if row.channel == "sms":
            return self._text(row.id, appointment, case, facts, language)
        letter = self._letter(row, appointment, facts, now)
        letter = replace(letter, missing=facts.missing(sent), **in_words(asked, facts, language))
        return self._mail(row, appointment, case, letter, language)

    def _text(
        self, outbox_id: str, appointment: Appointment, case: Case, facts: Facts, language: Words
    ) -> Text | None:
        number = case.contact.mobile
        if number is None:
            return None
        link = not_coming_link(self.settings, appointment.id)
        return Text(number, reminder_text(facts, link, self.settings.city, language), outbox_id)

    def _mail(
        self, row: Any, appointment: Appointment, case: Case, letter: Letter, language: Words
    ) -> EmailMessage | None:
        if not case.contact.email:
            return None
        return render(letter, appointment.id, row.id, case.contact.email, language, row.created_at)

    def _letter(self, row: Any, appointment: Appointment, facts: Facts, now: datetime) -> Letter:
        return Letter(
            row.event,
            facts,
            link_in_mail(self.settings, row.event, appointment, row.facts),
            sender_of(self.settings),
            elsewhere=self._elsewhere(row.facts, appointment.number),
            not_coming=not_coming_link(self.settings, appointment.id),
            days_ahead=days_between(now, facts.start),
        )

    def _elsewhere(self, facts: dict[str, Any], number: str) -> str | None:
        """The appointment on the page of a client of the citizen API, where it was booked on one."""
        if not facts.get("client") or not self.settings.client_pages:
            return None
        return client_link(self.settings, "appointment", number)


def is_stale(appointment: Appointment, facts: dict[str, Any], now: datetime) -> bool:
    """A reminder of what was cancelled, moved or has begun meanwhile is not sent."""
    start = datetime.fromisoformat(facts["start"])
    return appointment.state != "confirmed" or appointment.starts_at != start or start <= now


async def _sent(tx: AsyncConnection, appointment: Appointment) -> set[str]:
    """Keys of the checklist's items that have come."""
    own = (DocumentRow.case_id == appointment.case_id, DocumentRow.deleted_at.is_(None))
    return set(
        await tx.scalars(
            select(DocumentRow.item).where(*own, DocumentRow.state.in_(CAME), DocumentRow.direction == "in")
        )
    )
