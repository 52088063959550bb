"""When the process that a case belongs to has ended: what every rule "after the end" counts from, and whether it is held.

As SQL, for all who delete; what they delete is in their own verbs.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
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


def only_called_off() -> ColumnElement[bool]:
    """Whether the case of the outer query has appointments and each of them was cancelled."""
    own = OWN.case_id == CaseRow.id
    return and_(exists().where(own), ~exists().where(own, OWN.state != "cancelled"))


def cases_over(limit: datetime, called_off: datetime) -> Select[Any]:
    """The ids of all such cases."""
    return select(CaseRow.id).where(case_over(limit, called_off))


def appointments_of_cases_over(limit: datetime, called_off: datetime) -> Select[Any]:
    """The ids of the appointments that belong to them."""
    return select(AppointmentRow.id).where(AppointmentRow.case_id.in_(cases_over(limit, called_off)))
