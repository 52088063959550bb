"""Who did what to which object, ids only, hash-chained. Entries are written inside the transaction they speak of.

Linking needs one order, and one order would make every booking wait for the last: so entries are written
unlinked, and a job links them a moment later in the order of their numbers. Triggers of the database let nothing
else happen to an entry. Whether the chain is whole is in `privacy/verify_chain.py`.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, bindparam, func, insert, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import AUDIT
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime, listed

START = "0" * 64
QUARTER_S = 900
LOOKED = "case.opened"
"""Staff looked at a citizen's case; such entries are what the data-protection officer's page shows."""
LOOKS = text(f"action = '{LOOKED}'")


class AuditRow(Base):
    """One entry. `position` and `link` are set when it joins the chain; link = SHA-256 of (previous link, entry).

    `once`: there is no second entry with the same.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_object", "object_id"),
        Index("ix_audit_looks", "at", sqlite_where=LOOKS, postgresql_where=LOOKS),
        Index("ix_audit_looks_object", "object_id", "at", sqlite_where=LOOKS, postgresql_where=LOOKS),
    )
    __data__ = holds({AUDIT: "at actor action object_id detail once"}, nothing="id position link")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int | None] = mapped_column(unique=True)
    link: Mapped[str | None] = mapped_column(String(64))
    once: Mapped[str | None] = mapped_column(String(100), unique=True)


class AuditCutRow(Base):
    """Where the chain begins since the entries up to `position` went by the retention rule: it goes on from their last link.

    Only entries before a cut can be deleted, and a cut stays for ever.
    """

    __tablename__ = "audit_cut"
    __data__ = holds(nothing="position link at")

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    link: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


RECORD = insert(AuditRow)
JOIN = (
    update(AuditRow)
    .where(AuditRow.id == bindparam("entry"))
    .values(position=bindparam("place"), link=bindparam("hash"))
)
in_order = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


async def record(
    tx: AsyncConnection, now: datetime, actor: str, action: str, object_id: str, **detail: Any
) -> None:
    """Writes an entry. `actor` is "citizen", "staff/ID" or "system"; `detail` holds ids, never personal data."""
    await tx.execute(
        RECORD, {"at": now, "actor": actor, "action": action, "object_id": object_id, "detail": detail}
    )


async def record_each(
    tx: AsyncConnection, now: datetime, actor: str, action: str, object_ids: Sequence[str]
) -> None:
    """The same of many objects, in one go."""
    these = listed(tx, object_ids, AuditRow.object_id.type)
    same = (literal(now, UtcDateTime()), literal(actor, String()), literal(action, String()))
    entries = select(*same, these.c.value, literal({}, JSON()))
    columns = ["at", "actor", "action", "object_id", "detail"]
    await tx.execute(insert(AuditRow).from_select(columns, entries))


async def record_once(
    tx: AsyncConnection, now: datetime, actor: str, action: str, object_id: str, once: str, **detail: Any
) -> None:
    """The same, unless there is an entry with this `once` already."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    entry = {"at": now, "actor": actor, "action": action, "object_id": object_id, "detail": detail}
    await tx.execute(dialect.insert(AuditRow).values(**entry, once=once).on_conflict_do_nothing())


async def record_look(
    tx: AsyncConnection, now: datetime, actor: str, appointment_id: str, what: str, why: str
) -> None:
    """Staff looked at a citizen's case: one entry for a person, a case, a thing and a quarter of an hour."""
    once = look_once(now, actor, appointment_id, what)
    await record_once(tx, now, actor, LOOKED, appointment_id, once, what=what, why=why)


def look_once(now: datetime, actor: str, appointment_id: str, what: str) -> str:
    return f"{actor}/{appointment_id}/{what}/{int(now.timestamp()) // QUARTER_S}"


def link_of(
    previous: str, at: datetime, actor: str, action: str, object_id: str, detail: dict[str, Any]
) -> str:
    """The hash that chains an entry to the one before it."""
    entry = in_order([at.isoformat(), actor, action, object_id, detail])
    return hashlib.sha256(f"{previous}{entry}".encode()).hexdigest()


async def head_of(tx: AsyncConnection) -> tuple[int, str]:
    """Position and link of the chain's last entry; of the last cut when nothing follows it."""
    for table in (AuditRow, AuditCutRow):
        last = select(func.max(table.position)).scalar_subquery()
        query = select(table.position, table.link).where(table.position == last)
        if row := (await tx.execute(query)).first():
            return row.position, row.link
    return 0, START


async def extend_chain(tx: AsyncConnection, at_most: int = 500) -> int:
    """Links the entries not yet linked; returns how many. Two runs at once end in a broken unique key, not a fork."""
    position, previous = await head_of(tx)
    columns = (AuditRow.id, AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.object_id, AuditRow.detail)
    open_entries = select(*columns).where(AuditRow.position.is_(None)).order_by(AuditRow.id).limit(at_most)
    joining = []
    for row in (await tx.execute(open_entries)).all():
        position += 1
        previous = link_of(previous, row.at, row.actor, row.action, row.object_id, row.detail)
        joining.append({"entry": row.id, "place": position, "hash": previous})
    if joining:
        await tx.execute(JOIN, joining)
    return len(joining)
