"""The chain is told to the outside: every hour where it stands, within seconds what was deleted. The file is `ledger.py`."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server import audit
from server.audit import AuditRow
from server.db import Database
from server.privacy.ledger import Line, append, last_position

log = logging.getLogger("sprechzeit.audit")

DELETIONS: Final = (
    "case.closed",
    "document.taken-back",
    "document.withdrawn",
    "document.deleted",
    "incident.deleted",
    "recording.deleted",
)
"""What a restore has to do again."""


async def extend(db: Database) -> None:
    """Links all entries that wait, in portions, so that nobody who books waits for long."""
    linked, portion = 500, 500
    while linked == portion:
        async with db.write() as tx:
            linked = await audit.extend_chain(tx, portion)


async def note_deletions(db: Database, ledger: Path) -> int:
    """Writes into the ledger what was deleted since its last line; returns how many lines."""
    async with db.read() as tx:
        lines = await _deletions(tx, await asyncio.to_thread(last_position, ledger))
    await asyncio.to_thread(append, ledger, lines)
    return len(lines)


async def anchor(db: Database, ledger: Path, now: datetime) -> None:
    """Writes where the chain stands into ledger and log, after all deletions before it."""
    known = await asyncio.to_thread(last_position, ledger)
    async with db.read() as tx:
        position, link = await audit.head_of(tx)
        before = [line for line in await _deletions(tx, known) if line.position <= position]
    if position > known or before or not await asyncio.to_thread(ledger.exists):
        await asyncio.to_thread(append, ledger, [*before, Line("anchor", now, position, link)])
        log.info("chain stands at %d %s", position, link)


async def _deletions(tx: AsyncConnection, known: int) -> list[Line]:
    columns = (AuditRow.at, AuditRow.position, AuditRow.action, AuditRow.object_id)
    query = select(*columns).where(AuditRow.position > known, AuditRow.action.in_(DELETIONS))
    rows = await tx.execute(query.order_by(AuditRow.position))
    return [Line("deleted", row.at, row.position, action=row.action, object_id=row.object_id) for row in rows]
