"""A catalogue file on the scheduler's desk: what it would change, taking it over, and the state before given back.

The preview really stores the file, looks at what became different, and lets the transaction go: what it shows is
what taking over does. Reading a file is in `read_file`, storing it in `load_file`.
"""

import hashlib
import json
import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff
from server.audit import record
from server.booking.model import CalendarChangeRow, RosterImportRow
from server.catalog.load_file import store_catalogue
from server.catalog.model import ClosureRow, ServiceRow, SiteRow, UnitRow
from server.catalog.put_back import put_back
from server.catalog.read_file import CatalogueFile, parse_catalogue
from server.db import Database
from server.errors import BadInput, Conflict, NotFound
from server.people.model import StaffRow

KIND = "katalog"
TABLES = {"unit": UnitRow, "site": SiteRow, "service": ServiceRow, "closure": ClosureRow}
Dump = dict[str, dict[str, dict[str, Any]]]


class CatalogueChanged(Conflict):
    """Between preview and taking over, or since then, somebody changed the catalogue."""

    type = "catalogue-changed"
    title = "Der Katalog hat sich geändert"
    detail = "Der Katalog wurde inzwischen geändert. Es wurde nichts übernommen und nichts zurückgenommen."


class CatalogueImportDone(Conflict):
    """An import is taken over once, and taken back once."""

    type = "import-state"
    detail = "Dieser Import ist schon erledigt. Bitte laden Sie die Seite neu."


class FileHasFaults(BadInput):
    """A file with wrong lines can be looked at, not taken over."""

    type = "file-has-faults"
    detail = "Die Datei hat Fehler und kann nicht übernommen werden."


class _LetGo(Exception):
    """Ends the trial: nothing of it is kept."""


async def preview(
    db: Database, staff: Staff, name: str, data: tuple[Any, str, list[str]], now: datetime
) -> str:
    """Stores what the file would change, and changes nothing else; returns the import's id."""
    file, text, wrong = data
    before, after = await _trial(db, file, now) if file else ({}, {})
    found = {"text": text, "wrong": wrong, "base": fingerprint(before), "changes": changes(before, after)}
    import_id = secrets.token_hex(16)
    async with db.write() as tx:
        values = {"id": import_id, "staff_id": staff.id, "kind": KIND, "name": name, "state": "previewed"}
        await tx.execute(insert(RosterImportRow), {**values, "rows": [found], "created_at": now})
    return import_id


async def _trial(db: Database, file: CatalogueFile, now: datetime) -> tuple[Dump, Dump]:
    states: list[Dump] = []
    try:
        async with db.write() as tx:
            states.append(await dump(tx))
            await store_catalogue(tx, file, now)
            states.append(await dump(tx))
            raise _LetGo
    except _LetGo:
        return states[0], states[1]


async def apply(db: Database, staff: Staff, import_id: str, now: datetime) -> None:
    """Takes the file over. Raises `NotFound`, `CatalogueImportDone`, `FileHasFaults`, `CatalogueChanged`."""
    async with db.write() as tx:
        found = await _step(tx, import_id, "previewed", "applied", applied_at=now)
        if found["wrong"]:
            raise FileHasFaults
        before = await dump(tx)
        if fingerprint(before) != found["base"]:
            raise CatalogueChanged
        await store_catalogue(tx, parse_catalogue(found["text"]), now)
        kept = {**found, "before": before, "after": await dump(tx)}
        await tx.execute(update(RosterImportRow).where(RosterImportRow.id == import_id).values(rows=[kept]))
        await record(tx, now, staff.actor, "catalogue.apply", import_id)


async def undo(db: Database, staff: Staff, import_id: str, now: datetime) -> None:
    """Gives back the catalogue of before; the scheduler's switches of since then stay.

    Raises `NotFound`, `CatalogueImportDone`, and `CatalogueChanged` when another file came since.
    """
    async with db.write() as tx:
        found = await _step(tx, import_id, "applied", "undone", undone_at=now)
        today = await dump(tx)
        if fingerprint(today, switches=False) != fingerprint(found["after"], switches=False):
            raise CatalogueChanged
        await put_back(tx, found["before"], found["after"], today)
        await tx.execute(insert(CalendarChangeRow).values(duty_id=None, at=now))
        await record(tx, now, staff.actor, "catalogue.undo", import_id)


async def _step(tx: AsyncConnection, import_id: str, old: str, new: str, **at: datetime) -> dict[str, Any]:
    one = (RosterImportRow.id == import_id, RosterImportRow.kind == KIND)
    # The row is locked, so that two clicks come one after the other.
    stored = await tx.scalar(select(RosterImportRow.state).where(*one).with_for_update())
    if stored is None:
        raise NotFound
    if stored != old:
        raise CatalogueImportDone
    await tx.execute(update(RosterImportRow).where(*one).values(state=new, **at))
    rows = await tx.scalar(select(RosterImportRow.rows).where(*one))
    found: dict[str, Any] = (rows or [{}])[0]
    return found


async def dump(tx: AsyncConnection) -> Dump:
    """The catalogue as plain values: table ► key ► columns."""
    found: Dump = {}
    for name, row in TABLES.items():
        rows = (await tx.execute(select(row.__table__))).mappings().all()
        plain = [{k: v.isoformat() if isinstance(v, date) else v for k, v in one.items()} for one in rows]
        found[name] = {_key(name, one): one for one in plain}
    return found


def _key(table: str, row: dict[str, Any]) -> str:
    if table != "closure":
        return str(row["id"])
    row.pop("id")
    return f"{row['day']} {row['site_id'] or ''}".strip()


def fingerprint(state: Dump, *, switches: bool = True) -> str:
    """Equal for equal catalogues; without `switches` whatever the scheduler offers by video."""
    left_out = () if switches else ("online_capable",)
    plain = {
        table: {key: {k: v for k, v in row.items() if k not in left_out} for key, row in rows.items()}
        for table, rows in state.items()
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def changes(before: Dump, after: Dump) -> list[dict[str, Any]]:
    """What is added, changed, hidden or removed, table by table."""
    found = []
    for table, rows in after.items():
        old = before.get(table, {})
        for key in [*rows, *(key for key in old if key not in rows)]:
            one, other = old.get(key), rows.get(key)
            if one == other:
                continue
            fields = sorted(k for k in other or {} if one and other and one.get(k) != other.get(k))
            what = "added" if one is None else "removed" if other is None else "changed"
            if table == "service" and "hidden" in fields and other and other["hidden"]:
                what = "hidden"
            if fields != ["position"]:
                found.append({"table": table, "what": what, "id": key, "fields": fields})
    return found


async def load_import(tx: AsyncConnection, import_id: str) -> Any:
    """The row with who made it. Raises `NotFound`."""
    rows = await _load(tx, RosterImportRow.id == import_id)
    if not rows:
        raise NotFound
    return rows[0]


async def load_imports(tx: AsyncConnection) -> list[Any]:
    """The last fifty, newest first."""
    return await _load(tx)


async def _load(tx: AsyncConnection, *only: Any) -> list[Any]:
    query = select(RosterImportRow, StaffRow.display).join(StaffRow, StaffRow.id == RosterImportRow.staff_id)
    newest = query.where(RosterImportRow.kind == KIND, *only).order_by(RosterImportRow.created_at.desc())
    return list((await tx.execute(newest.limit(50))).all())
