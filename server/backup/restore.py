"""`sprechzeit restore`: puts a backup back, deletes again what the ledger says was deleted since, and gives the keys back last.

Until that last step nothing personal can be read, so a restore that broke off has brought nobody back.
"""

import asyncio
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, make_url, select, update

from server import audit
from server.app import make_app
from server.backup import copy_postgresql, copy_sqlite
from server.backup.keys import OWNERS, WrappedKey, read_keys
from server.backup.save import DOCUMENTS, MANIFEST, BackupRefused
from server.booking.model import CaseRow
from server.db import Database
from server.documents.delete import close_cases, sweep
from server.documents.model import DocumentRow
from server.migrations.run import upgrade
from server.people.model import StaffSessionRow
from server.privacy.ledger import Line, append, lines_of
from server.recurring import sweep_all
from server.rooms.consent import destroy
from server.rooms.model_incident import ExclusionRow, IncidentRow
from server.settings import Settings
from server.web.call import OFFICE, Office

AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Restored:
    """In numbers: what the ledger made to be deleted again, what the rules, and whose keys are back."""

    replayed: int
    swept: int
    keys: int


async def restore(settings: Settings, folder: Path, keys_file: Path, now: datetime) -> Restored:
    """Into an empty database and store. Whatever has no key in that file stays closed."""
    facts = json.loads(await asyncio.to_thread((folder / MANIFEST).read_text))
    ledger = settings.ledger_file
    if not await asyncio.to_thread(ledger.exists):
        raise BackupRefused(
            f"Das Verzeichnis der Löschungen fehlt ({ledger}). Ohne es käme zurück, was gelöscht ist: SPRECHZEIT_LEDGER."
        )
    keys = await asyncio.to_thread(lambda: list(read_keys(keys_file)))
    await _load(settings, folder, facts)
    office = make_app(settings)[OFFICE]
    try:
        await asyncio.to_thread(append, ledger, [Line("restored", now, facts["position"], facts["link"])])
        async with office.db.write() as tx:
            await tx.execute(delete(StaffSessionRow))
            await audit.record(tx, now, "system", "backup.restored", str(facts["position"]))
        replayed = await replay(office.db, await asyncio.to_thread(lambda: list(lines_of(ledger))), now)
        swept = await _end_what_is_over(office, now)
        given = await _give_back(office.db, keys, now)
        await sweep(office.db, office.store, now, await office.periods(now))
        await office.db.settle()
    finally:
        await office.db.close()
    return Restored(replayed, swept, given)


async def _load(settings: Settings, folder: Path, facts: dict[str, Any]) -> None:
    url = make_url(settings.database_url)
    kind = url.get_backend_name()
    if facts["kind"] != kind:
        raise BackupRefused(f"Diese Sicherung ist von {facts['kind']}, die Datenbank hier ist {kind}.")
    await asyncio.to_thread(_refuse_what_is_there, settings, Path(url.database or ""), kind)
    if kind == "sqlite":
        await asyncio.to_thread(copy_sqlite.copy_in, folder, Path(url.database or ""))
    else:
        if not await copy_postgresql.is_empty(url):
            raise BackupRefused("In der Datenbank steht schon etwas.")
        await upgrade(settings.database_url, facts["schema"])
        await copy_postgresql.copy_in(url, folder, facts["tables"])
    await upgrade(settings.database_url)
    await asyncio.to_thread(_documents, folder / DOCUMENTS, settings.store)


def _refuse_what_is_there(settings: Settings, database: Path, kind: str) -> None:
    if not settings.bucket and settings.store.exists() and any(settings.store.iterdir()):
        raise BackupRefused(f"{settings.store} ist nicht leer.")
    if kind == "sqlite" and database.exists():
        raise BackupRefused(f"{database} gibt es schon.")


def _documents(folder: Path, store: Path) -> None:
    if folder.is_dir():
        shutil.copytree(folder, store, dirs_exist_ok=True)


async def replay(db: Database, ledger: Sequence[Line], now: datetime) -> int:
    """Deletes again, in portions, what these lines say; ids that are not there are passed over."""
    done = 0
    lines = [line for line in ledger if line.kind == "deleted"]
    for start in range(0, len(lines), AT_ONCE):
        some = lines[start : start + AT_ONCE]
        async with db.write() as tx:
            for kind in _DELETE:
                ids = [line.object_id for line in some if line.action.startswith(f"{kind}.")]
                done += await _DELETE[kind](tx, ids, now)
    return done


async def _close_cases(tx: Any, ids: Sequence[str], now: datetime) -> int:
    still = select(CaseRow.id).where(CaseRow.id.in_(ids), CaseRow.closed_at.is_(None))
    open_ones = list(await tx.scalars(still))
    await close_cases(tx, open_ones, now)
    return len(open_ones)


async def _mark_documents(tx: Any, ids: Sequence[str], now: datetime) -> int:
    living = (DocumentRow.id.in_(ids), DocumentRow.deleted_at.is_(None))
    return int((await tx.execute(update(DocumentRow).where(*living).values(deleted_at=now))).rowcount)


async def _delete_incidents(tx: Any, ids: Sequence[str], _now: datetime) -> int:
    await tx.execute(delete(ExclusionRow).where(ExclusionRow.incident_id.in_(ids)))
    return int((await tx.execute(delete(IncidentRow).where(IncidentRow.id.in_(ids)))).rowcount)


async def _destroy_recordings(tx: Any, ids: Sequence[str], now: datetime) -> int:
    return sum([await destroy(tx, one, "restored", now) for one in ids])


_DELETE: Final = {
    "case": _close_cases,
    "document": _mark_documents,
    "incident": _delete_incidents,
    "recording": _destroy_recordings,
}


async def _end_what_is_over(office: Office, now: datetime) -> int:
    """What became due since the backup ends before anybody is let in."""
    done = await sweep(office.db, office.store, now, await office.periods(now))
    await sweep_all(office.db, office.store, now)
    return done.cases_closed + done.documents_removed


async def _give_back(db: Database, keys: Sequence[WrappedKey], now: datetime) -> int:
    """Keys go to what is still open; what is open and gets none is closed like everything that is over."""
    given = 0
    for start in range(0, len(keys), AT_ONCE):
        async with db.write() as tx:
            for one in keys[start : start + AT_ONCE]:
                owner = OWNERS[one.table]
                waits = update(owner).where(owner.id == one.id, owner.wrapped_key == b"")
                given += (
                    await tx.execute(waits.values(wrapped_key=one.key, key_version=one.version))
                ).rowcount
    async with db.write() as tx:
        without = {name: await tx.scalars(_keyless(owner)) for name, owner in OWNERS.items()}
        for name, ids in without.items():
            await _DELETE[name](tx, list(ids), now)
    return given


def _keyless(owner: Any) -> Any:
    return select(owner.id).where(owner.wrapped_key == b"")
