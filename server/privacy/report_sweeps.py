"""What was deleted by rule, and what would be now: figures by kind of data, nothing of whom."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from recordings_policy.classes import BY_KEY, CLASSES
from recordings_policy.data_class import DataClass
from server.clock import berlin
from server.db import Database
from server.privacy.model_report import SweptRow
from server.privacy.rules import periods_in_force
from server.privacy.stock import due

SHOWN = timedelta(days=90)
Figures = list[tuple[DataClass, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """How much of a kind went on a day, and between when and when."""

    day: date
    data_class: DataClass
    count: int
    first: datetime
    last: datetime


async def due_now(db: Database, now: datetime) -> Figures:
    """What a sweep would delete at this moment."""
    periods = await periods_in_force(db, now)
    async with db.read() as tx:
        found = [(one, await due(tx, one, periods, now)) for one in CLASSES]
    return [(one, count) for one, count in found if count]


async def swept_at(db: Database, at: datetime) -> Figures:
    """What the sweep of this very instant deleted."""
    query = select(SweptRow.class_key, func.sum(SweptRow.amount)).where(SweptRow.at == at)
    async with db.read() as tx:
        rows = (await tx.execute(query.group_by(SweptRow.class_key).order_by(SweptRow.class_key))).all()
    return [(BY_KEY[key], count) for key, count in rows]


async def lines(db: Database, now: datetime) -> list[Line]:
    """The report of the last weeks by day and kind, the newest first."""
    query = select(SweptRow.class_key, SweptRow.amount, SweptRow.at).where(SweptRow.at > now - SHOWN)
    found: dict[tuple[date, str], Line] = {}
    async with db.read() as tx:
        for row in await tx.execute(query.order_by(SweptRow.at)):
            day = berlin(row.at).date()
            before = found.get((day, row.class_key))
            count, first = (before.count, before.first) if before else (0, row.at)
            kind = BY_KEY[row.class_key]
            found[day, row.class_key] = Line(day, kind, count + row.amount, first, row.at)
    return sorted(found.values(), key=lambda line: (line.day, line.last), reverse=True)
