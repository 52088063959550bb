"""Tables of planning: absences and what became of each appointment they touched. The rules are in `absence.py`."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import ABSENCE
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime


class AbsenceRow(Base):
    """Somebody can't come: from when to when. `done_at` null: its appointments are still being dealt with."""

    __tablename__ = "absence"
    __data__ = holds({ABSENCE: "staff_id starts_at ends_at created_by created_at done_at"}, nothing="id")

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FateRow(Base):
    """What became of one appointment: "colleague" took it, new times were "offered", or somebody must "call"."""

    __tablename__ = "fate"
    __data__ = holds({ABSENCE: "appointment_id fate was_at at called_at"}, nothing="absence_id")

    absence_id: Mapped[str] = mapped_column(ForeignKey("absence.id", ondelete="CASCADE"), primary_key=True)
    appointment_id: Mapped[str] = mapped_column(
        ForeignKey("appointment.id", ondelete="CASCADE"), primary_key=True
    )
    fate: Mapped[str] = mapped_column(String(12))
    was_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
