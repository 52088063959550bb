"""Rows of every kind of data, as short as the tables allow; `old_data.py` puts them into a city."""

from datetime import datetime, timedelta
from typing import Any

from server.booking.model import CaseRow, DutyRow
from server.booking.model_knock import KnockRow
from server.booking.model_waiting import WaitingRow
from server.clock import berlin
from server.documents.model import DocumentRow
from server.people.model import StaffSessionRow
from server.planning.model import AbsenceRow
from server.privacy.model import RetentionRuleRow
from server.privacy.model_erasure import ErasureRow
from server.rooms.model import InvitationRow, TransferRow
from server.rooms.model_call_back import CallBackRow
from server.rooms.model_check import DeviceCheckRow
from server.rooms.model_feedback import FeedbackRow
from server.rooms.model_identity import IdentityCheckRow
from server.rooms.model_incident import ExclusionRow, IncidentRow
from server.rooms.model_recording import RecordingRow
from server.signing.model import FormRow

ONE, OTHER = "1" * 32, "2" * 32
Rows = list[tuple[Any, dict[str, Any]]]


def beside(one: Any, at: datetime) -> Rows:
    """What hangs on an appointment and its case."""
    own = {"id": ONE, "appointment_id": one.id}
    ok = {"verdict": "ready", "camera": "ok", "microphone": "ok", "loudspeaker": "heard", "signaling": True}
    paper = {
        "item": "x",
        "name_sealed": b"x",
        "media_type": "application/pdf",
        "size": 1,
        "state": "accepted",
    }
    return [
        (DocumentRow, {"id": ONE, "case_id": one.case_id, **paper, "direction": "out", "created_at": at}),
        (IdentityCheckRow, {**own, "level": "low", "method": "card", "staff_id": 1, "checked_at": at}),
        (DeviceCheckRow, {"appointment_id": one.id, **ok, "media": "direct", "checked_at": at}),
        (CallBackRow, {"appointment_id": one.id, "phone_sealed": b"x", "since": at}),
        (
            InvitationRow,
            {
                **own,
                "part": "support",
                "token_hash": ONE,
                "who_sealed": b"x",
                "staff_id": 1,
                "created_at": at,
            },
        ),
        (TransferRow, {**own, "from_id": 1, "to_id": 2, "created_at": at}),
        (
            FormRow,
            {
                **own,
                "case_id": one.case_id,
                "staff_id": 1,
                "blank": "x",
                "version": 1,
                "state": "withdrawn",
                "content_sealed": b"x",
                "pdf_hash": "x",
                "pages": 1,
                "created_at": at,
                "expires_at": at,
                "ended_at": at,
            },
        ),
    ]


def alone(told_of: Any, at: datetime) -> Rows:
    """What has an end of its own."""
    return [*_of_citizens(told_of, at), *_of_staff(at)]


def _of_citizens(told_of: Any, at: datetime) -> Rows:
    sealed = {"wrapped_key": b"x", "key_version": 1, "text_sealed": b"x", "filed_at": at}
    taped = {"asked_at": at, "expires_at": at + timedelta(days=1)}
    erased = {"asked_at": at, "emptied_at": at, "done_at": at}
    closed = {"key_version": 1, "created_at": at, "closed_at": at}
    wish = {"services": [{"id": "bauberatung", "count": 1}], "mode": "any", "language": "de", "weekdays": []}
    days = {"first_day": at.date(), "last_day": at.date(), "earliest": 0, "latest": 1440}
    line = {"id": ONE, "token_hash": ONE, "client_key": "", "language": "de", "created_at": at}
    knock = {"number": "1", "state": "gone", "service_id": "bauberatung", "case_id": OTHER, "seen_at": at}
    return [
        (
            IncidentRow,
            {"id": ONE, "appointment_id": told_of.id, "staff_id": 1, "kind": "other", **sealed},
        ),
        (ExclusionRow, {"key": "k", "incident_id": ONE, "until": at + timedelta(days=5)}),
        (FeedbackRow, {"id": ONE, "service": "bauberatung", "day": berlin(at).date(), "score": 5}),
        (CaseRow, {"id": ONE, **closed}),
        (CaseRow, {"id": OTHER, **closed}),
        (WaitingRow, {**line, **wish, **days, "state": "left", "case_id": ONE, "ended_at": at}),
        (KnockRow, {**line, **knock}),
        (RecordingRow, {"id": ONE, "appointment_id": told_of.id, "state": "gone", "asked_by": 1, **taped}),
        (ErasureRow, {"id": ONE, "case_id": ONE, "appointment_id": told_of.id, **erased}),
    ]


def _of_staff(at: datetime) -> Rows:
    hour = timedelta(hours=1)
    session = {"token_hash": ONE, "staff_id": 1, "csrf": "x", "created_at": at, "used_at": at}
    duty = {"staff_id": 1, "place": "home", "starts_at": at - hour, "ends_at": at}
    absence = {"id": ONE, "staff_id": 1, "starts_at": at, "ends_at": at, "created_by": 1}
    rule = {"id": ONE, "class_key": "feedback", "version": 1, "hours": 24, "why": "x", "proposed_by": 1}
    decided = {"proposed_at": at, "decision": "rejected", "decided_by": 2, "decided_at": at}
    return [
        (StaffSessionRow, {**session, "expires_at": at + hour}),
        (DutyRow, {**duty, "takes_video": True, "demo": False}),
        (AbsenceRow, {**absence, "created_at": at, "done_at": at}),
        (RetentionRuleRow, {**rule, **decided}),
    ]
