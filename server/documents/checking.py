"""A file has arrived whole: what is it, and may it go on to the clerk? The one door between arriving and being looked at."""

import asyncio
from contextlib import aclosing
from datetime import datetime

from sqlalchemy import select, update

from server import audit
from server.access import Case
from server.db import Database
from server.documents.content import Inspector
from server.documents.model import DocumentRow, name_bound
from server.documents.names import named_truly
from server.documents.seal import Store
from server.errors import NotFound, Refusal
from server.sealing import open_sealed, seal


async def taken_in(db: Database, store: Store, case: Case, document_id: str, now: datetime) -> str:
    """Looks at a document whose bytes are all there; returns its new state. Safe to repeat.

    Raises what the content deserves (`TypeNotAllowed`, `BadInput`); the document is marked as deleted then.
    """
    await store.complete(document_id)
    try:
        media_type = await _media_type(store, case, document_id)
    except Refusal as refusal:
        await turned_away(db, document_id, refusal, now)
        raise
    async with db.write() as tx:
        query = select(DocumentRow.name_sealed).where(DocumentRow.id == document_id)
        sealed = (await tx.execute(query)).scalar_one_or_none()
        if sealed is None:
            raise NotFound
        bound = name_bound(case.id, document_id)
        name = named_truly(open_sealed(case.key, sealed, bound).decode(), media_type)
        # Nobody scans yet in this version, so nothing waits in quarantine: the next to look at it is a clerk.
        arrived = update(DocumentRow).where(DocumentRow.id == document_id, DocumentRow.state == "receiving")
        new = {"name_sealed": seal(case.key, name.encode(), bound), "media_type": media_type}
        if (await tx.execute(arrived.values(**new, state="checking", expires_at=None))).rowcount:
            await audit.record(tx, now, "citizen", "document.received", document_id, case=case.id)
    return "checking"


async def _media_type(store: Store, case: Case, document_id: str) -> str:
    inspector = Inspector()
    async with aclosing(store.read(document_id, case.key, f"case/{case.id}")) as chunks:
        async for chunk in chunks:
            inspector.feed(chunk)
            await asyncio.sleep(0)
    return inspector.finish()


async def turned_away(db: Database, document_id: str, refusal: Refusal, now: datetime) -> None:
    """Marks a document that may not come in; its bytes go with the next sweep."""
    gone = update(DocumentRow).where(DocumentRow.id == document_id, DocumentRow.deleted_at.is_(None))
    async with db.write() as tx:
        if (await tx.execute(gone.values(state="refused", deleted_at=now))).rowcount:
            await audit.record(tx, now, "system", "document.turned-away", document_id, why=refusal.type)
