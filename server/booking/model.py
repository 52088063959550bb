"""Tables of booking: duties, the claims on them, appointments and cases. The rules are in the verbs.

`claim` has the primary key (duty, tick): this is what makes a double booking impossible on both databases.
Waiting list and release plans are in `model_waiting.py` and `model_release.py`.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import BOOKING, CANCELLED, CONTACT, LIMITS, REPEAT, ROSTER, UNCONFIRMED
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

STATES = ("held", "pending", "confirmed", "arrived", "called", "serving", "done", "missed", "cancelled")
ALIVE = ("pending", "confirmed", "arrived", "called", "serving")
LONG = BigInteger().with_variant(Integer, "sqlite")


class TrainingRow(Base):
    """This clerk can do this service."""

    __tablename__ = "training"
    __data__ = holds({ROSTER: "staff_id service_id"})

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)


class DutyRow(Base):
    """A clerk, a place, a span of time: the only source of capacity.

    `place` is "home" (video only) or "desk" (on site at `site_id`, and video too where `takes_video`).
    `step_minutes` overrides the service's grid of start times. A `demo` duty ignores office hours.
    """

    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_span", "starts_at", "ends_at"),)
    __data__ = holds(
        {ROSTER: "staff_id place site_id desk starts_at ends_at takes_video step_minutes"},
        nothing="id demo series_id import_id",
    )

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
    series_id: Mapped[int | None] = mapped_column(ForeignKey("duty_series.id"), index=True)
    import_id: Mapped[str | None] = mapped_column(ForeignKey("roster_import.id"), index=True)


class DutySeriesRow(Base):
    """A duty that comes back: on which weekdays, every how many weeks, from when to when in local time.

    `times` is [["08:00", "12:00"], ["12:30", "16:00"]]: what lies between is the break. `planned_until` is the last
    day for which duties were made of it; `last_day` null goes on for ever.
    """

    __tablename__ = "duty_series"
    __data__ = holds(
        {ROSTER: "staff_id place site_id desk takes_video weekdays every_weeks times first_day last_day"},
        nothing="id planned_until created_at",
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    place: Mapped[str] = mapped_column(String(8))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    desk: Mapped[str | None] = mapped_column(String(40))
    takes_video: Mapped[bool]
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    every_weeks: Mapped[int]
    times: Mapped[list[list[str]]] = mapped_column(JSON)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    planned_until: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RosterImportRow(Base):
    """A roster file that was read: `rows` is what it would change; `state` previewed, applied or undone."""

    __tablename__ = "roster_import"
    __data__ = holds({ROSTER: "staff_id name rows created_at"}, nothing="id kind state applied_at undone_at")

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppointmentRow(Base):
    """A hold that may become an appointment. Personal data is in the case, sealed.

    `language` is that of mails, `spoken` the one to speak (None: German).
    `ticks` is how many claims it owns, preparation and buffer included. `contact_key` is a keyed hash of the mail
    address or telephone, for limits alone; with `contact_nr` it is unique while the appointment is alive, which
    bounds the appointments of one contact. `displaced_at`: its duty fell away and it waits for a new time.
    `waiting_id`: it was offered to this entry of the waiting list. `follows_id`: a clerk booked it out of that video
    meeting, on the same case. `caller_key`: who last came to its room, a keyed hash of network and browser.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_duty_start", "duty_id", "starts_at"),
        Index("ix_appointment_client", "client_key", "created_at"),
        UniqueConstraint("contact_key", "contact_nr"),
    )
    __data__ = holds(
        {
            (BOOKING, UNCONFIRMED): (
                "number hold_hash token_hash state mode site_id starts_at ends_at services language "
                "spoken channel remind waiting_id follows_id sequence extended case_id created_at "
                "expires_at confirmed_at arrived_at gave_feedback reminded_at displaced_at "
                "cancelled_at"
            ),
            LIMITS: "client_key contact_key contact_nr caller_key",
        },
        nothing="id duty_id ticks",
    )

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
    spoken: Mapped[str | None] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(12))
    client_key: Mapped[str] = mapped_column(String(64))
    ticks: Mapped[int]
    contact_key: Mapped[str | None] = mapped_column(String(64))
    contact_nr: Mapped[int | None]
    remind: Mapped[str] = mapped_column(String(8), default="mail")
    waiting_id: Mapped[str | None] = mapped_column(ForeignKey("waiting.id"), index=True)
    follows_id: Mapped[str | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    caller_key: Mapped[str | None] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(default=0)
    extended: Mapped[bool] = mapped_column(default=False)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("case.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gave_feedback: Mapped[bool | None]
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    displaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClaimRow(Base):
    """One five-minute tick of a duty that something occupies. `expires_at` null: for good.

    Without an appointment the tick is blocked (`expires_at` null: a break, an absence), or rests until `expires_at`
    after somebody gave it back.
    """

    __tablename__ = "claim"
    __data__ = holds({(BOOKING, UNCONFIRMED): "appointment_id"}, nothing="duty_id tick expires_at")

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), primary_key=True, autoincrement=False)
    tick: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    appointment_id: Mapped[str | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseRow(Base):
    """What belongs to an appointment and those that follow it, under a key of its own. Destroying the key is the deletion of last resort."""

    __tablename__ = "case"
    __data__ = holds(
        {(CONTACT, CANCELLED): "contact_sealed"}, nothing="id wrapped_key key_version created_at closed_at"
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_version: Mapped[int]
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdempotencyRow(Base):
    """A request that was carried out once, found again by its Idempotency-Key."""

    __tablename__ = "idempotency"
    __data__ = holds({REPEAT: "key_hash request_hash appointment_id created_at"})

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ProofRow(Base):
    """A solved challenge that was used: it counts once. Kept until the challenge would have expired anyway."""

    __tablename__ = "proof"
    __data__ = holds(nothing="signature_hash expires_at")

    signature_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CalendarChangeRow(Base):
    """A duty whose claims or span changed (null: the catalogue), so that every process can follow."""

    __tablename__ = "calendar_change"
    __data__ = holds(nothing="id duty_id at")

    id: Mapped[int] = mapped_column(LONG, primary_key=True, autoincrement=True)
    duty_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
