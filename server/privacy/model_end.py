"""When the process that a case belongs to has ended: what every rule "after the end" counts from, and whether it is held.

As SQL, for all who delete; what they delete is in their own verbs.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, exists, or_, update
from sqlalchemy.orm import aliased

from server.booking.model import AppointmentRow, CaseRow
from server.privacy.model import LegalHoldRow

OWN: Any = aliased(AppointmentRow, name="own")
"""The appointments of a case: a name of its own, so that no outer query's appointments are meant by it."""


def over(row: Any, limit: datetime, called_off: datetime) -> ColumnElement[bool]:
    """Whether this appointment ended by `limit`; one that was cancelled: whether it was by `called_off`."""
    cancelled = and_(row.state == "cancelled", row.cancelled_at.is_not(None))
    return or_(and_(cancelled, row.cancelled_at <= called_off), and_(~cancelled, row.ends_at <= limit))


def case_over(limit: datetime, called_off: datetime) -> ColumnElement[bool]:
    """Whether the case of the outer query has appointments, each of them is over, and no legal hold is on it."""
    own = OWN.case_id == CaseRow.id
    return and_(exists().where(own), ~exists().where(own, ~over(OWN, limit, called_off)), ~held(CaseRow.id))


def held(case_id: Any) -> ColumnElement[bool]:
    """Whether a legal hold is on this case: then nothing of it may go."""
    return exists().where(LegalHoldRow.case_id == case_id, LegalHoldRow.lifted_at.is_(None))


def locked(*which: ColumnElement[bool]) -> Update:
    """Locks these cases until the transaction is over: what others do to them in the same moment comes before or after."""
    return update(CaseRow).where(*which).values(key_version=CaseRow.key_version)


def only_called_off() -> ColumnElement[bool]:
    """Whether the case of the outer query has appointments and each of them was cancelled."""
    own = OWN.case_id == CaseRow.id
    return and_(exists().where(own), ~exists().where(own, OWN.state != "cancelled"))


def of_case_over(case_id: Any, limit: datetime, called_off: datetime) -> ColumnElement[bool]:
    """The same of the case that this column names. Asked row by row: where few rows are left it takes no time, however
    many cases there are."""
    return exists().where(CaseRow.id == case_id, case_over(limit, called_off))


def of_appointment_of_case_over(
    appointment_id: Any, limit: datetime, called_off: datetime
) -> ColumnElement[bool]:
    """The same of the case of the appointment that this column names."""
    of_case = (AppointmentRow.id == appointment_id, CaseRow.id == AppointmentRow.case_id)
    return exists().where(*of_case, case_over(limit, called_off))
