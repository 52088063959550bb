"""Sends what is due in the outbox: at least once, in order per appointment, again later when a neighbour is away.

A process that dies between sending and marking leaves the row to be sent again with the same Message-ID.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from server.catalog.model import Catalogue
from server.clock import Clock
from server.db import Database
from server.errors import Unavailable
from server.notices.compose import Composer
from server.notices.facts import Words
from server.notices.mailer import Mailer, NeverSent, NotSent
from server.notices.outbox import OutboxBell, OutboxRow
from server.notices.sms import Texter
from server.notices.texts import Text
from server.sealing import Keyring
from server.settings import Settings

log = logging.getLogger("sprechzeit.mail")

LOCK = timedelta(minutes=2)
AT_ONCE = 20
COLLECTED = "resend"
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 40  # with the pauses above: more than a day and a half


@dataclass(frozen=True)
class Postman:
    """What sending needs, put together in `server/app.py`.

    `catalogue` gives the city's offer at an instant, `language` the words for an appointment's language code.
    """

    db: Database
    mailer: Mailer
    keyring: Keyring
    settings: Settings
    clock: Clock
    catalogue: Callable[[datetime], Awaitable[Catalogue]]
    language: Callable[[str], Words]
    texter: Texter

    async def run_forever(self, bell: OutboxBell, stopping: asyncio.Event, look_every_s: float = 5.0) -> None:
        """Sends when the bell rings, and every few seconds what other processes or later times have left.

        Ends once `stopping` is set and the bell rings; what is being sent is sent first.
        """
        while not stopping.is_set():
            try:
                await self.deliver()
            except Unavailable:
                log.warning("database away, mails wait")
            except Exception as error:  # noqa: BLE001  the sender must outlive any one mail
                log.error("sending stopped for a moment: %s", type(error).__name__)
            await bell.wait(look_every_s)

    async def deliver(self) -> int:
        """Deals with all rows that are due now; returns how many. Nothing is sent inside a transaction."""
        dealt_with = 0
        while due := await self._due():
            for outbox_id in due:
                if await self._take(outbox_id):
                    await self._deal_with(outbox_id)
                    dealt_with += 1
        return dealt_with

    async def _due(self) -> list[str]:
        """What can be taken now. A later notice of an appointment waits for the earlier ones of its channel.

        For none that is collected on purpose, though: it says what holds when it goes out.
        """
        now = self.clock.now()
        earlier = aliased(OutboxRow)
        waits = exists().where(
            earlier.appointment_id == OutboxRow.appointment_id,
            earlier.channel == OutboxRow.channel,
            earlier.sent_at.is_(None),
            earlier.event != COLLECTED,
            or_(
                earlier.created_at < OutboxRow.created_at,
                and_(earlier.created_at == OutboxRow.created_at, earlier.id < OutboxRow.id),
            ),
        )
        free = or_(OutboxRow.locked_until.is_(None), OutboxRow.locked_until < now)
        query = select(OutboxRow.id).where(OutboxRow.sent_at.is_(None), OutboxRow.due_at <= now, free, ~waits)
        async with self.db.read() as tx:
            return list(await tx.scalars(query.order_by(OutboxRow.due_at, OutboxRow.id).limit(AT_ONCE)))

    async def _take(self, outbox_id: str) -> bool:
        """True for exactly one process; the lock runs out by itself should that process die."""
        now = self.clock.now()
        free = or_(OutboxRow.locked_until.is_(None), OutboxRow.locked_until < now)
        row = (OutboxRow.id == outbox_id, OutboxRow.sent_at.is_(None), OutboxRow.due_at <= now, free)
        async with self.db.write() as tx:
            taken = await tx.execute(
                update(OutboxRow).where(*row).values(locked_until=now + LOCK, attempts=OutboxRow.attempts + 1)
            )
        return taken.rowcount == 1

    async def _deal_with(self, outbox_id: str) -> None:
        try:
            message = await self._composer().compose(outbox_id, self.clock.now())
            if isinstance(message, EmailMessage):
                await self.mailer.send(message)
            elif isinstance(message, Text):
                await self.texter.send(message)
        except Unavailable:
            raise
        except NeverSent as error:
            log.error("notice %s is refused for good: %s", outbox_id, error)
            await self._mark(outbox_id, sent_at=self.clock.now(), locked_until=None)
        except NotSent as error:
            await self._later(outbox_id, str(error), error.after)
        except Exception as error:  # noqa: BLE001  one broken notice must not stop the others
            await self._later(outbox_id, type(error).__name__)
        else:
            await self._mark(outbox_id, sent_at=self.clock.now(), locked_until=None)

    def _composer(self) -> Composer:
        return Composer(self.db, self.keyring, self.settings, self.catalogue, self.language)

    async def _later(self, outbox_id: str, trouble: str, after: timedelta = timedelta(0)) -> None:
        async with self.db.read() as tx:
            attempts = await tx.scalar(select(OutboxRow.attempts).where(OutboxRow.id == outbox_id)) or 1
        now = self.clock.now()
        if attempts >= MOST_ATTEMPTS:
            log.error("mail %s given up after %d attempts: %s", outbox_id, attempts, trouble)
            await self._mark(outbox_id, sent_at=now, locked_until=None)
            return
        log.warning("mail %s not sent (attempt %d): %s", outbox_id, attempts, trouble)
        await self._mark(outbox_id, due_at=now + max(after, pause_after(attempts)), locked_until=None)

    async def _mark(self, outbox_id: str, **values: Any) -> None:
        async with self.db.write() as tx:
            await tx.execute(update(OutboxRow).where(OutboxRow.id == outbox_id).values(**values))


def pause_after(attempts: int) -> timedelta:
    """30 s after the first failure, doubling up to an hour."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 10)), LONGEST_PAUSE)
