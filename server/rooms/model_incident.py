"""Tables of incidents and of who may not come by video for a while, and the one question that booking asks of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import EXCLUSION, INCIDENT
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime


class IncidentRow(Base):
    """What a clerk noted after ending a meeting at once. It outlives the case, so it has a key of its own.

    `text_sealed` is the citizen's name, the appointment's number and the note. One meeting has one.
    """

    __tablename__ = "incident"
    __data__ = holds(
        {INCIDENT: "appointment_id staff_id kind text_sealed filed_at excluded_until"},
        nothing="id wrapped_key key_version",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(12))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    key_version: Mapped[int]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    excluded_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ExclusionRow(Base):
    """Whoever has this key (a keyed hash of a contact or caller, or an appointment) opens no room until then."""

    __tablename__ = "exclusion"
    __data__ = holds({EXCLUSION: "key incident_id until"})

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    incident_id: Mapped[str] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


async def excluded(tx: AsyncConnection, keys: Collection[str], now: datetime) -> bool:
    """Whether one of the keys is kept out at this instant; the end counts by itself, without any job."""
    if not keys:
        return False
    found = select(ExclusionRow.key).where(ExclusionRow.key.in_(list(keys)), ExclusionRow.until > now)
    return await tx.scalar(found.limit(1)) is not None
