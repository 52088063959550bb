"""What must follow a transaction is written here inside it: ids and times only, never personal data.

Sending is `notices/mail.py`; a row is sent at least once, with a Message-ID derived from it so that a
receiver can tell a repetition.
"""

import asyncio
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import NOTICE
from recordings_policy.holds import holds
from server.access import Appointment
from server.booking import model_waiting  # noqa: F401  the table that `waiting_id` refers to
from server.db import Base, UtcDateTime


class OutboxRow(Base):
    """A mail or text message (`channel`) to be sent about an appointment, or to an entry of the waiting list."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "sent_at", "due_at"),)
    __data__ = holds(
        {NOTICE: "event channel appointment_id waiting_id facts created_at due_at attempts sent_at"},
        nothing="id locked_until",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    event: Mapped[str] = mapped_column(String(24))
    channel: Mapped[str] = mapped_column(String(8), default="mail")
    appointment_id: Mapped[str | None] = mapped_column(
        ForeignKey("appointment.id", ondelete="CASCADE"), index=True
    )
    waiting_id: Mapped[str | None] = mapped_column(ForeignKey("waiting.id", ondelete="CASCADE"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


POST = insert(OutboxRow)


class OutboxBell:
    """Wakes the sender of this process at once; other processes look every few seconds anyway."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, at_most_s: float) -> None:
        try:
            async with asyncio.timeout(at_most_s):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()


async def post(
    tx: AsyncConnection,
    event: str,
    appointment_id: str | None,
    facts: dict[str, Any],
    now: datetime,
    *,
    waiting_id: str | None = None,
    channel: str = "mail",
    due_at: datetime | None = None,
) -> None:
    """Writes a notice in the caller's transaction: to an appointment's citizen, or to an entry of the waiting list.

    `event`: confirmed, moved, cancelled and the others of `notices/mail.py`; `channel`: mail or sms; `due_at`: not
    before then.
    """
    row = {"id": secrets.token_hex(16), "event": event, "appointment_id": appointment_id, "facts": facts}
    row |= {"waiting_id": waiting_id, "channel": channel}
    await tx.execute(POST, {**row, "created_at": now, "due_at": due_at or now, "attempts": 0})


def facts_of(appointment: Appointment) -> dict[str, object]:
    """What a mail needs to know of this moment, without anything personal."""
    return {
        "start": appointment.starts_at.isoformat(),
        "end": appointment.ends_at.isoformat(),
        "mode": appointment.mode,
        "site": appointment.site_id,
        "number": appointment.number,
        "sequence": appointment.sequence,
        "services": [list(item) for item in appointment.services],
    }
