"""A citizen sends a document ahead: checked and sealed while it streams in, then entered. Nothing is left of a refused one."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server import audit
from server.access import Appointment, Case, case_of
from server.booking.model import ALIVE, AppointmentRow, CaseRow
from server.catalog.model import ServiceRow
from server.documents.ahead import Ahead
from server.documents.checking import Door
from server.documents.content import Inspector
from server.documents.model import DocumentRow, name_bound
from server.documents.names import clean_name, named_truly, refuse_foreign_extension
from server.documents.seal import Store
from server.errors import BadInput, Conflict, TooLarge, TooLate
from server.sealing import Keyring, seal

OTHER = "other"
LIVES = timedelta(hours=24)
MOST_FILES = 20
MOST_FULL_FILES = 4
UNKNOWN_ITEM = "Diese Unterlage gehört nicht zu Ihrem Termin. Bitte wählen Sie einen Punkt Ihrer Liste."
TOO_MANY_FILES = (
    "Zu diesem Termin liegen schon {most} Dateien vor. Bitte nehmen Sie zuerst eine davon zurück."
)
TOO_MUCH = "Alle Dateien zusammen sind zu groß. Erlaubt sind höchstens {limit_mb} MB je Termin."


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as its owner and the clerk see it; `size` in bytes, `name` and the clerk's `words` opened."""

    id: str
    item: str
    name: str
    media_type: str
    size: int
    state: str
    created_at: datetime
    pages: int | None = None
    direction: str = "in"
    expires_at: datetime | None = None
    reason_key: str | None = None
    words: str | None = None
    decided_at: datetime | None = None
    active: tuple[str, ...] = ()


async def receive(
    door: Door,
    keyring: Keyring,
    appointment: Appointment,
    item: str,
    filename: str,
    chunks: AsyncIterator[bytes],
    *,
    limit: int,
    now: datetime,
) -> StoredDocument:
    """Takes one file for a checklist item (or "other"); `limit` in bytes for this file.

    `BadInput` (item, empty, broken), `TypeNotAllowed`, `TooLarge` (also while streaming), `Conflict` (too many),
    `TooLate` (appointment over or cancelled), `NotFound` (case closed), and what `Door.taken_in` raises. The bytes stream
    in outside any transaction; if the entry then fails they are removed, and if the process dies, the sweep finds them.
    """
    db, store = door.db, door.store
    check_open(appointment)
    name = clean_name(filename)
    refuse_foreign_extension(name)
    async with db.read() as tx:
        case = await case_of(tx, appointment, keyring)
        await refuse_foreign_item(tx, appointment, item)
        await refuse_too_many(tx, case.id, 0, limit)
    document_id = secrets.token_hex(16)
    inspector = Inspector()
    with Ahead(inspector) as ahead:
        size = await poured(store, case, document_id, chunks, ahead, limit)
        name = named_truly(name, inspector.media_type)
        document = StoredDocument(document_id, item, name, inspector.media_type, size, "receiving", now)
        try:
            async with db.write() as tx:
                await refuse_unless_open(tx, appointment)
                await refuse_too_many(tx, case.id, size, limit)
                await enter(tx, case, document, received=size, expires_at=now + LIVES)
                detail = {"appointment": appointment.id, "item": item, "size": size}
                await audit.record(tx, now, "citizen", "document.received", document_id, **detail)
        except BaseException:
            await store.remove(document_id)
            raise
        return replace(document, state=await door.taken_in(case, document_id, now, ahead))


def check_open(appointment: Appointment) -> None:
    """Documents belong to a confirmed appointment that is not over: `TooLate`."""
    if appointment.state == "pending":
        raise TooLate("Bitte bestätigen Sie zuerst den Termin mit dem Link in der E-Mail.")
    if appointment.state not in ALIVE:
        raise TooLate


async def poured(
    store: Store, case: Case, document_id: str, chunks: AsyncIterator[bytes], ahead: Ahead, limit: int
) -> int:
    """The chunks into the store, while the inspector and the child see them; returns how many bytes they are."""
    async with (
        aclosing(_inspected(chunks, ahead.inspector, limit)) as fitting,
        aclosing(ahead.passing(fitting)) as passing,
    ):
        return await store.write(document_id, case.key, f"case/{case.id}", passing)


async def _inspected(
    chunks: AsyncIterator[bytes], inspector: Inspector, limit: int
) -> AsyncGenerator[bytes, None]:
    """The chunks while they are within the limit and what the inspector lets pass."""
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(params={"limit_mb": limit // 1_000_000}, limit=limit)
        inspector.feed(chunk)
        yield chunk
    inspector.finish()


async def refuse_foreign_item(tx: AsyncConnection, appointment: Appointment, item: str) -> None:
    """`BadInput` for an item that the appointment's services do not ask for ahead."""
    if item == OTHER:
        return
    wanted = select(ServiceRow.checklist).where(ServiceRow.id.in_([id_ for id_, _ in appointment.services]))
    for checklist in await tx.scalars(wanted):
        if any(entry["key"] == item and entry["when"] == "ahead" for entry in checklist):
            return
    raise BadInput(UNKNOWN_ITEM)


async def refuse_too_many(
    tx: AsyncConnection, case_id: str, size: int, limit: int, direction: str = "in"
) -> None:
    """`Conflict` for too many files, `TooLarge` for too many bytes; what was announced counts as if it were there.

    What the city sends does not count against the citizen, nor the other way round.
    """
    used = select(func.count(), func.coalesce(func.sum(DocumentRow.size), 0))
    # files taken back count until their bytes are gone: else the disk could be filled by taking back
    same = (DocumentRow.case_id == case_id, DocumentRow.direction == direction)
    files, total = (await tx.execute(used.where(*same))).one()
    if files >= MOST_FILES:
        raise Conflict(TOO_MANY_FILES, params={"most": MOST_FILES})
    if total + size > limit * MOST_FULL_FILES:
        raise TooLarge(TOO_MUCH, params={"limit_mb": limit * MOST_FULL_FILES // 1_000_000}, limit=limit)


async def refuse_unless_open(tx: AsyncConnection, appointment: Appointment) -> None:
    """Locks the case; `TooLate` once it is closed or the appointment is over."""
    await lock_case(tx, appointment)
    state = await tx.scalar(select(AppointmentRow.state).where(AppointmentRow.id == appointment.id))
    if state not in ALIVE:
        raise TooLate


async def lock_case(tx: AsyncConnection, appointment: Appointment) -> None:
    """So that two uploads count after each other, and closing the case waits or has happened: `TooLate`."""
    lock = select(CaseRow.wrapped_key).where(CaseRow.id == appointment.case_id).with_for_update()
    if (await tx.execute(lock)).scalar_one_or_none() is None:
        raise TooLate


async def enter(
    tx: AsyncConnection,
    case: Case,
    document: StoredDocument,
    *,
    received: int,
    expires_at: datetime | None = None,
) -> None:
    """The document's row; its name is sealed."""
    await tx.execute(
        insert(DocumentRow).values(
            id=document.id,
            case_id=case.id,
            item=document.item,
            name_sealed=seal(case.key, document.name.encode(), name_bound(case.id, document.id)),
            media_type=document.media_type,
            size=document.size,
            state=document.state,
            received=received,
            direction=document.direction,
            expires_at=expires_at,
            created_at=document.created_at,
        )
    )
