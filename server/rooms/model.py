"""Tables of rooms: who was invited beside the citizen, and to whom a meeting was handed over. The rules are in the verbs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import GUEST, HAND_OVER
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

OPEN = text("ended_at IS NULL")


class InvitationRow(Base):
    """A third or fourth person with a link of their own. `who_sealed` is name and mail address under the case's key.

    `nr` is the chair: unique with the appointment, none once the invitation was taken back. That bounds the guests.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("appointment_id", "nr"),)
    __data__ = holds(
        {GUEST: "appointment_id part nr token_hash who_sealed staff_id created_at revoked_at"}, nothing="id"
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    part: Mapped[str] = mapped_column(String(12))
    nr: Mapped[int | None]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    who_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TransferRow(Base):
    """A meeting handed to a colleague; `note_sealed` is under the case's key. One per appointment has not ended.

    `taken_at`: the colleague came. `ended_at`: taken back, or handed on to somebody else.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        Index("uq_transfer_open", "appointment_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )
    __data__ = holds(
        {HAND_OVER: "appointment_id from_id to_id note_sealed created_at taken_at ended_at"}, nothing="id"
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def note_bound(transfer_id: str) -> str:
    """What `note_sealed` is bound to."""
    return f"transfer/{transfer_id}/note"


def invitation_bound(invitation_id: str) -> str:
    """What `who_sealed` is bound to."""
    return f"invitation/{invitation_id}/who"
