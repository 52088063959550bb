"""Who may see what: the only way to a citizen's appointment, hold or case. Foreign and missing look the same.

Citizens come with a link token, staff with a signed-in session. What they do then is in the verbs.
"""

import hmac
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model import AppointmentRow, CaseRow, DutyRow
from server.booking.model_knock import KnockRow
from server.booking.model_waiting import WaitingRow
from server.contact import FORGOTTEN, Contact, contact_opened
from server.errors import NotAllowed, NotFound
from server.planning.model import FateRow
from server.rooms.model import TransferRow
from server.sealing import Keyring, derived_token, fingerprint, process_key


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment or hold as the verbs see it; nothing personal in it."""

    id: str
    number: str
    state: str
    mode: str
    site_id: str | None
    duty_id: int
    starts_at: datetime
    ends_at: datetime
    ticks: int
    services: tuple[tuple[str, int], ...]
    language: str
    sequence: int
    extended: bool
    case_id: str | None
    expires_at: datetime | None
    arrived_at: datetime | None
    displaced_at: datetime | None = None
    spoken: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its key in the open: hold it no longer than needed."""

    id: str
    key: bytes
    contact: Contact


@dataclass(frozen=True, slots=True)
class Staff:
    """A signed-in member of staff."""

    id: int
    login: str
    display: str
    roles: frozenset[str]
    csrf: str

    @property
    def actor(self) -> str:
        return f"staff/{self.id}"


_COLUMNS = tuple(getattr(AppointmentRow, field.name) for field in fields(Appointment))
TAKES_PLACE = (
    AppointmentRow.token_hash.is_not(None),
    AppointmentRow.expires_at.is_(None),
    AppointmentRow.displaced_at.is_(None),
)
"""What is a clerk's business: not what waits for its confirmation or for a new time."""


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """Somebody's place on the waiting list: the wish, its window, and the time that is kept for it meanwhile."""

    id: str
    state: str
    services: tuple[tuple[str, int], ...]
    mode: str
    site_id: str | None
    language: str
    spoken: str | None
    first_day: date
    last_day: date
    weekdays: tuple[int, ...]
    earliest: int
    latest: int
    case_id: str
    contact_key: str | None
    offered_id: str | None
    offer_until: datetime | None
    offers: int
    created_at: datetime


def waiting_token(secret: str, waiting_id: str) -> str:
    """The token in the link of a place on the waiting list."""
    return derived_token(secret, "waiting", waiting_id)


async def waiting_by_token(tx: AsyncConnection, token: str) -> WaitingEntry:
    """The place on the waiting list this link belongs to, also when it is over."""
    found = await waiting_entries(tx, WaitingRow.token_hash == fingerprint(token))
    if not found:
        raise NotFound
    return found[0]


async def waiting_entries(tx: AsyncConnection, *where: ColumnElement[bool]) -> list[WaitingEntry]:
    """For the house's own work: entries in the order of joining."""
    columns = [getattr(WaitingRow, field.name) for field in fields(WaitingEntry)]
    query = select(*columns).where(*where).order_by(WaitingRow.created_at, WaitingRow.id)
    return [_waiting(row) for row in await tx.execute(query)]


def _waiting(row: Any) -> WaitingEntry:
    values = dict(row._mapping)
    services = tuple((item["id"], int(item["count"])) for item in values.pop("services"))
    weekdays = tuple(values.pop("weekdays"))
    return WaitingEntry(services=services, weekdays=weekdays, **values)


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody without an appointment who waits for a clerk, or did; nothing personal in it."""

    id: str
    number: str
    state: str
    service_id: str
    language: str
    spoken: str | None
    case_id: str
    created_at: datetime
    seen_at: datetime


HasCase = Appointment | WaitingEntry | Knock


async def knock_by_token(tx: AsyncConnection, token: str) -> Knock:
    """Whose place in the line this link is, also when it is over."""
    found = await knocks(tx, KnockRow.token_hash == fingerprint(token))
    if not found:
        raise NotFound
    return found[0]


async def knocks(tx: AsyncConnection, *where: ColumnElement[bool]) -> list[Knock]:
    """For the house's own work: in the order of coming."""
    query = select(*(getattr(KnockRow, field.name) for field in fields(Knock))).where(*where)
    return [Knock(*row) for row in await tx.execute(query.order_by(KnockRow.created_at, KnockRow.id))]


def hold_token(secret: str, appointment_id: str) -> str:
    return derived_token(secret, "hold", appointment_id)


def manage_token(secret: str, appointment_id: str) -> str:
    """The token in the citizen's link. It can be made again for every mail; the database keeps its hash only."""
    return derived_token(secret, "manage", appointment_id)


async def appointment_by_token(tx: AsyncConnection, token: str) -> Appointment:
    """The confirmed appointment this link belongs to, also when it is over or cancelled."""
    return await _one(tx, select(*_COLUMNS).where(AppointmentRow.token_hash == fingerprint(token)))


async def appointment_by_hold(tx: AsyncConnection, token: str) -> Appointment:
    """The hold this token belongs to, whatever became of it."""
    return await _one(tx, select(*_COLUMNS).where(AppointmentRow.hold_hash == fingerprint(token)))


async def appointment_by_process(tx: AsyncConnection, secret: str, number: str, key: str) -> Appointment:
    """The hold or appointment with this number; `NotAllowed` for a wrong key, whether or not there is one."""
    if not hmac.compare_digest(process_key(secret, number).encode(), key.encode()):
        raise NotAllowed
    return await _one(tx, select(*_COLUMNS).where(AppointmentRow.number == number))


async def appointment_by_id(tx: AsyncConnection, appointment_id: str) -> Appointment:
    """For the house's own work (mails, notices of rooms); never with an id from outside."""
    return await _one(tx, select(*_COLUMNS).where(AppointmentRow.id == appointment_id))


async def appointment_for(tx: AsyncConnection, staff: Staff, appointment_id: str) -> Appointment:
    """A clerk gets the appointments of the own duties and those handed over to them; others get none."""
    if "clerk" not in staff.roles:
        raise NotAllowed
    query = select(*_COLUMNS).join(DutyRow, DutyRow.id == AppointmentRow.duty_id)
    return await _one(tx, query.where(AppointmentRow.id == appointment_id, *TAKES_PLACE, _in_charge(staff)))


async def way_in(tx: AsyncConnection, staff: Staff, appointment_id: str) -> tuple[str, datetime] | None:
    """Why `appointment_for` lets this clerk in, and when the appointment ends; None where it does not."""
    if "clerk" not in staff.roles:
        return None
    why = case(
        (DutyRow.staff_id == staff.id, "own-duty"), (_handed_to(staff), "handed-over"), else_="handing-over"
    )
    query = select(why, AppointmentRow.ends_at).join(DutyRow, DutyRow.id == AppointmentRow.duty_id)
    found = (
        await tx.execute(query.where(AppointmentRow.id == appointment_id, *TAKES_PLACE, _in_charge(staff)))
    ).first()
    return (found[0], found[1]) if found else None


RUNNING = (TransferRow.appointment_id == AppointmentRow.id, TransferRow.ended_at.is_(None))


def _handed_to(staff: Staff) -> ColumnElement[bool]:
    return exists().where(*RUNNING, TransferRow.to_id == staff.id)


def _in_charge(staff: Staff) -> ColumnElement[bool]:
    """Whose duty it is, to whom the meeting is handed over, and until they come, who handed it."""
    giving = exists().where(*RUNNING, TransferRow.from_id == staff.id, TransferRow.taken_at.is_(None))
    return or_(DutyRow.staff_id == staff.id, _handed_to(staff), giving)


async def follow_ups(tx: AsyncConnection, meeting: Appointment) -> list[Appointment]:
    """What was booked on site out of this video meeting, for whoever may see the meeting itself."""
    query = select(*_COLUMNS).where(AppointmentRow.follows_id == meeting.id)
    return [_appointment(row) for row in await tx.execute(query.order_by(AppointmentRow.starts_at))]


async def day_of(tx: AsyncConnection, staff: Staff, start: datetime, end: datetime) -> list[Appointment]:
    """The confirmed appointments of this clerk that begin in the span, in order of time."""
    span = (AppointmentRow.starts_at >= start, AppointmentRow.starts_at < end)
    query = select(*_COLUMNS).join(DutyRow, DutyRow.id == AppointmentRow.duty_id)
    query = query.where(_in_charge(staff), *TAKES_PLACE, *span)
    in_order = query.order_by(AppointmentRow.starts_at, AppointmentRow.id)
    return [_appointment(row) for row in await tx.execute(in_order)]


async def appointments_of_absence(tx: AsyncConnection, staff: Staff, absence_id: str) -> list[Appointment]:
    """A scheduler gets the appointments that this absence touched; others get none."""
    if not staff.roles & {"scheduler", "admin"}:
        raise NotAllowed
    query = select(*_COLUMNS).join(FateRow, FateRow.appointment_id == AppointmentRow.id)
    return [_appointment(row) for row in await tx.execute(query.where(FateRow.absence_id == absence_id))]


async def case_of(tx: AsyncConnection, appointment: HasCase, keyring: Keyring) -> Case:
    """The case of what was handed out here, opened; `NotFound` once its key is gone."""
    return await case_by_id(tx, appointment.case_id, keyring)


async def case_by_id(tx: AsyncConnection, case_id: str | None, keyring: Keyring) -> Case:
    """For the house's own work (arriving documents); never with an id from outside."""
    columns = (CaseRow.id, CaseRow.wrapped_key, CaseRow.key_version, CaseRow.contact_sealed)
    query = select(*columns).where(CaseRow.id == case_id)
    row = (await tx.execute(query)).first()
    if row is None or row.wrapped_key is None:
        raise NotFound
    key = keyring.unwrap(row.wrapped_key, row.key_version)
    known = contact_opened(key, row.id, row.contact_sealed) if row.contact_sealed else FORGOTTEN
    return Case(row.id, key, known)


async def _one(tx: AsyncConnection, query: Select[Any]) -> Appointment:
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound
    return _appointment(row)


def _appointment(row: Any) -> Appointment:
    values = dict(zip((column.key for column in _COLUMNS), row, strict=True))
    services = tuple((item["id"], int(item["count"])) for item in values.pop("services"))
    return Appointment(services=services, **values)
