"""The tables of recordings: what was asked, who answered how, what is kept until when. The rules are in the verbs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import RECORDING
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

OPEN = text("state IN ('asked', 'running')")


class RecordingRow(Base):
    """One question whether to record, and what came of it: asked, running, kept, or gone (`reason` says why).

    `key_sealed` is the recording's own key under the case's; without it nothing of it can be read. It never outlives
    `expires_at`. `beat_at`: when the process that follows the recorder was last seen.
    """

    __tablename__ = "recording"
    __table_args__ = (
        Index("uq_recording_open", "appointment_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint("state <> 'gone' OR key_sealed IS NULL", name="gone"),
        CheckConstraint("expires_at > asked_at", name="expires"),
    )
    __data__ = holds(
        {RECORDING: "appointment_id state reason asked_by asked_at ended_at expires_at size key_sealed"},
        nothing="id beat_at",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(20))
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    size: Mapped[int | None]
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class RecordingConsentRow(Base):
    """What one person said to the question: `subject` is who they are in this room, `version` the words they were shown."""

    __tablename__ = "recording_consent"
    __table_args__ = (UniqueConstraint("recording_id", "subject"),)
    __data__ = holds(
        {RECORDING: "recording_id subject part agreed version answered_at withdrawn_at"}, nothing="id"
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(64))
    part: Mapped[str] = mapped_column(String(12))
    agreed: Mapped[bool]
    version: Mapped[str] = mapped_column(String(16))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
