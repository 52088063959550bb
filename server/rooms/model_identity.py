"""The table of identity checks: how sure the clerk is of who was there, and by what. The rules are in the verb."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import IDENTITY
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime


class IdentityCheckRow(Base):
    """What a clerk noted of one meeting; the newest one counts. Never a number, a name or a picture of a document.

    `level`: none, low, substantial, high. `method`: card, passport, permit, known, or refused (then the level is none).
    """

    __tablename__ = "identity_check"
    __data__ = holds({IDENTITY: "appointment_id level method staff_id checked_at"}, nothing="id")

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)
    level: Mapped[str] = mapped_column(String(12))
    method: Mapped[str] = mapped_column(String(12))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
