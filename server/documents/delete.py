"""The one place where documents end: marked in a transaction, then the bytes, then the row; safe to repeat at any point.

A case is closed by destroying its key and the personal data in the same step: from then on nothing of it can be
read, in backups neither, and its documents are marked.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server import audit
from server.access import Appointment, Staff
from server.booking.model import ALIVE, AppointmentRow, CaseRow
from server.db import Database
from server.documents.model import DocumentRow
from server.documents.seal import Store
from server.errors import NotFound, TooLate
from server.rooms.model_call_back import CallBackRow
from server.rooms.model_check import DeviceCheckRow
from server.rooms.model_identity import IdentityCheckRow
from server.signing.model import FormRow

# How long a cancelled appointment can be asked about, and how long a clerk works on after a meeting.
AFTER_CANCELLATION = timedelta(days=2)
AFTER_END = timedelta(days=14)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep has done, in numbers."""

    cases_closed: int
    documents_removed: int


async def take_back(db: Database, appointment: Appointment, document_id: str, now: datetime) -> None:
    """A citizen takes a document back: gone from every view at once, from the disk at the next sweep.

    `NotFound` for a foreign or already deleted one, `TooLate` once the appointment is over.
    """
    if appointment.state not in ALIVE:
        raise TooLate
    own = and_(
        DocumentRow.id == document_id,
        DocumentRow.case_id == appointment.case_id,
        DocumentRow.direction == "in",
    )
    async with db.write() as tx:
        marked = await tx.execute(
            update(DocumentRow).where(own, DocumentRow.deleted_at.is_(None)).values(deleted_at=now)
        )
        if marked.rowcount != 1:
            raise NotFound
        await audit.record(tx, now, "citizen", "document.taken-back", document_id, appointment=appointment.id)


async def withdraw(
    db: Database, staff: Staff, appointment: Appointment, document_id: str, now: datetime
) -> None:
    """The city takes its own document back, whether it was fetched or not; `NotFound` for any other."""
    citys = (
        DocumentRow.id == document_id,
        DocumentRow.case_id == appointment.case_id,
        DocumentRow.direction == "out",
        DocumentRow.deleted_at.is_(None),
    )
    async with db.write() as tx:
        if (await tx.execute(update(DocumentRow).where(*citys).values(deleted_at=now))).rowcount != 1:
            raise NotFound
        detail = {"appointment": appointment.id}
        await audit.record(tx, now, staff.actor, "document.withdrawn", document_id, **detail)


async def sweep(db: Database, store: Store, now: datetime) -> Swept:
    """Does what is due: closes cases, removes bytes and rows of marked documents."""
    closed = await close_due_cases(db, now)
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


async def close_due_cases(db: Database, now: datetime) -> int:
    """Destroys the keys and personal data of cases whose time is over, and marks their documents."""
    own = AppointmentRow.case_id == CaseRow.id
    due = select(CaseRow.id).where(
        CaseRow.closed_at.is_(None), exists().where(own), ~exists().where(own, _needs_it(now))
    )
    closed = 0
    async with db.write() as tx:
        for case_id in list(await tx.scalars(due)):
            # locked, then looked at afresh: a clerk may just have booked another appointment on the case
            lock = update(CaseRow).where(CaseRow.id == case_id)
            await tx.execute(lock.values(key_version=CaseRow.key_version))
            if await tx.scalar(due.where(CaseRow.id == case_id)) is None:
                continue
            closed += 1
            await close_case(tx, case_id, now)
    return closed


async def close_case(tx: AsyncConnection, case_id: str, now: datetime) -> None:
    """Destroys the key and all that is personal beside it, and marks the documents."""
    # the case first: an upload that enters its row just now holds the case's lock until it is there to mark
    emptied = {"wrapped_key": None, "contact_sealed": None, "closed_at": now}
    await tx.execute(update(CaseRow).where(CaseRow.id == case_id).values(**emptied))
    documents = update(DocumentRow).where(DocumentRow.case_id == case_id, DocumentRow.deleted_at.is_(None))
    await tx.execute(documents.values(deleted_at=now))
    belonging = select(AppointmentRow.id).where(AppointmentRow.case_id == case_id)
    for beside in (DeviceCheckRow, CallBackRow, IdentityCheckRow):
        await tx.execute(delete(beside).where(beside.appointment_id.in_(belonging)))
    await tx.execute(delete(FormRow).where(FormRow.case_id == case_id))
    await audit.record(tx, now, "system", "case.closed", case_id)


async def mark_expired(db: Database, now: datetime) -> None:
    """What the city sent and can't be fetched any more."""
    over = (DocumentRow.direction == "out", DocumentRow.expires_at <= now, DocumentRow.deleted_at.is_(None))
    async with db.write() as tx:
        await tx.execute(update(DocumentRow).where(*over).values(deleted_at=now))


async def kept_until(tx: AsyncConnection, case_id: str) -> datetime | None:
    """When the last of a case's appointments needs it no more; None for a case without one that takes place."""
    ends = select(func.max(AppointmentRow.ends_at)).where(
        AppointmentRow.case_id == case_id, AppointmentRow.state != "cancelled"
    )
    last: datetime | None = await tx.scalar(ends)
    return last + AFTER_END if last else None


def _needs_it(now: datetime) -> ColumnElement[bool]:
    """Whether an appointment still needs its case; a case ends with the last of its appointments."""
    called_off = and_(
        AppointmentRow.state == "cancelled",
        AppointmentRow.cancelled_at.is_not(None),
        AppointmentRow.cancelled_at <= now - AFTER_CANCELLATION,
    )
    return and_(AppointmentRow.ends_at > now - AFTER_END, ~called_off)


async def marked_documents(db: Database) -> list[str]:
    """Some documents that are marked and still have a row."""
    query = select(DocumentRow.id).where(DocumentRow.deleted_at.is_not(None)).limit(AT_ONCE)
    async with db.read() as tx:
        return list(await tx.scalars(query))


async def remove_bytes(store: Store, document_ids: Sequence[str]) -> None:
    for document_id in document_ids:
        await store.remove(document_id)


async def remove_rows(db: Database, document_ids: Sequence[str], now: datetime) -> None:
    """The last step: a row goes only after its bytes."""
    async with db.write() as tx:
        for document_id in document_ids:
            gone = await tx.execute(delete(DocumentRow).where(DocumentRow.id == document_id))
            if gone.rowcount:
                await audit.record(tx, now, "system", "document.deleted", document_id)


async def remove_orphans(db: Database, store: Store, now: datetime) -> int:
    """Removes stored files without a row: their process died between storing and entering them."""
    settled = await asyncio.to_thread(store.settled, now)
    orphans: list[str] = []
    for start in range(0, len(settled), AT_ONCE):
        some = settled[start : start + AT_ONCE]
        async with db.read() as tx:
            known = set(await tx.scalars(select(DocumentRow.id).where(DocumentRow.id.in_(some))))
        orphans += [document_id for document_id in some if document_id not in known]
    await remove_bytes(store, orphans)
    return len(orphans)
