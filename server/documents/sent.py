"""Which items of a checklist have come, by case. Names and content stay sealed; opening a document is `view.py`."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.documents.model import IN_ORDER, DocumentRow


async def items_sent(tx: AsyncConnection, case_ids: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Case ► (item's key, document's state) of what came from the citizen, what mattered last at the end; no entry where nothing did."""
    query = select(DocumentRow.case_id, DocumentRow.item, DocumentRow.state)
    query = query.where(DocumentRow.case_id.in_(list(case_ids)), DocumentRow.deleted_at.is_(None))
    query = query.where(DocumentRow.direction == "in")
    sent: dict[str, list[tuple[str, str]]] = {}
    for row in await tx.execute(query.order_by(*IN_ORDER)):
        sent.setdefault(row.case_id, []).append((row.item, row.state))
    return sent
