"""The audit chain of a million entries walked from end to end, against reading as many rows and one bare SHA-256 each."""

import hashlib
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, text

from server.audit import START, AuditRow, link_of
from server.db import Database
from server.migrations.run import upgrade
from server.privacy.shorten_chain import KEPT
from server.privacy.verify_chain import verify
from tests.bench.booking import database
from tests.bench.harness import Measured, bench, in_turn
from tests.office.small_city import NOW

ENTRIES = int(os.environ.get("SPRECHZEIT_BENCH_ENTRIES") or 1_000_000)
AT_ONCE, RUNS = 10_000, 2


async def fill(db: Database) -> None:
    """A chain as a year of a city makes it: three ids, a time, a small detail."""
    link, rows = START, []
    for position in range(1, ENTRIES + 1):
        at = NOW + timedelta(seconds=position)
        entry = (
            f"staff/{position % 40}",
            "document.opened",
            f"{position:032x}",
            {"appointment": f"{position:032x}"},
        )
        link = link_of(link, at, *entry)
        names = ("actor", "action", "object_id", "detail")
        rows.append({"at": at, "position": position, "link": link, **dict(zip(names, entry, strict=True))})
        if len(rows) == AT_ONCE or position == ENTRIES:
            async with db.write() as tx:
                await tx.execute(insert(AuditRow), rows)
            rows = []


async def measure(kind: str) -> Measured:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, database(kind, Path(name)) as url:
        await upgrade(url)
        db = Database(url)

        async def ours() -> float:
            begin = time.perf_counter()
            async with db.read() as tx:
                verdict = await verify(tx, [], KEPT, NOW)
            assert (verdict.fault, verdict.entries) == (None, ENTRIES)
            return time.perf_counter() - begin

        async def bare() -> float:
            begin, link = time.perf_counter(), START
            columns = "position, link, at, actor, action, object_id, CAST(detail AS TEXT)"
            query = text(f"SELECT {columns} FROM audit ORDER BY position")
            async with db.read() as tx:
                rows = await tx.stream(query.execution_options(yield_per=2000))
                async for batch in rows.partitions(2000):
                    for _, _, at, actor, action, object_id, detail in batch:
                        line = f"{link}{at}{actor}{action}{object_id}{detail}"
                        link = hashlib.sha256(line.encode()).hexdigest()
            return time.perf_counter() - begin

        try:
            await fill(db)
            return await in_turn(ours, bare, runs=RUNS, warm_up=0)
        finally:
            await db.close()


def _register(kind: str) -> None:
    @bench(
        f"audit-{kind}",
        unit="s",
        limit="as many rows read and one SHA-256 each; no JSON, no times, no comparing",
        goal="<= 6, and 30 s for a million entries",
    )
    async def one() -> Measured:
        return await measure(kind)


for database_kind in ("sqlite", "postgresql"):
    _register(database_kind)
