"""Who looks at documents: the citizen at the own ones, the clerk at those of an own appointment. Staff access is recorded."""

import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server import audit
from server.access import Appointment, Case, Staff, case_of
from server.db import Database
from server.documents.model import SAID_NO, DocumentRow, name_bound, reason_bound
from server.documents.seal import Store
from server.documents.upload import StoredDocument
from server.errors import Damaged, Gone, NotFound
from server.sealing import Keyring, SealBroken, open_sealed

log = logging.getLogger("sprechzeit.documents")

SHUT = ("receiving", "quarantine")
OVER = "Die Zeit, in der Sie dieses Dokument abholen konnten, ist vorbei. Bitte rufen Sie uns an, wenn Sie es noch brauchen."
UNREADABLE = "Diese Datei lässt sich nicht mehr öffnen. Bitte senden Sie sie noch einmal."


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document being read; `chunks` is its content in order and must be used up or closed."""

    document: StoredDocument
    chunks: AsyncGenerator[bytes, None]


async def documents_of(
    tx: AsyncConnection, appointment: Appointment, keyring: Keyring
) -> list[StoredDocument]:
    """All documents of an appointment that was handed out by `access`, oldest first; none once the case is closed."""
    try:
        case = await case_of(tx, appointment, keyring)
    except NotFound:
        return []
    rows = await tx.execute(_living(case.id).order_by(DocumentRow.created_at, DocumentRow.id))
    return [_opened(case, row) for row in rows]


async def open_document(
    db: Database,
    store: Store,
    keyring: Keyring,
    appointment: Appointment,
    document_id: str,
    *,
    by: Staff | None,
    now: datetime,
    action: str = "document.opened",
) -> OpenedDocument:
    """Opens one document; `by` None is the citizen. `NotFound` for a foreign one, `Damaged` for a file that is not what was sealed.

    The first piece is opened here, so that a damaged file is refused in words and not by a broken download.
    """
    async with db.read() as tx:
        case = await case_of(tx, appointment, keyring)
        whole = and_(DocumentRow.id == document_id, DocumentRow.state.not_in(SHUT))
        row = (await tx.execute(_living(case.id).where(whole))).first()
    if row is None:
        raise NotFound
    document = _opened(case, row)
    if document.expires_at is not None and document.expires_at <= now:
        raise Gone(OVER)
    chunks = store.read(document_id, case.key, f"case/{case.id}")
    try:
        first = await anext(chunks, b"")
    except (SealBroken, FileNotFoundError) as error:
        log.error("document %s can not be opened: %s", document_id, type(error).__name__)
        raise Damaged(UNREADABLE) from None
    if by is not None:
        async with db.write() as tx:
            await audit.record(tx, now, by.actor, action, document_id, appointment=appointment.id)
    return OpenedDocument(document, _with_first(first, chunks))


def in_order(documents: Iterable[StoredDocument]) -> list[StoredDocument]:
    """What mattered last at the end, as in `model.IN_ORDER`."""

    def moment(one: StoredDocument) -> datetime:
        return one.decided_at if one.decided_at and one.state in SAID_NO else one.created_at

    return sorted(documents, key=lambda one: (moment(one), one.created_at, one.id))


def download_headers(document: StoredDocument) -> dict[str, str]:
    """Saved, never shown: nothing in a citizen's file may run in the office's name. RFC 6266, RFC 8187."""
    return {
        "Content-Type": document.media_type,
        "Content-Length": str(document.size),
        "Content-Disposition": disposition(document.name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def disposition(name: str) -> str:
    """Content-Disposition for a name in any script, with an ASCII stand-in for old programs."""
    plain = "".join(letter if _is_plain(letter) else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_plain(letter: str) -> bool:
    return " " <= letter <= "~" and letter not in '"\\%'


def _living(case_id: str) -> Select[*tuple[Any, ...]]:
    return select(DocumentRow.__table__).where(
        DocumentRow.case_id == case_id, DocumentRow.deleted_at.is_(None)
    )


def _opened(case: Case, row: Any) -> StoredDocument:
    words = None
    if row.reason_sealed is not None:
        words = open_sealed(case.key, row.reason_sealed, reason_bound(case.id, row.id)).decode()
    return StoredDocument(
        row.id,
        row.item,
        open_sealed(case.key, row.name_sealed, name_bound(case.id, row.id)).decode(),
        row.media_type,
        row.size,
        row.state,
        row.created_at,
        pages=row.pages,
        direction=row.direction,
        expires_at=row.expires_at if row.direction == "out" else None,
        reason_key=row.reason_key,
        words=words,
        decided_at=row.decided_at,
        active=tuple((row.active or "").split()),
    )


async def _with_first(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(rest):
        yield first
        async for chunk in rest:
            yield chunk
