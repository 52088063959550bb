"""Which documents a citizen is asked for once more when the mail goes out, and why. The mail's words are `papers.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment
from server.documents.model import IN_ORDER, SAID_NO, DocumentRow
from server.documents.model_reasons import words_of
from server.notices.facts import Facts, Words


@dataclass(frozen=True, slots=True)
class Asked:
    """A checklist item whose newest file is not good enough."""

    item: str
    state: str
    reason_key: str | None


async def asked_again(tx: AsyncConnection, appointment: Appointment) -> list[Asked]:
    """As it stands now: what has been sent anew or was accepted meanwhile is not among them."""
    columns = (DocumentRow.item, DocumentRow.state, DocumentRow.reason_key)
    own = (
        DocumentRow.case_id == appointment.case_id,
        DocumentRow.direction == "in",
        DocumentRow.deleted_at.is_(None),
        DocumentRow.state != "receiving",
    )
    rows = await tx.execute(select(*columns).where(*own).order_by(*IN_ORDER))
    newest = {row.item: Asked(row.item, row.state, row.reason_key) for row in rows}
    return [one for one in newest.values() if one.state in SAID_NO]


def in_words(asked: Iterable[Asked], facts: Facts, language: Words) -> dict[str, Any]:
    """What a letter says of them; `event` becomes "refused" where nothing is wanted once more."""
    lines: dict[str, list[str]] = {"resend": [], "refused": []}
    for one in asked:
        name = facts.name_of(one.item) or language.gettext("Eine Datei")
        why = words_of(one.reason_key, language)
        lines[one.state].append(f"- {name}: {why}" if why else f"- {name}")
    more = {"asked": tuple(lines["resend"]), "turned_down": tuple(lines["refused"])}
    return {**more, "event": "refused"} if lines["refused"] and not lines["resend"] else more
