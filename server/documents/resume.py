"""An upload that may be broken off and gone on with: announced, then sent in parts. How this is said over HTTP is `routes_tus.py`."""

import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, not_, or_, select, update

from server import audit
from server.access import Appointment, Case, case_by_id, case_of
from server.db import Database
from server.documents import grow
from server.documents.checking import Door
from server.documents.content import refuse_foreign_beginning
from server.documents.model import DocumentRow
from server.documents.names import clean_name, refuse_foreign_extension
from server.documents.seal import Store
from server.documents.upload import (
    LIVES,
    StoredDocument,
    check_open,
    enter,
    refuse_foreign_item,
    refuse_too_many,
    refuse_unless_open,
)
from server.errors import BadInput, Conflict, Damaged, Gone, NotFound, Refusal, TooLarge, TypeNotAllowed
from server.sealing import Keyring, SealBroken

log = logging.getLogger("sprechzeit.documents")

AT_ONCE = 50
LOOKED_AT_WITHIN = timedelta(minutes=5)
EMPTY = "Die Datei ist leer. Bitte wählen Sie eine Datei mit Inhalt."
MORE_THAN_SAID = "Es kam mehr an, als angekündigt war. Bitte senden Sie die Datei noch einmal."


class OffsetMismatch(Conflict):
    type = "offset-mismatch"
    detail = "Der Server hat einen anderen Teil dieser Datei. Bitte fragen Sie zuerst, wie weit er ist."


class BeingWritten(Conflict):
    status = 423
    type = "being-written"
    detail = "Diese Datei wird gerade über eine andere Verbindung gesendet."


class ChecksumMismatch(Conflict):
    status = 460
    type = "checksum-mismatch"
    detail = "Dieser Teil ist unterwegs beschädigt worden. Bitte senden Sie ihn noch einmal."


class UploadOver(Gone):
    type = "upload-over"
    detail = "Diese Übertragung ist abgelaufen. Bitte senden Sie die Datei noch einmal."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is, in bytes; `expires_at` None: it is whole."""

    id: str
    received: int
    size: int
    expires_at: datetime | None


async def announce(
    db: Database,
    store: Store,
    keyring: Keyring,
    appointment: Appointment,
    item: str,
    filename: str,
    size: int,
    *,
    limit: int,
    now: datetime,
) -> Progress:
    """Makes room for a file of `size` bytes. Refusals as `upload.receive`; nothing of the file is there yet."""
    check_open(appointment)
    name = clean_name(filename)
    refuse_foreign_extension(name)
    if size == 0:
        raise BadInput(EMPTY)
    if size > limit:
        raise TooLarge(params={"limit_mb": limit // 1_000_000}, limit=limit)
    async with db.read() as tx:
        case = await case_of(tx, appointment, keyring)
        await refuse_foreign_item(tx, appointment, item)
        await refuse_too_many(tx, case.id, size, limit)
    document = StoredDocument(secrets.token_hex(16), item, name, "", size, "receiving", now)
    await grow.begin(store, document.id)
    try:
        async with db.write() as tx:
            await refuse_unless_open(tx, appointment)
            await refuse_too_many(tx, case.id, size, limit)
            await enter(tx, case, document, received=0, expires_at=now + LIVES)
            detail = {"appointment": appointment.id, "item": item, "size": size}
            await audit.record(tx, now, "citizen", "document.announced", document.id, **detail)
    except BaseException:
        await store.remove(document.id)
        raise
    return Progress(document.id, 0, size, now + LIVES)


async def progress(
    db: Database, store: Store, appointment: Appointment, document_id: str, now: datetime
) -> Progress:
    """How far it is, once a request that still writes has stopped: its line may be dead long since.

    `NotFound` for a foreign one, `UploadOver` when its time has run out.
    """
    await _row(db, appointment, document_id)
    await store.interrupt(document_id)
    row = await _row(db, appointment, document_id)
    if row.state != "receiving":
        return Progress(document_id, row.size, row.size, None)
    if row.expires_at is None or row.expires_at <= now:
        raise UploadOver
    return Progress(document_id, row.received, row.size, row.expires_at)


async def _row(db: Database, appointment: Appointment, document_id: str) -> Any:
    columns = (DocumentRow.received, DocumentRow.size, DocumentRow.state, DocumentRow.expires_at)
    own = and_(DocumentRow.id == document_id, DocumentRow.case_id == appointment.case_id)
    arriving = and_(own, DocumentRow.direction == "in", DocumentRow.deleted_at.is_(None))
    async with db.read() as tx:
        row = (await tx.execute(select(*columns).where(arriving))).first()
    if row is None or appointment.case_id is None:
        raise NotFound
    return row


async def resume(
    door: Door,
    keyring: Keyring,
    appointment: Appointment,
    document_id: str,
    offset: int,
    chunks: AsyncIterator[bytes],
    *,
    check: grow.Check | None,
    now: datetime,
) -> Progress:
    """Takes the part that begins at `offset`. What arrived of a broken-off part stays (but for one with a `check`).

    `OffsetMismatch`, `BeingWritten`, `ChecksumMismatch`, `TooLarge`, `UploadOver`; with the last part also what the
    content deserves.
    """
    db, store = door.db, door.store
    check_open(appointment)
    before = await progress(db, store, appointment, document_id, now)
    if before.expires_at is None or before.received != offset:
        raise OffsetMismatch
    async with db.read() as tx:
        case = await case_of(tx, appointment, keyring)

    async def standing() -> int:
        return int((await _row(db, appointment, document_id)).received)

    if offset == 0:
        chunks = refuse_foreign_beginning(chunks)
    where = (store, document_id, case.key, f"case/{case.id}")
    with door.looks.part(document_id, offset, before.size) as ahead:

        async def kept(count: int) -> None:
            await _note(db, document_id, count, now)
            ahead.kept = count

        try:
            with _in_words():
                async with aclosing(ahead.passing(chunks, offset)) as passing:
                    received = await grow.grow(
                        *where,
                        offset=offset,
                        size=before.size,
                        chunks=passing,
                        standing=standing,
                        kept=kept,
                        check=check,
                    )
        except TypeNotAllowed as refusal:
            await door.turn_away(document_id, refusal, now)
            raise
        if check is not None and not check.holds():
            raise ChecksumMismatch
        if received == before.size:
            await door.taken_in(case, document_id, now, ahead)
    return Progress(document_id, received, before.size, None if received == before.size else now + LIVES)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except grow.Busy:
        raise BeingWritten from None
    except grow.Moved:
        raise OffsetMismatch from None
    except grow.TooMuch:
        raise TooLarge(MORE_THAN_SAID) from None
    except (SealBroken, FileNotFoundError):
        raise UploadOver from None


async def finish_arrived(door: Door, keyring: Keyring, now: datetime) -> int:
    """Takes in what had arrived whole when its process died, marks what nobody went on with; returns how many."""
    columns = (DocumentRow.id, DocumentRow.case_id, DocumentRow.received)
    waiting = and_(DocumentRow.state == "receiving", DocumentRow.deleted_at.is_(None))
    over, whole = DocumentRow.expires_at <= now, DocumentRow.received == DocumentRow.size
    citizens = and_(DocumentRow.direction == "in", DocumentRow.expires_at <= now + LIVES - LOOKED_AT_WITHIN)
    citys = and_(DocumentRow.direction == "out", DocumentRow.created_at <= now - LOOKED_AT_WITHIN)
    forgotten = or_(citizens, citys)
    async with door.db.write() as tx:
        await tx.execute(update(DocumentRow).where(waiting, over, not_(whole)).values(deleted_at=now))
        rows = (await tx.execute(select(*columns).where(waiting, whole, forgotten).limit(AT_ONCE))).all()
    for row in rows:
        try:
            async with door.db.read() as tx:
                case = await case_by_id(tx, row.case_id, keyring)
        except (
            Refusal,
            SealBroken,
        ):  # closed; or its key can't be opened now, which says nothing of the file
            continue
        # a file that may not come in: nobody waits for the words
        with suppress(Refusal):
            await _taken_in(door, case, row.id, now)
    return len(rows)


async def _taken_in(door: Door, case: Case, document_id: str, now: datetime) -> None:
    try:
        await door.taken_in(case, document_id, now)
    except (SealBroken, FileNotFoundError) as error:
        log.error("upload %s can not be opened: %s", document_id, type(error).__name__)
        await door.turn_away(document_id, Damaged(), now)


async def _note(db: Database, document_id: str, count: int, now: datetime) -> None:
    row = update(DocumentRow).where(DocumentRow.id == document_id, DocumentRow.state == "receiving")
    async with db.write() as tx:
        await tx.execute(row.values(received=count, expires_at=now + LIVES))
