"""Tables of data protection: versions of the retention rules and legal holds. Which rule is in force is `recordings_policy/retention.py`'s."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import DECISION
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

UNDECIDED = text("decision IS NULL")
NOT_LIFTED = text("lifted_at IS NULL")
HOLD_REASONS = ("complaint", "court", "liability", "request")


def proposed_and_decided(table: str, subject: str) -> tuple[UniqueConstraint | Index | CheckConstraint, ...]:
    """For versions of something: one open proposal at most, decided as a whole, and by nobody who proposed it."""
    return (
        UniqueConstraint(subject, "version"),
        Index(f"uq_{table}_open", subject, unique=True, sqlite_where=UNDECIDED, postgresql_where=UNDECIDED),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="four_eyes"),
        CheckConstraint(
            "(decision IS NULL AND decided_by IS NULL AND decided_at IS NULL) OR (decision IN ('approved', 'rejected')"
            " AND decided_by IS NOT NULL AND decided_at IS NOT NULL)",
            name="decided_whole",
        ),
    )


class RetentionRuleRow(Base):
    """A version of one class's rule: proposed, then approved or rejected by somebody else, in words.

    The newest approved version is in force, so there is never more than one; a class without any has its default.
    """

    __tablename__ = "retention_rule"
    __table_args__ = (
        *proposed_and_decided("retention_rule", "class_key"),
        CheckConstraint("hours >= 0", name="hours"),
    )
    __data__ = holds(
        {
            DECISION: "class_key version hours why proposed_by proposed_at decision words decided_by decided_at"
        },
        nothing="id",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    class_key: Mapped[str] = mapped_column(String(24))
    version: Mapped[int]
    hours: Mapped[int]
    why: Mapped[str] = mapped_column(String(500))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(8))
    words: Mapped[str | None] = mapped_column(String(500))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LegalHoldRow(Base):
    """A case that nothing may delete until `lifted_at`; `reason` is one of a fixed list, never free words."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        Index(
            "uq_legal_hold_open", "case_id", unique=True, sqlite_where=NOT_LIFTED, postgresql_where=NOT_LIFTED
        ),
    )
    __data__ = holds({DECISION: "case_id reason placed_by placed_at lifted_by lifted_at"}, nothing="id")

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(12))
    placed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
