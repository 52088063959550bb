"""The report of what was deleted: how much of which kind when, nothing of whom. Written in the very transaction that deletes."""

from datetime import datetime

from sqlalchemy import String, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.data_class import DataClass
from recordings_policy.holds import holds
from server.booking.model import LONG
from server.db import Base, UtcDateTime


class SweptRow(Base):
    """So many of a class went at this instant, by rule. A process that dies leaves both or none."""

    __tablename__ = "sweep_report"
    __data__ = holds(nothing="id class_key amount at")

    id: Mapped[int] = mapped_column(LONG, primary_key=True, autoincrement=True)
    class_key: Mapped[str] = mapped_column(String(24))
    amount: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


async def swept(tx: AsyncConnection, data_class: DataClass, count: int, now: datetime) -> None:
    """Enters what this transaction deletes by rule; nothing for nothing."""
    if count > 0:
        await tx.execute(insert(SweptRow).values(class_key=data_class.key, amount=count, at=now))
