"""Who would like to be called instead of a video call. The number is sealed with the case's key."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import CALL_BACK
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime


class CallBackRow(Base):
    """Exists only while the citizen agrees: taken back, it is gone. `called_at`: the clerk has called."""

    __tablename__ = "call_back"
    __data__ = holds({CALL_BACK: "appointment_id phone_sealed since called_at"})

    appointment_id: Mapped[str] = mapped_column(
        ForeignKey("appointment.id", ondelete="CASCADE"), primary_key=True
    )
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def call_back_bound(case_id: str) -> str:
    """What `phone_sealed` is bound to."""
    return f"case/{case_id}/call-back"
