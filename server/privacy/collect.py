"""All that is stored about one citizen (Art. 15 and 20 GDPR), unsealed: walks the register, so that nothing can be forgotten.

Which rows those are is in `reach.py`, how they are opened in `unseal.py`, until when they are kept in `ends.py`. How it is
handed out is in `routes_own.py` and `pages_own.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy.classes import CLASSES
from recordings_policy.data_class import DataClass
from recordings_policy.retention import Periods
from server.audit import AuditRow, record
from server.booking.model import CaseRow
from server.db import Database
from server.errors import TooMany
from server.people.model import StaffRow
from server.privacy.ends import class_of, until
from server.privacy.reach import Rows, rows_of, ties
from server.privacy.register import holdings
from server.privacy.unseal import OPENERS, WITHHELD, form_file, form_pdf
from server.privacy.whose import Subject
from server.sealing import Keyring

COLLECTED: Final = "data.collected"
AN_HOUR: Final = timedelta(hours=1)
MOST_AN_HOUR: Final = 20
NOT_READY: Final = ("receiving", "quarantine")
FOLDER: Final = "unterlagen"
STAFF: Final = "staff"
"""Whoever of the staff it was: the function alone, since the name is that person's own."""
TOLD: Final = ("what", "why")
"""Of an audit entry's detail; the rest is numbers of others."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row's part of a kind of data, opened."""

    table: str
    values: dict[str, Any]
    until: datetime | None


@dataclass(slots=True)
class Kind:
    """A kind of data and all there is of it."""

    data_class: DataClass
    entries: list[Entry] = field(default_factory=list)

    @property
    def until(self) -> datetime | None:
        """When the last of it goes; None as long as that is not known of each."""
        ends = [one.until for one in self.entries if one.until is not None]
        return max(ends) if len(ends) == len(self.entries) else None


@dataclass(frozen=True, slots=True)
class Stored:
    """A document in the sealed store, with all that it takes to read it, and the name it is handed out under."""

    id: str
    name: str
    key: bytes
    bound_to: str


@dataclass(frozen=True, slots=True)
class Collected:
    """`held`: a legal hold keeps the case. `files` are PDFs of forms that are not among the documents, by name."""

    kinds: tuple[Kind, ...]
    held: bool
    withheld: tuple[tuple[str, str, str], ...]
    files: dict[str, bytes]
    stored: tuple[Stored, ...]


async def collect(tx: AsyncConnection, keyring: Keyring, subject: Subject, periods: Periods) -> Collected:
    """For the citizen whose link it is. A case whose key is gone has only what lies outside of it."""
    rows = await rows_of(tx, subject.roots, subject.only)
    key = await _key(tx, keyring, subject.case_id)
    held = any(one["lifted_at"] is None for one in rows["legal_hold"])
    kinds = {one: Kind(one) for one in CLASSES}
    withheld = []
    for table, choice, columns in _parts():
        for row in rows[table]:
            data_class = class_of(table, choice, row, rows)
            values = {name: _value(table, name, row, key, subject.case_id) for name in columns}
            end = until(data_class, table, row, rows, periods, held=held)
            kinds[data_class].entries.append(Entry(table, values, end))
            withheld += [
                (table, name, WITHHELD[table, name]) for name in columns if (table, name) in WITHHELD
            ]
    found = tuple(kind for kind in kinds.values() if kind.entries)
    files = (_files(rows, key), _stored(rows, key, subject.case_id))
    return Collected(found, held, tuple(dict.fromkeys(withheld)), *files)


async def note_collected(db: Database, subject: Subject, now: datetime) -> None:
    """That it was handed out, with ids only; `TooMany` beyond so many an hour, since it costs much to make."""
    recent = (AuditRow.action == COLLECTED, AuditRow.object_id == subject.id, AuditRow.at > now - AN_HOUR)
    async with db.write() as tx:
        if (await tx.scalar(select(func.count()).where(*recent)) or 0) >= MOST_AN_HOUR:
            raise TooMany(retry_after_s=600)
        await record(tx, now, "citizen", COLLECTED, subject.id)


def _parts() -> list[tuple[str, Sequence[DataClass], list[str]]]:
    """Table, kinds and columns of everything personal that a case leads to."""
    reached = {table.name for table in ties()}
    return [
        (table, classes, list(columns))
        for table, _, holding in holdings()
        if table in reached
        for classes, columns in holding.parts
        if classes
    ]


async def _key(tx: AsyncConnection, keyring: Keyring, case_id: str | None) -> bytes | None:
    query = select(CaseRow.wrapped_key, CaseRow.key_version).where(CaseRow.id == case_id)
    row = (await tx.execute(query)).first()
    return keyring.unwrap(row.wrapped_key, row.key_version) if row and row.wrapped_key else None


def _value(table: str, name: str, row: dict[str, Any], key: bytes | None, case_id: str | None) -> Any:
    value = row[name]
    if value is None or (table, name) in WITHHELD:
        return None
    if (table, name) in OPENERS and row.get("deleted_at") is not None:
        return None  # on its way out, and after an erasure sealed with a key that is gone
    if (table, name) in OPENERS:
        return OPENERS[table, name](key, case_id, row, value) if key and case_id else None
    if (table, name) in _of_staff() or (isinstance(value, str) and value.startswith("staff/")):
        return STAFF
    if table == "audit":
        return _told(name, value)
    return value


def _told(name: str, value: Any) -> Any:
    if name == "detail":
        return {key: value[key] for key in TOLD if key in value}
    return None if name == "once" else value


def _of_staff() -> set[tuple[str, str]]:
    """Columns that say who of the staff it was."""
    staff = StaffRow.__table__
    return {
        (table.name, key.parent.name)
        for table in ties()
        for key in table.foreign_keys
        if key.column.table is staff
    }


def _files(rows: Rows, key: bytes | None) -> dict[str, bytes]:
    if key is None:
        return {}
    pdfs = {form_file(row): form_pdf(key, row) for row in rows["form"]}
    return {name: pdf for name, pdf in pdfs.items() if pdf is not None}


def _stored(rows: Rows, key: bytes | None, case_id: str | None) -> tuple[Stored, ...]:
    """Documents that are whole, looked through, and not deleted."""
    if key is None or case_id is None:
        return ()
    there = [row for row in rows["document"] if row["deleted_at"] is None and row["state"] not in NOT_READY]
    there.sort(key=lambda row: (row["created_at"], row["id"]))
    names = [_value("document", "name_sealed", row, key, case_id) for row in there]
    return tuple(
        Stored(row["id"], f"{FOLDER}/{nr:02}-{name}", key, f"case/{case_id}")
        for nr, (row, name) in enumerate(zip(there, names, strict=True), 1)
    )
