"""A new master key: every case's key is unwrapped by the old one and wrapped by the new, while the office goes on."""

from sqlalchemy import select, update

from server.booking.model import CaseRow
from server.db import Database
from server.sealing import Keyring
from server.settings import Settings

AT_ONCE = 200


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
            for case_id, wrapped, version in batch:
                fresh = keyring.wrap(keyring.unwrap(wrapped, version))
                same = update(CaseRow).where(CaseRow.id == case_id, CaseRow.wrapped_key == wrapped)
                await tx.execute(same.values(wrapped_key=fresh, key_version=keyring.version))
        done += len(batch)
    return done


async def _older(db: Database, version: int) -> list[tuple[str, bytes, int]]:
    query = select(CaseRow.id, CaseRow.wrapped_key, CaseRow.key_version)
    query = query.where(CaseRow.key_version != version, CaseRow.wrapped_key.is_not(None))
    async with db.read() as tx:
        rows = await tx.execute(query.order_by(CaseRow.id).limit(AT_ONCE))
        return [(row.id, row.wrapped_key, row.key_version) for row in rows if row.wrapped_key is not None]
