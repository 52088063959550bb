"""Audit entries end too: the oldest go, and the chain begins where they ended. No other entry can be deleted."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, insert, select

from recordings_policy.classes import AUDIT
from server.audit import AuditCutRow, AuditRow
from server.db import Database
from server.privacy.model_report import swept

KEPT: Final = AUDIT.period
AT_ONCE: Final = 1000


async def shorten(db: Database, kept: timedelta, now: datetime) -> int:
    """Cuts behind the last entry before the first that is younger than `kept`, then deletes what lies before; repeatable."""
    young = select(func.min(AuditRow.position)).where(AuditRow.at > now - kept)
    async with db.write() as tx:
        until = await tx.scalar(young)
        last = await tx.scalar(select(func.max(AuditRow.position)))
        at = (until if until is not None else last or 0) - 1
        link = await tx.scalar(select(AuditRow.link).where(AuditRow.position == at))
        cut = await tx.scalar(select(func.max(AuditCutRow.position))) or 0
        if link is not None and at > cut:
            await tx.execute(insert(AuditCutRow).values(position=at, link=link, at=now))
            cut = at
    gone = 0
    while some := await _delete_before(db, cut, now):
        gone += some
    return gone


async def _delete_before(db: Database, cut: int, now: datetime) -> int:
    before = select(AuditRow.id).where(AuditRow.position <= cut).order_by(AuditRow.position).limit(AT_ONCE)
    async with db.write() as tx:
        gone = (await tx.execute(delete(AuditRow).where(AuditRow.id.in_(before)))).rowcount
        await swept(tx, AUDIT, gone, now)
        return gone
