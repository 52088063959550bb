"""Tables of the waiting list: who waits for what, and which times were given back. The rules are in `waiting_list.py`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import LIMITS, WAITING
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

WAITING_STATES = ("waiting", "offered", "booked", "left", "over")


class WaitingRow(Base):
    """A wish without a time: services, way, window. Who it is stands sealed in the case.

    `earliest` and `latest` are minutes of the local day, `weekdays` 0 (Monday) to 6. While `state` is "offered",
    `offered_id` is the time kept for this entry until `offer_until`.
    """

    __tablename__ = "waiting"
    __table_args__ = (Index("ix_waiting_state", "state", "created_at"),)
    __data__ = holds(
        {
            WAITING: (
                "token_hash state services mode site_id language spoken first_day last_day weekdays "
                "earliest latest case_id offered_id offer_until offers created_at ended_at"
            ),
            LIMITS: "client_key contact_key",
        },
        nothing="id",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    services: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    mode: Mapped[str] = mapped_column(String(8))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    language: Mapped[str] = mapped_column(String(12))
    spoken: Mapped[str | None] = mapped_column(String(12))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    earliest: Mapped[int]
    latest: Mapped[int]
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    client_key: Mapped[str] = mapped_column(String(64))
    contact_key: Mapped[str | None] = mapped_column(String(64), index=True)
    offered_id: Mapped[str | None] = mapped_column(String(32))
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offers: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FreedRow(Base):
    """A span of a duty that was given back and rests until `rest_until`: first the waiting list may have it."""

    __tablename__ = "freed"
    __data__ = holds(nothing="id duty_id first_tick ticks rest_until created_at")

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"))
    first_tick: Mapped[int]
    ticks: Mapped[int]
    rest_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
