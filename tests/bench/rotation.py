"""A new master key for a hundred thousand cases, as `sprechzeit rotate-keys` does it, against one bare UPDATE of as many rows."""

import base64
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, text

from server.booking.model import CaseRow
from server.db import Database
from server.documents.rotate import rotate
from server.migrations.run import upgrade
from server.sealing import Keyring
from tests.bench.booking import database
from tests.bench.harness import Measured, bench, in_turn

CASES, RUNS = 100_000, 3
LIMIT = "one UPDATE of all rows in one transaction: nothing read, unwrapped or wrapped, and the office stands still meanwhile"
ALL = 'UPDATE "case" SET contact_sealed = :fresh'


class Archive:
    """Cases, and a master key that is changed again and again."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._masters = [base64.b64encode(os.urandom(32)).decode()]

    async def fill(self) -> None:
        keyring, now = Keyring(self._masters[0], 1), datetime.now(UTC)
        rows = [
            {"id": f"{n:032x}", "wrapped_key": keyring.new_key()[1], "key_version": 1, "created_at": now}
            for n in range(CASES)
        ]
        async with self._db.write() as tx:
            await tx.execute(insert(CaseRow), rows)

    async def rotated(self) -> float:
        """Seconds for a thousand keys."""
        older = dict(enumerate(self._masters, start=1))
        self._masters.append(base64.b64encode(os.urandom(32)).decode())
        begin = time.perf_counter()
        done = await rotate(self._db, Keyring(self._masters[-1], len(self._masters), older))
        assert (done.done, done.shut) == (CASES, {})
        return (time.perf_counter() - begin) / CASES * 1000

    async def updated(self) -> float:
        begin = time.perf_counter()
        async with self._db.write() as tx:
            await tx.execute(text(ALL), {"fresh": os.urandom(40)})
        return (time.perf_counter() - begin) / CASES * 1000


async def measure(kind: str) -> Measured:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, database(kind, Path(name)) as url:
        await upgrade(url)
        db = Database(url)
        try:
            archive = Archive(db)
            await archive.fill()
            return await in_turn(archive.rotated, archive.updated, runs=RUNS)
        finally:
            await db.close()


def _register(kind: str) -> None:
    @bench(f"rotation-{kind}", unit="s per 1,000 keys", limit=LIMIT, goal="<= 0.3 s per 1,000 keys")
    async def one() -> Measured:
        return await measure(kind)


for database_kind in ("sqlite", "postgresql"):
    _register(database_kind)
