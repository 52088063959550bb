"""Who did what to which object, ids only, hash-chained. Entries are written inside the transaction they speak of.

Linking needs one order, and one order would make every booking wait for the last: so entries are written
unlinked, and a job links them a moment later in the order of their numbers.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import AUDIT
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

START = "0" * 64


class AuditRow(Base):
    """One entry. `position` and `link` are set when it joins the chain; link = SHA-256 of (previous link, entry)."""

    __tablename__ = "audit"
    __data__ = holds({AUDIT: "at actor action object_id detail"}, nothing="id position link")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int | None] = mapped_column(unique=True)
    link: Mapped[str | None] = mapped_column(String(64))


RECORD = insert(AuditRow)


async def record(
    tx: AsyncConnection, now: datetime, actor: str, action: str, object_id: str, **detail: Any
) -> None:
    """Writes an entry. `actor` is "citizen", "staff/ID" or "system"; `detail` holds ids, never personal data."""
    await tx.execute(
        RECORD, {"at": now, "actor": actor, "action": action, "object_id": object_id, "detail": detail}
    )


def link_of(
    previous: str, at: datetime, actor: str, action: str, object_id: str, detail: dict[str, Any]
) -> str:
    """The hash that chains an entry to the one before it."""
    entry = json.dumps([at.isoformat(), actor, action, object_id, detail], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{previous}{entry}".encode()).hexdigest()


async def extend_chain(tx: AsyncConnection, at_most: int = 500) -> int:
    """Links the entries not yet linked; returns how many. Two runs at once end in a broken unique key, not a fork."""
    position = await tx.scalar(select(func.max(AuditRow.position))) or 0
    previous = await tx.scalar(select(AuditRow.link).where(AuditRow.position == position)) or START
    columns = (AuditRow.id, AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.object_id, AuditRow.detail)
    open_entries = select(*columns).where(AuditRow.position.is_(None)).order_by(AuditRow.id).limit(at_most)
    rows = (await tx.execute(open_entries)).all()
    for row in rows:
        position += 1
        previous = link_of(previous, row.at, row.actor, row.action, row.object_id, row.detail)
        await tx.execute(
            update(AuditRow).where(AuditRow.id == row.id).values(position=position, link=previous)
        )
    return len(rows)


async def broken_at(tx: AsyncConnection) -> int | None:
    """The first position at which the chain does not fit, or None when it is whole."""
    previous, expected = START, 1
    rows = await tx.execute(
        select(AuditRow).where(AuditRow.position.is_not(None)).order_by(AuditRow.position)
    )
    for row in rows:
        previous = link_of(previous, row.at, row.actor, row.action, row.object_id, row.detail)
        if row.position != expected or row.link != previous:
            return expected
        expected += 1
    return None
