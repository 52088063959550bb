"""A new master key: every key of a case or an incident is unwrapped by the old one and wrapped by the new, while the office goes on."""

from sqlalchemy import select, update

from server.booking.model import CaseRow
from server.db import Database
from server.rooms.model_incident import IncidentRow
from server.sealing import Keyring
from server.settings import Settings

AT_ONCE = 200
Wrapping = type[CaseRow] | type[IncidentRow]
WRAPPING: tuple[Wrapping, ...] = (CaseRow, IncidentRow)


def keyring_of(settings: Settings) -> Keyring:
    """The present master key, and older ones for cases that still wait for it."""
    key, version = settings.master_key.get_secret_value(), settings.master_key_version
    return Keyring(key, version, settings.older_master_keys)


async def rotate(db: Database, keyring: Keyring) -> int:
    """Wraps all keys anew that an older master key wraps; returns how many. Safe to stop and to repeat.

    No document is read or written: their keys stay the same, only what wraps them changes.
    """
    done = 0
    while batch := await _older(db, keyring.version):
        async with db.write() as tx:
            for table, id_, wrapped, version in batch:
                fresh = keyring.wrap(keyring.unwrap(wrapped, version))
                same = update(table).where(table.id == id_, table.wrapped_key == wrapped)
                await tx.execute(same.values(wrapped_key=fresh, key_version=keyring.version))
        done += len(batch)
    return done


async def _older(db: Database, version: int) -> list[tuple[Wrapping, str, bytes, int]]:
    found: list[tuple[Wrapping, str, bytes, int]] = []
    async with db.read() as tx:
        for table in WRAPPING:
            query = select(table.id, table.wrapped_key, table.key_version)
            query = query.where(table.key_version != version, table.wrapped_key.is_not(None))
            rows = await tx.execute(query.order_by(table.id).limit(AT_ONCE))
            found += [(table, row.id, row.wrapped_key, row.key_version) for row in rows]
    return found
