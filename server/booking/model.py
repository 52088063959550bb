"""Tables of booking: duties, the claims on them, appointments and cases. The rules are in the verbs.

`claim` has the primary key (duty, tick): this is what makes a double booking impossible on both databases.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime

STATES = ("held", "pending", "confirmed", "arrived", "called", "serving", "done", "missed", "cancelled")
ALIVE = ("pending", "confirmed", "arrived", "called", "serving")
LONG = BigInteger().with_variant(Integer, "sqlite")


class TrainingRow(Base):
    """This clerk can do this service."""

    __tablename__ = "training"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)


class DutyRow(Base):
    """A clerk, a place, a span of time: the only source of capacity.

    `place` is "home" (video only) or "desk" (on site at `site_id`, and video too where `takes_video`).
    `step_minutes` overrides the service's grid of start times. A `demo` duty ignores office hours.
    """

    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_span", "starts_at", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    place: Mapped[str] = mapped_column(String(8))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    desk: Mapped[str | None] = mapped_column(String(40))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    takes_video: Mapped[bool]
    step_minutes: Mapped[int | None]
    demo: Mapped[bool] = mapped_column(default=False)


class AppointmentRow(Base):
    """A hold that may become an appointment. Personal data is in the case, sealed."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_duty_start", "duty_id", "starts_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    hold_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    mode: Mapped[str] = mapped_column(String(8))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    services: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(12))
    client_key: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(default=0)
    extended: Mapped[bool] = mapped_column(default=False)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("case.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClaimRow(Base):
    """One five-minute tick of a duty that something occupies. `expires_at` null = confirmed."""

    __tablename__ = "claim"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), primary_key=True, autoincrement=False)
    tick: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"), index=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseRow(Base):
    """What belongs to one appointment, under a key of its own. Destroying the key is the deletion of last resort."""

    __tablename__ = "case"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_version: Mapped[int]
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdempotencyRow(Base):
    """A request that was carried out once, found again by its Idempotency-Key."""

    __tablename__ = "idempotency"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CalendarChangeRow(Base):
    """A duty whose claims or span changed (null: the catalogue), so that every process can follow."""

    __tablename__ = "calendar_change"

    id: Mapped[int] = mapped_column(LONG, primary_key=True, autoincrement=True)
    duty_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
