"""The one place where documents end: marked in a transaction, then the bytes, then the row; safe to repeat at any point.

A case is closed by destroying its key and the personal data in the same step: from then on nothing of it can be
read, in backups neither, and its documents are marked.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy.classes import (
    CALL_BACK,
    CANCELLED,
    CITY_DOCUMENT,
    CONTACT,
    DEVICE_CHECK,
    GUEST,
    HAND_OVER,
    IDENTITY,
    RECORDING,
    SIGNATURE,
    UPLOAD,
)
from recordings_policy.retention import DEFAULTS, Periods
from server import audit
from server.access import Appointment, Staff
from server.booking.model import ALIVE, AppointmentRow, CaseRow
from server.db import Database, among
from server.documents.model import DocumentRow
from server.documents.seal import Store
from server.errors import MustBeKept, NotFound, TooLate
from server.privacy.model_end import case_over, held, locked, of_case_over, only_called_off
from server.privacy.model_report import swept
from server.rooms.model import InvitationRow, TransferRow
from server.rooms.model_call_back import CallBackRow
from server.rooms.model_check import DeviceCheckRow
from server.rooms.model_identity import IdentityCheckRow
from server.rooms.model_recording import RecordingRow
from server.signing.model import FormRow

OF_A_CASE = (CONTACT, UPLOAD, CITY_DOCUMENT, IDENTITY, SIGNATURE, DEVICE_CHECK, CALL_BACK, GUEST, HAND_OVER)
"""A case is closed when the longest of these periods is over; what has a shorter one goes before."""
BESIDE: Final = (
    (DEVICE_CHECK, DeviceCheckRow),
    (CALL_BACK, CallBackRow),
    (IDENTITY, IdentityCheckRow),
    (RECORDING, RecordingRow),
    (SIGNATURE, FormRow),
    (GUEST, InvitationRow),
    (HAND_OVER, TransferRow),
)
AT_ONCE, SEEN_AT_ONCE = 5_000, 50_000


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep has done, in numbers."""

    cases_closed: int
    documents_removed: int


async def take_back(db: Database, appointment: Appointment, document_id: str, now: datetime) -> None:
    """A citizen takes a document back: gone from every view at once, from the disk at the next sweep.

    `NotFound` for a foreign or already deleted one, `TooLate` once the appointment is over, `MustBeKept` by legal hold.
    """
    if appointment.state not in ALIVE:
        raise TooLate
    own = and_(
        DocumentRow.id == document_id,
        DocumentRow.case_id == appointment.case_id,
        DocumentRow.direction == "in",
    )
    async with db.write() as tx:
        await _refuse_held(tx, appointment)
        marked = await tx.execute(
            update(DocumentRow).where(own, DocumentRow.deleted_at.is_(None)).values(deleted_at=now)
        )
        if marked.rowcount != 1:
            raise NotFound
        await audit.record(tx, now, "citizen", "document.taken-back", document_id, appointment=appointment.id)


async def withdraw(
    db: Database, staff: Staff, appointment: Appointment, document_id: str, now: datetime
) -> None:
    """The city takes its own document back, whether it was fetched or not; `NotFound` for any other, `MustBeKept`."""
    citys = (
        DocumentRow.id == document_id,
        DocumentRow.case_id == appointment.case_id,
        DocumentRow.direction == "out",
        DocumentRow.deleted_at.is_(None),
    )
    async with db.write() as tx:
        await _refuse_held(tx, appointment)
        if (await tx.execute(update(DocumentRow).where(*citys).values(deleted_at=now))).rowcount != 1:
            raise NotFound
        detail = {"appointment": appointment.id}
        await audit.record(tx, now, staff.actor, "document.withdrawn", document_id, **detail)


async def _refuse_held(tx: AsyncConnection, appointment: Appointment) -> None:
    """Locks the case, so that a hold placed in the same moment comes before or after."""
    await tx.execute(locked(CaseRow.id == appointment.case_id))
    if await tx.scalar(select(held(appointment.case_id))):
        raise MustBeKept


async def sweep(db: Database, store: Store, now: datetime, periods: Periods = DEFAULTS) -> Swept:
    """Does what is due: closes cases, removes bytes and rows of marked documents."""
    closed = await close_due_cases(db, now, periods)
    await forget_contacts(db, now, periods)
    await mark_due(db, now, periods)
    await mark_expired(db, now)
    removed = 0
    while marked := await marked_documents(db):
        await remove_bytes(store, marked)
        await remove_rows(db, marked, now)
        removed += len(marked)
    if closed or removed:
        await db.settle()
    return Swept(closed, removed)


async def tidy_store(db: Database, store: Store, now: datetime) -> int:
    """Removes what uploads left whose process died; looks at every file, so once an hour is enough."""
    await db.settle()
    return await remove_orphans(db, store, now)


async def close_due_cases(db: Database, now: datetime, periods: Periods = DEFAULTS) -> int:
    """Destroys the keys and personal data of cases whose time is over, and marks their documents; some at a time."""
    limits = (now - max(periods.of(one) for one in OF_A_CASE), now - periods.of(CANCELLED))
    due = select(CaseRow.id).where(CaseRow.closed_at.is_(None), case_over(*limits))
    closed = 0
    further: ColumnElement[bool] = true()
    while True:
        # as they were opened: those lie together, where an order of chance has each portion touch every page
        order = (CaseRow.created_at, CaseRow.id)
        query = due.add_columns(CaseRow.created_at).where(further).order_by(*order).limit(SEEN_AT_ONCE)
        async with db.read() as tx:
            seen = (await tx.execute(query)).all()
        for start in range(0, len(seen), AT_ONCE):
            ids = [row.id for row in seen[start : start + AT_ONCE]]
            closed += await _close_some(db, due, ids, now)
        if len(seen) < SEEN_AT_ONCE:
            return closed
        last = seen[-1]
        later = and_(CaseRow.created_at == last.created_at, CaseRow.id > last.id)
        further = or_(CaseRow.created_at > last.created_at, later)


async def _close_some(db: Database, due: Select[Any], seen: Sequence[str], now: datetime) -> int:
    async with db.write() as tx:
        # locked, then looked at afresh: a clerk may just have booked another appointment on the case
        await tx.execute(locked(among(tx, CaseRow.id, seen)))
        ids = list(await tx.scalars(due.where(among(tx, CaseRow.id, seen))))
        if not ids:
            return 0
        await close_cases(tx, ids, now)
        return len(ids)


async def close_cases(tx: AsyncConnection, ids: Sequence[str], now: datetime) -> None:
    """Destroys the keys and all that is personal beside them, and marks the documents."""
    if not ids:
        return
    these = among(tx, CaseRow.id, ids)
    known = select(func.count(), func.sum(case((only_called_off(), 1), else_=0)))
    contacts, cancelled = (await tx.execute(known.where(these, CaseRow.contact_sealed.is_not(None)))).one()
    await swept(tx, CANCELLED, cancelled or 0, now)
    await swept(tx, CONTACT, contacts - (cancelled or 0), now)
    # the case first: an upload that enters its row just now holds the case's lock until it is there to mark
    emptied = {"wrapped_key": None, "contact_sealed": None, "closed_at": now}
    await tx.execute(update(CaseRow).where(these).values(**emptied))
    documents = update(DocumentRow).where(
        among(tx, DocumentRow.case_id, ids), DocumentRow.deleted_at.is_(None)
    )
    await tx.execute(documents.values(deleted_at=now))
    await _remove_beside(tx, ids, now)
    await audit.record_each(tx, now, "system", "case.closed", ids)


async def _remove_beside(tx: AsyncConnection, case_ids: Sequence[str], now: datetime) -> None:
    """What hangs on the cases' appointments and has no meaning without the case."""
    of_cases = select(AppointmentRow.id).where(among(tx, AppointmentRow.case_id, case_ids))
    belonging = list(await tx.scalars(of_cases))
    for kind, beside in BESIDE:
        gone = await tx.execute(delete(beside).where(among(tx, beside.appointment_id, belonging)))
        await swept(tx, kind, gone.rowcount, now)


async def forget_contacts(db: Database, now: datetime, periods: Periods) -> None:
    """Name and contact go by their own rule, where other data of the case stays longer."""
    limits = (now - periods.of(CONTACT), now - periods.of(CANCELLED))
    there = (CaseRow.closed_at.is_(None), CaseRow.contact_sealed.is_not(None), case_over(*limits))
    async with db.write() as tx:
        gone = await tx.execute(update(CaseRow).where(*there).values(contact_sealed=None))
        await swept(tx, CONTACT, gone.rowcount, now)


async def mark_due(db: Database, now: datetime, periods: Periods) -> None:
    """Documents go by their own rules, where the case stays longer."""
    async with db.write() as tx:
        for kind, direction in ((UPLOAD, "in"), (CITY_DOCUMENT, "out")):
            over = of_case_over(DocumentRow.case_id, now - periods.of(kind), now - periods.of(CANCELLED))
            due = (DocumentRow.direction == direction, DocumentRow.deleted_at.is_(None))
            marked = update(DocumentRow).where(*due, over)
            await tx.execute(marked.values(deleted_at=now))


async def mark_expired(db: Database, now: datetime) -> None:
    """What the city sent and can't be fetched any more."""
    over = (DocumentRow.direction == "out", DocumentRow.expires_at <= now, DocumentRow.deleted_at.is_(None))
    async with db.write() as tx:
        await tx.execute(update(DocumentRow).where(*over, ~held(DocumentRow.case_id)).values(deleted_at=now))


async def kept_until(tx: AsyncConnection, case_id: str, period: timedelta) -> datetime | None:
    """When so long has passed after the last of a case's appointments; None for a case without one that takes place."""
    ends = select(func.max(AppointmentRow.ends_at)).where(
        AppointmentRow.case_id == case_id, AppointmentRow.state != "cancelled"
    )
    last: datetime | None = await tx.scalar(ends)
    return last + period if last else None


async def marked_documents(db: Database) -> list[str]:
    """Some documents that are marked and still have a row."""
    query = select(DocumentRow.id).where(DocumentRow.deleted_at.is_not(None)).limit(AT_ONCE)
    async with db.read() as tx:
        return list(await tx.scalars(query))


async def remove_bytes(store: Store, document_ids: Sequence[str]) -> None:
    for document_id in document_ids:
        await store.remove(document_id)


async def remove_rows(db: Database, document_ids: Sequence[str], now: datetime) -> None:
    """The last step: a row goes only after its bytes. Of two that do this at once each tells what it deleted itself."""
    these = delete(DocumentRow).where(DocumentRow.id.in_(document_ids))
    async with db.write() as tx:
        gone = (await tx.execute(these.returning(DocumentRow.id, DocumentRow.direction))).all()
        ours = sum(row.direction == "out" for row in gone)
        await swept(tx, CITY_DOCUMENT, ours, now)
        await swept(tx, UPLOAD, len(gone) - ours, now)
        await audit.record_each(tx, now, "system", "document.deleted", [row.id for row in gone])


async def remove_orphans(db: Database, store: Store, now: datetime) -> int:
    """Removes stored files without a row: their process died between storing and entering them."""
    settled = await asyncio.to_thread(store.settled, now)
    orphans: list[str] = []
    for start in range(0, len(settled), AT_ONCE):
        some = settled[start : start + AT_ONCE]
        async with db.read() as tx:
            known = set(await tx.scalars(select(DocumentRow.id).where(DocumentRow.id.in_(some))))
            taped = (RecordingRow.id.in_(some), RecordingRow.key_sealed.is_not(None))
            known |= set(await tx.scalars(select(RecordingRow.id).where(*taped)))
        orphans += [document_id for document_id in some if document_id not in known]
    await remove_bytes(store, orphans)
    return len(orphans)
