"""Entries of the audit hashed as they are stored, for walks along a million of them: the link is the one of `audit.link_of`.

Instants and details are not taken apart and put together again where their text is already what is hashed. Any other
text goes the long way, so nothing is passed over.
"""

import hashlib
import json
import re
from datetime import datetime
from json.encoder import encode_basestring as quoted
from typing import Any, Final

from sqlalchemy import Select, String, Text, cast, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from server.audit import AuditRow, in_order

PLAIN: Final = re.compile(r'\{(?:"[a-z-]+": "[ !#-\[\]-~]*")?\}').fullmatch
"""A detail with one name at most, and nothing in it that JSON could write in another way."""
WHOLE: Final = ("", ".000000")


def entries_after(tx: AsyncConnection, position: int) -> Select[Any]:
    """Position, link, and what `link_as_stored` takes, in order."""
    at = type_coerce(AuditRow.at, String) if tx.dialect.name == "sqlite" else AuditRow.at
    what: list[Any] = [AuditRow.position, AuditRow.link, at, AuditRow.actor, AuditRow.action]
    what += [AuditRow.object_id, cast(AuditRow.detail, Text)]
    return select(*what).where(AuditRow.position > position).order_by(AuditRow.position)


def link_as_stored(
    previous: str, at: str | datetime, actor: str, action: str, object_id: str, detail: str
) -> str:
    """SQLite hands out an instant as its text: UTC, a blank between day and time, always six digits."""
    when = _instant(at) if isinstance(at, str) else at.isoformat()
    what = detail if PLAIN(detail) else in_order(json.loads(detail))
    entry = f"[{quoted(when)}, {quoted(actor)}, {quoted(action)}, {quoted(object_id)}, {what}]"
    return hashlib.sha256(f"{previous}{entry}".encode()).hexdigest()


def _instant(text: str) -> str:
    fraction = text[19:]
    return f"{text[:10]}T{text[11:19]}{'' if fraction in WHOLE else fraction}+00:00"
