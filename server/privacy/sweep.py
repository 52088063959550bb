"""What no other verb deletes: data beside a case, messages, duties, absences, left accounts, old decisions, and old appointments.

Some rows at a time, each portion with its line of the report in one transaction: a process may die anywhere, the next
one goes on. Documents, incidents, the waiting list and others end in the verbs of their own features.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy import classes as kinds
from recordings_policy.data_class import DataClass
from recordings_policy.retention import Periods
from server import audit
from server.booking.model import (
    AppointmentRow,
    CaseRow,
    ClaimRow,
    DutyRow,
    DutySeriesRow,
    IdempotencyRow,
    RosterImportRow,
    TrainingRow,
)
from server.booking.model_knock import KnockRow
from server.booking.model_waiting import WaitingRow
from server.clock import berlin
from server.db import Database, among
from server.documents.model import DocumentRow
from server.notices.outbox import OutboxRow
from server.people.model import StaffRow, StaffSessionRow
from server.privacy.model import LegalHoldRow
from server.privacy.model_report import SweptRow, swept
from server.privacy.stock import GONE, STOCK, due_rows, key_of
from server.rooms.model import InvitationRow, TransferRow
from server.signing.model import FormRow

AT_ONCE = 5_000
PLAIN: Final = (
    *(kinds.IDENTITY, kinds.SIGNATURE, kinds.DEVICE_CHECK, kinds.CALL_BACK, kinds.GUEST, kinds.HAND_OVER),
    *(kinds.RECORDING, kinds.NOTICE, kinds.ABSENCE, kinds.ERASURE, kinds.DECISION),
)
"""Rows that nothing else refers to."""
WITH_IT: Final = (
    (kinds.REPEAT, IdempotencyRow),
    (kinds.GUEST, InvitationRow),
    (kinds.HAND_OVER, TransferRow),
    (kinds.NOTICE, OutboxRow),
)
"""What can't be there without its appointment, whatever its own rule says."""


Keys = list[Any]
Remove = Callable[[AsyncConnection, DataClass, Keys, datetime], Awaitable[int]]


async def sweep(db: Database, now: datetime, periods: Periods) -> int:
    """Deletes what is due; returns how much. Safe to stop at any point and to repeat."""
    gone = 0
    for kind in PLAIN:
        gone += await _portions(db, kind, periods, now, _delete_plain)
    gone += await _portions(db, kinds.BOOKING, periods, now, _delete_appointments)
    await _delete_empty_cases(db)
    gone += await _portions(db, kinds.ROSTER, periods, now, _delete_duties)
    gone += await _portions(db, kinds.ACCOUNT, periods, now, _empty_accounts)
    await _tidy_rest(db, periods, now)
    if gone:
        await db.settle()
    return gone


async def _portions(db: Database, kind: DataClass, periods: Periods, now: datetime, remove: Remove) -> int:
    """Portion after portion until nothing of it is due."""
    gone = 0
    query = due_rows(kind, periods, now).limit(AT_ONCE)
    while True:
        async with db.write() as tx:
            keys = list(await tx.scalars(query))
            if not keys:
                return gone
            await swept(tx, kind, await remove(tx, kind, keys, now), now)
        gone += len(keys)


async def _delete_plain(tx: AsyncConnection, kind: DataClass, keys: Keys, _now: datetime) -> int:
    row = STOCK[kind].row
    return (await tx.execute(delete(row).where(among(tx, key_of(row), keys)))).rowcount


async def _delete_appointments(tx: AsyncConnection, _kind: DataClass, keys: Keys, now: datetime) -> int:
    """With all that points to them; what stands below with ON DELETE CASCADE goes along."""
    following = update(AppointmentRow).where(among(tx, AppointmentRow.follows_id, keys))
    await tx.execute(following.values(follows_id=None))
    await tx.execute(delete(ClaimRow).where(among(tx, ClaimRow.appointment_id, keys)))
    for kind, beside in WITH_IT:
        gone = await tx.execute(delete(beside).where(among(tx, beside.appointment_id, keys)))
        await swept(tx, kind, gone.rowcount, now)
    these = delete(AppointmentRow).where(among(tx, AppointmentRow.id, keys))
    # not those that another sweep was quicker with
    deleted = list(await tx.scalars(these.returning(AppointmentRow.id)))
    await audit.record_each(tx, now, "system", "appointment.deleted", deleted)
    return len(deleted)


async def _delete_empty_cases(db: Database) -> None:
    """Closed cases to which nothing belongs any more: there was nothing personal left in them."""
    users = (AppointmentRow, KnockRow, WaitingRow, DocumentRow, FormRow)
    unused = [~exists().where(user.case_id == CaseRow.id) for user in users]
    async with db.write() as tx:
        await tx.execute(delete(CaseRow).where(CaseRow.closed_at.is_not(None), *unused))


async def _delete_duties(tx: AsyncConnection, _kind: DataClass, keys: Keys, _now: datetime) -> int:
    await tx.execute(delete(ClaimRow).where(ClaimRow.duty_id.in_(keys)))
    return (await tx.execute(delete(DutyRow).where(DutyRow.id.in_(keys)))).rowcount


async def _empty_accounts(tx: AsyncConnection, _kind: DataClass, keys: Keys, _now: datetime) -> int:
    """Nothing says any more who it was; the row stays, since entries of the audit name its number."""
    for beside in (TrainingRow, StaffSessionRow):
        await tx.execute(delete(beside).where(beside.staff_id.in_(keys)))
    emptied = 0
    for staff_id in keys:
        login = f"{GONE}{staff_id}"
        one = update(StaffRow).where(StaffRow.id == staff_id, StaffRow.login != login)
        nobody: dict[str, Any] = {"login": login, "display": "–", "password_hash": None, "roles": []}
        emptied += (await tx.execute(one.values(**nobody, languages=[]))).rowcount
    return emptied


async def _tidy_rest(db: Database, periods: Periods, now: datetime) -> None:
    """What belongs to these kinds and is not counted: series and files of the roster, lifted holds, the report itself."""
    roster, decided = now - periods.of(kinds.ROSTER), now - periods.of(kinds.DECISION)
    old_import = RosterImportRow.created_at <= roster
    used = exists().where(DutyRow.series_id == DutySeriesRow.id)
    async with db.write() as tx:
        from_file = update(DutyRow).where(DutyRow.import_id.in_(select(RosterImportRow.id).where(old_import)))
        await tx.execute(from_file.values(import_id=None))
        await tx.execute(delete(RosterImportRow).where(old_import))
        ended = DutySeriesRow.last_day < berlin(roster).date()
        await tx.execute(delete(DutySeriesRow).where(ended, ~used))
        await tx.execute(delete(LegalHoldRow).where(LegalHoldRow.lifted_at <= decided))
        await tx.execute(delete(SweptRow).where(SweptRow.at <= decided))
