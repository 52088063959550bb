"""A city in which something of every kind of data lies, with the instant from which each is counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import FormData
from sqlalchemy import func, insert, or_, select, update

from recordings_policy import classes as kinds
from recordings_policy.data_class import DataClass
from server.audit import AuditRow
from server.booking.model import AppointmentRow, CaseRow, DutyRow, IdempotencyRow
from server.booking.model_knock import KnockRow
from server.booking.model_waiting import WaitingRow
from server.clock import BERLIN, berlin
from server.documents.model import DocumentRow
from server.notices.outbox import OutboxRow
from server.people.model import StaffRow, StaffSessionRow
from server.planning.model import AbsenceRow
from server.privacy.anchor_chain import extend
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
from tests.http.old_rows import alone, beside
from tests.office.city import City
from tests.office.papers import a_pdf

ONE = "1" * 32


@dataclass
class OldData:
    """`starts`: from when each kind is counted. The three appointments: one that was, one with an incident, one cancelled."""

    city: City
    starts: dict[DataClass, datetime]
    appointment: Any
    told_of: Any
    cancelled: Any

    async def there(self, kind: DataClass) -> int:
        """How much of this kind is left of what was there at the beginning."""
        async with self.city.office.db.read() as tx:
            return (
                await tx.scalar(
                    select(func.count()).select_from(*self._where(kind)[:1]).where(*self._where(kind)[1:])
                )
                or 0
            )

    def _where(self, kind: DataClass) -> tuple[Any, ...]:
        begin = self.starts[kinds.AUDIT]
        plain: dict[DataClass, tuple[Any, ...]] = {
            kinds.UNCONFIRMED: (
                AppointmentRow,
                AppointmentRow.state.in_(("held", "cancelled")),
                AppointmentRow.token_hash.is_(None),
            ),
            kinds.BOOKING: (AppointmentRow, AppointmentRow.id == self.appointment.id),
            kinds.CANCELLED: (
                CaseRow,
                CaseRow.id == self.cancelled.case_id,
                CaseRow.contact_sealed.is_not(None),
            ),
            kinds.CONTACT: (
                CaseRow,
                CaseRow.id == self.appointment.case_id,
                CaseRow.contact_sealed.is_not(None),
            ),
            kinds.UPLOAD: (DocumentRow, DocumentRow.direction == "in"),
            kinds.CITY_DOCUMENT: (DocumentRow, DocumentRow.direction == "out"),
            kinds.NOTICE: (OutboxRow, OutboxRow.created_at <= begin),
            kinds.LIMITS: (
                AppointmentRow,
                AppointmentRow.id == self.appointment.id,
                or_(AppointmentRow.caller_key.is_not(None), AppointmentRow.contact_key.is_not(None)),
            ),
            kinds.REPEAT: (IdempotencyRow,),
            kinds.ACCOUNT: (StaffRow, StaffRow.login == "gate"),
            kinds.SESSION: (StaffSessionRow,),
            kinds.ROSTER: (DutyRow, DutyRow.ends_at <= begin),
            kinds.AUDIT: (AuditRow, AuditRow.at <= begin),
            kinds.DECISION: (RetentionRuleRow, RetentionRuleRow.decision == "rejected"),
        }
        return plain[kind] if kind in plain else (TABLES[kind],)


TABLES: dict[DataClass, Any] = {
    kinds.IDENTITY: IdentityCheckRow,
    kinds.SIGNATURE: FormRow,
    kinds.DEVICE_CHECK: DeviceCheckRow,
    kinds.CALL_BACK: CallBackRow,
    kinds.GUEST: InvitationRow,
    kinds.HAND_OVER: TransferRow,
    kinds.INCIDENT: IncidentRow,
    kinds.EXCLUSION: ExclusionRow,
    kinds.FEEDBACK: FeedbackRow,
    kinds.WAITING: WaitingRow,
    kinds.KNOCK: KnockRow,
    kinds.ABSENCE: AbsenceRow,
    kinds.ERASURE: ErasureRow,
    kinds.RECORDING: RecordingRow,
}
AT_END = (
    *(kinds.CONTACT, kinds.UPLOAD, kinds.CITY_DOCUMENT, kinds.IDENTITY, kinds.SIGNATURE, kinds.DEVICE_CHECK),
    *(kinds.CALL_BACK, kinds.GUEST, kinds.HAND_OVER, kinds.LIMITS),
)


async def old_data(city: City) -> OldData:
    """Through the front door where it is short, else as rows."""
    begin = city.now
    booked = [await city.book("bauberatung", "video", nth=nth) for nth in range(3)]
    form = FormData(quote_fields=False)
    form.add_field("file", a_pdf(), filename="plan.pdf")
    await city.client.post(f"/api/v1/appointments/{booked[0]['token']}/documents", data=form)
    await city.client.delete(f"/api/v1/appointments/{booked[2]['token']}")
    await city.hold("bauberatung", (await city.free("bauberatung", "video"))[5])
    numbers = {one["number"]: nr for nr, one in enumerate(booked)}
    db = city.office.db
    async with db.read() as tx:
        query = select(AppointmentRow).where(AppointmentRow.number.in_(numbers))
        rows = sorted((await tx.execute(query)).all(), key=lambda row: numbers[row.number])
        held = await tx.scalar(select(AppointmentRow.expires_at).where(AppointmentRow.state == "held"))
    appointment, told_of, cancelled = rows
    assert held is not None
    async with db.write() as tx:
        await tx.execute(
            update(AppointmentRow).where(AppointmentRow.id == appointment.id).values(caller_key="k")
        )
        await tx.execute(update(StaffRow).where(StaffRow.login == "gate").values(active=False, left_at=begin))
        await tx.execute(update(OutboxRow).values(created_at=begin))
        for table, values in [*beside(appointment, begin), *alone(told_of, begin)]:
            await tx.execute(insert(table).values(**values))
    await extend(db)
    starts = dict.fromkeys(kinds.CLASSES, begin)
    starts |= dict.fromkeys(AT_END, appointment.ends_at) | {kinds.BOOKING: appointment.ends_at}
    day = berlin(begin).date()
    starts |= {
        kinds.UNCONFIRMED: held,
        kinds.EXCLUSION: begin + timedelta(days=5),
        kinds.SESSION: begin + timedelta(hours=1),
        kinds.FEEDBACK: datetime(day.year, day.month, day.day, tzinfo=BERLIN),
    }
    return OldData(city, starts, appointment, told_of, cancelled)


async def approve(city: City, periods: dict[DataClass, timedelta], at: datetime) -> None:
    """Rules in force from this instant, as if they had been proposed and approved."""
    async with city.office.db.write() as tx:
        for nr, (kind, period) in enumerate(periods.items()):
            asked = {"why": "x", "proposed_by": 1, "proposed_at": at, "decided_by": 2, "decided_at": at}
            hours = period // timedelta(hours=1)
            rule = {
                "id": f"{nr:032d}",
                "class_key": kind.key,
                "version": 2,
                "hours": hours,
                "decision": "approved",
            }
            await tx.execute(insert(RetentionRuleRow).values(**rule, **asked))
