"""The table of permissions to record. Whether one of them counts for a meeting is `recordings_policy/decide.py`'s."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import DECISION
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime
from server.privacy.model import proposed_and_decided


class RecordingPermissionRow(Base):
    """A version of one service's permission: proposed with a legal basis, decided by somebody else, perhaps ended.

    `policy` is the fingerprint of POLICY.md as it was approved: after a change of that text the approval is none.
    The newest approved version is in force until it is ended; a service without one is never recorded.
    """

    __tablename__ = "recording_permission"
    __table_args__ = (
        *proposed_and_decided("recording_permission", "service_id"),
        CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR policy IS NOT NULL", name="text_signed"
        ),
        CheckConstraint("legal_basis <> ''", name="legal_basis"),
    )
    __data__ = holds(
        {
            DECISION: "service_id version legal_basis proposed_by proposed_at decision policy words decided_by "
            "decided_at ended_by ended_at"
        },
        nothing="id",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    service_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    legal_basis: Mapped[str] = mapped_column(String(500))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(8))
    policy: Mapped[str | None] = mapped_column(String(64))
    words: Mapped[str | None] = mapped_column(String(500))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
