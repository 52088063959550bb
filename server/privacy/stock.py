"""What there is of each kind of data, and which of it is due: one condition per class, for the officer's preview.

The verbs that delete have the same conditions in their own words; that both agree is what the time travel tests see.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, inspect, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from recordings_policy import classes as kinds
from recordings_policy.data_class import DataClass
from recordings_policy.retention import Periods
from server.audit import AuditRow
from server.booking.model import AppointmentRow, CaseRow, DutyRow, IdempotencyRow
from server.booking.model_knock import KnockRow
from server.booking.model_waiting import WaitingRow
from server.clock import berlin
from server.db import Base
from server.documents.model import DocumentRow
from server.notices.outbox import OutboxRow
from server.people.model import StaffRow, StaffSessionRow
from server.planning.model import AbsenceRow
from server.privacy.model import RetentionRuleRow
from server.privacy.model_end import (
    case_over,
    held,
    of_appointment_of_case_over,
    of_case_over,
    only_called_off,
    over,
)
from server.privacy.model_erasure import ErasureRow
from server.rooms.model import InvitationRow, TransferRow
from server.rooms.model_call_back import CallBackRow
from server.rooms.model_check import DeviceCheckRow
from server.rooms.model_feedback import FeedbackRow
from server.rooms.model_identity import IdentityCheckRow
from server.rooms.model_incident import ExclusionRow, IncidentRow
from server.rooms.model_recording import RecordingRow
from server.signing.model import FormRow

Due = Callable[[datetime, datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Stock:
    """`of_class`: which rows of the table are of this class. `due(limit, called_off)`: those that ended by then."""

    row: type[Base]
    due: Due
    of_class: tuple[ColumnElement[bool], ...] = ()


def _since(column: Any) -> Due:
    return lambda limit, _called_off: column <= limit


def _with_case(case_id: Any) -> Due:
    """Of rows that belong to a case."""
    return lambda limit, called_off: of_case_over(case_id, limit, called_off)


def _beside(row: Any) -> Due:
    """Of rows that belong to an appointment and go with its case."""
    return lambda limit, called_off: of_appointment_of_case_over(row.appointment_id, limit, called_off)


def _with_appointment(row: Any) -> Due:
    """Of rows that go with the appointment itself, whatever else its case holds."""
    own = AppointmentRow.id == row.appointment_id
    return lambda limit, called_off: exists().where(own, over(AppointmentRow, limit, called_off))


NEVER = or_(AppointmentRow.token_hash.is_(None), AppointmentRow.expires_at.is_not(None))
HAS_CONTACT = CaseRow.contact_sealed.is_not(None)
KNOWN = or_(AppointmentRow.contact_key.is_not(None), AppointmentRow.caller_key.is_not(None))
THERE = DocumentRow.deleted_at.is_(None)
NEWER: Any = aliased(RetentionRuleRow, name="newer")
REPLACED = or_(
    RetentionRuleRow.decision == "rejected",
    exists().where(
        NEWER.class_key == RetentionRuleRow.class_key,
        NEWER.version > RetentionRuleRow.version,
        NEWER.decision == "approved",
    ),
)
GONE: Final = "gone-"
"""So begins the login of an account that nobody can be recognised by any more."""


def _nothing_needs_it(limit: datetime, _called_off: datetime) -> ColumnElement[bool]:
    """An appointment stays while its case is open or an incident speaks of it."""
    closed = exists().where(CaseRow.id == AppointmentRow.case_id, CaseRow.closed_at.is_not(None))
    told_of = exists().where(IncidentRow.appointment_id == AppointmentRow.id)
    return and_(AppointmentRow.ends_at <= limit, or_(AppointmentRow.case_id.is_(None), closed), ~told_of)


def _no_appointment_is_in_it(limit: datetime, _called_off: datetime) -> ColumnElement[bool]:
    return and_(DutyRow.ends_at <= limit, ~exists().where(AppointmentRow.duty_id == DutyRow.id))


def _not_held(limit: datetime, _called_off: datetime) -> ColumnElement[bool]:
    of_held = select(AppointmentRow.id).where(held(AppointmentRow.case_id))
    return and_(RecordingRow.asked_at <= limit, RecordingRow.appointment_id.not_in(of_held))


UNSET = datetime.min.replace(tzinfo=UTC)

STOCK: Final[Mapping[DataClass, Stock]] = {
    kinds.UNCONFIRMED: Stock(
        AppointmentRow,
        _since(func.coalesce(AppointmentRow.cancelled_at, AppointmentRow.expires_at)),
        (NEVER,),
    ),
    kinds.BOOKING: Stock(AppointmentRow, _nothing_needs_it, (~NEVER,)),
    kinds.CANCELLED: Stock(
        CaseRow, lambda limit, _off: case_over(UNSET, limit), (HAS_CONTACT, only_called_off())
    ),
    kinds.CONTACT: Stock(CaseRow, case_over, (HAS_CONTACT, ~only_called_off())),
    kinds.UPLOAD: Stock(DocumentRow, _with_case(DocumentRow.case_id), (DocumentRow.direction == "in", THERE)),
    kinds.CITY_DOCUMENT: Stock(
        DocumentRow, _with_case(DocumentRow.case_id), (DocumentRow.direction == "out", THERE)
    ),
    kinds.IDENTITY: Stock(IdentityCheckRow, _beside(IdentityCheckRow)),
    kinds.SIGNATURE: Stock(FormRow, _with_case(FormRow.case_id)),
    kinds.DEVICE_CHECK: Stock(DeviceCheckRow, _with_appointment(DeviceCheckRow)),
    kinds.CALL_BACK: Stock(CallBackRow, _with_appointment(CallBackRow)),
    kinds.GUEST: Stock(InvitationRow, _beside(InvitationRow)),
    kinds.HAND_OVER: Stock(TransferRow, _beside(TransferRow)),
    kinds.RECORDING: Stock(RecordingRow, _not_held),
    kinds.INCIDENT: Stock(IncidentRow, _since(IncidentRow.filed_at)),
    kinds.EXCLUSION: Stock(ExclusionRow, _since(ExclusionRow.until)),
    kinds.FEEDBACK: Stock(FeedbackRow, lambda limit, _off: FeedbackRow.day <= berlin(limit).date()),
    kinds.WAITING: Stock(WaitingRow, _since(WaitingRow.ended_at)),
    kinds.KNOCK: Stock(KnockRow, _since(KnockRow.created_at)),
    kinds.NOTICE: Stock(OutboxRow, _since(OutboxRow.created_at)),
    kinds.LIMITS: Stock(AppointmentRow, _since(AppointmentRow.ends_at), (KNOWN,)),
    kinds.REPEAT: Stock(IdempotencyRow, _since(IdempotencyRow.created_at)),
    kinds.ACCOUNT: Stock(StaffRow, _since(StaffRow.left_at), (StaffRow.login.not_like(f"{GONE}%"),)),
    kinds.SESSION: Stock(StaffSessionRow, _since(StaffSessionRow.expires_at)),
    kinds.ROSTER: Stock(DutyRow, _no_appointment_is_in_it),
    kinds.ABSENCE: Stock(AbsenceRow, _since(AbsenceRow.ends_at)),
    kinds.ERASURE: Stock(ErasureRow, _since(ErasureRow.done_at)),
    kinds.AUDIT: Stock(AuditRow, _since(AuditRow.at)),
    kinds.DECISION: Stock(RetentionRuleRow, _since(RetentionRuleRow.decided_at), (REPLACED,)),
}


async def there(tx: AsyncConnection, data_class: DataClass) -> int:
    """How much there is of it."""
    stock = STOCK[data_class]
    query = select(func.count()).select_from(stock.row).where(*stock.of_class)
    return await tx.scalar(query) or 0


async def due(tx: AsyncConnection, data_class: DataClass, periods: Periods, now: datetime) -> int:
    """How much of it these periods would delete now."""
    query = due_rows(data_class, periods, now).subquery()
    return await tx.scalar(select(func.count()).select_from(query)) or 0


def due_rows(data_class: DataClass, periods: Periods, now: datetime) -> Select[Any]:
    """Their keys."""
    stock = STOCK[data_class]
    limits = (now - periods.of(data_class), now - periods.of(kinds.CANCELLED))
    return select(key_of(stock.row)).where(*stock.of_class, stock.due(*limits))


def key_of(row: type[Base]) -> Any:
    """The first column of a table's primary key."""
    return inspect(row).primary_key[0]
