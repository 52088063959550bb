"""`sprechzeit backup`: database first, then the sealed documents, then the keys apart; the office goes on meanwhile."""

import asyncio
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from server import audit
from server.backup import copy_postgresql, copy_sqlite
from server.backup.keys import WrappedKey, forget_keys, write_keys
from server.db import Database
from server.migrations.run import head, is_current
from server.privacy.anchor_chain import anchor, extend
from server.settings import Settings

MANIFEST: Final = "backup.json"
DOCUMENTS: Final = "documents"


class BackupRefused(Exception):
    """In words for the operator."""


async def save(settings: Settings, folder: Path, keys_folder: Path, now: datetime) -> Path:
    """A backup in a new folder; returns the file of its keys. Files of keys that are over are removed."""
    if not await is_current(settings.database_url):
        raise BackupRefused("Das Schema ist nicht das dieses Programms: erst „sprechzeit migrate“.")
    await asyncio.to_thread(_prepare, folder, keys_folder)
    position, link = await _anchored(settings, now)
    keys = await _database(settings, folder)
    if not settings.bucket:
        await asyncio.to_thread(_documents, settings.store, folder / DOCUMENTS)
    keys_file = keys_folder / f"{folder.name}.keys"
    await asyncio.to_thread(write_keys, keys_file, keys, now)
    await asyncio.to_thread(forget_keys, keys_folder, now)
    facts = {
        "at": now.isoformat(),
        "schema": head(),
        "kind": make_url(settings.database_url).get_backend_name(),
        "tables": copy_postgresql.contents(),
        "position": position,
        "link": link,
    }
    (folder / MANIFEST).write_text(json.dumps(facts, indent=1))
    return keys_file


def _prepare(folder: Path, keys_folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} ist nicht leer.")
    if keys_folder.resolve().is_relative_to(folder.resolve()):
        raise BackupRefused("Die Schlüssel dürfen nicht in der Sicherung selbst liegen.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


async def _anchored(settings: Settings, now: datetime) -> tuple[int, str]:
    """What was deleted so far stands in the ledger before the copy is made."""
    db = Database(settings.database_url)
    try:
        await extend(db)
        await anchor(db, settings.ledger_file, now)
        async with db.read() as tx:
            return await audit.head_of(tx)
    finally:
        await db.close()


async def _database(settings: Settings, folder: Path) -> list[WrappedKey]:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return await asyncio.to_thread(copy_sqlite.copy_out, Path(url.database or ""), folder)
    return await copy_postgresql.copy_out(url, folder)


def _documents(store: Path, folder: Path) -> None:
    """Ciphertexts as they are; one that is deleted meanwhile is simply not there any more."""
    folder.mkdir(mode=0o700)
    for path in store.glob("*.sealed"):
        try:
            shutil.copyfile(path, folder / path.name)
        except FileNotFoundError:
            continue
