"""Who came without an appointment and waits for a clerk to be free. Who it is stands sealed in the case."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import KNOCK, LIMITS
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime


class KnockRow(Base):
    """`state` is waiting, called or gone. `seen_at`: when the waiting page last asked; without it for long, it is gone.

    Whoever is called gets an appointment with this very `id`: that key lets nobody be called twice.
    """

    __tablename__ = "knock"
    __table_args__ = (Index("ix_knock_state", "state", "created_at"),)
    __data__ = holds(
        {
            KNOCK: ("token_hash number state service_id language spoken case_id created_at seen_at ended_at"),
            LIMITS: "client_key",
        },
        nothing="id",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8))
    service_id: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(12))
    spoken: Mapped[str | None] = mapped_column(String(12))
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    client_key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
