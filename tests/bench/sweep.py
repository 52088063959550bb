"""A hundred thousand cases whose time is over, swept to the last row, against a bare DELETE of as many rows."""

import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text

from recordings_policy.retention import DEFAULTS
from server.booking.model import AppointmentRow, CaseRow, ClaimRow, DutyRow
from server.db import Database
from server.documents import delete as documents_delete
from server.documents.seal import Store
from server.migrations.run import upgrade
from server.people.model import StaffRow
from server.privacy import sweep as privacy_sweep
from server.rooms.model_check import DeviceCheckRow
from tests.bench.booking import database
from tests.bench.harness import Measured, bench, in_turn

CASES = int(os.environ.get("SPRECHZEIT_BENCH_CASES") or 100_000)
AT_ONCE, RUNS, TICKS = 5_000, 2, 3
PAST = datetime(2027, 3, 1, 8, tzinfo=UTC)
LATE = PAST + timedelta(days=4 * 365)
TABLES = (DeviceCheckRow, ClaimRow, AppointmentRow, CaseRow)
LIMIT = (
    "DELETE of the same rows (case, appointment, three claims, check) in one transaction; nothing is looked for, "
    "no audit entry, no report, and nobody books meanwhile"
)


class Archive:
    """Cases as a city of a hundred thousand leaves them behind: each with an appointment, its claims and a check."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db, self._store = db, Store(folder)

    async def prepare(self) -> None:
        staff = {"id": 1, "login": "clerk1", "display": "–", "roles": [], "languages": []}
        duty = {"id": 1, "staff_id": 1, "place": "home", "takes_video": True, "demo": False}
        times = {"starts_at": LATE, "ends_at": LATE + timedelta(hours=1)}
        async with self._db.write() as tx:
            await tx.execute(insert(StaffRow).values(**staff))
            await tx.execute(insert(DutyRow).values(**duty, **times))

    async def fill(self) -> None:
        for first in range(0, CASES, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, CASES))
            async with self._db.write() as tx:
                for table, rows in _rows(numbers).items():
                    await tx.execute(insert(table), rows)

    async def swept(self) -> float:
        """Cases in a second."""
        await self.fill()
        begin = time.perf_counter()
        await documents_delete.sweep(self._db, self._store, LATE)
        await privacy_sweep.sweep(self._db, LATE, DEFAULTS)
        spent = time.perf_counter() - begin
        await self.is_empty()
        return CASES / spent

    async def deleted(self) -> float:
        await self.fill()
        begin = time.perf_counter()
        async with self._db.write() as tx:
            for table in TABLES:
                await tx.execute(text(f'DELETE FROM "{table.__tablename__}" WHERE 1 = :one'), {"one": 1})
        spent = time.perf_counter() - begin
        await self.is_empty()
        return CASES / spent

    async def is_empty(self) -> None:
        async with self._db.read() as tx:
            for table in TABLES:
                assert not await tx.scalar(select(func.count()).select_from(table)), table.__tablename__


def _rows(numbers: range) -> dict[Any, list[dict[str, Any]]]:
    """In the order in which they may be inserted."""
    key, contact = os.urandom(60), os.urandom(200)
    sealed = {"wrapped_key": key, "key_version": 1, "contact_sealed": contact}
    times = {
        "starts_at": PAST,
        "ends_at": PAST + timedelta(minutes=15),
        "created_at": PAST,
        "confirmed_at": PAST,
    }
    kind = {"state": "done", "mode": "video", "language": "de", "channel": "online", "client_key": ""}
    visit = {**kind, **times, "services": [{"id": "x", "count": 1}], "duty_id": 1, "ticks": TICKS}
    ok = {"verdict": "ready", "camera": "ok", "microphone": "ok", "loudspeaker": "heard", "signaling": True}
    names = [_id(number) for number in numbers]
    return {
        CaseRow: [
            {"id": one, "created_at": PAST - timedelta(minutes=CASES - number), **sealed}
            for one, number in zip(names, numbers, strict=True)
        ],
        AppointmentRow: [
            {"id": one, "number": one[:12], "hold_hash": one, "token_hash": one, "case_id": one, **visit}
            for one in names
        ],
        ClaimRow: [
            {"duty_id": 1, "tick": number * TICKS + tick, "appointment_id": _id(number)}
            for number in numbers
            for tick in range(TICKS)
        ],
        DeviceCheckRow: [
            {"appointment_id": one, **ok, "media": "direct", "checked_at": PAST} for one in names
        ],
    }


def _id(number: int) -> str:
    """As random as real ones, and the same each time."""
    return f"{(number * 0x9E3779B97F4A7C15F39CC0605CEDC835 + 1) % 2**128:032x}"


async def measure(kind: str) -> Measured:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, database(kind, Path(name)) as url:
        await upgrade(url)
        db = Database(url)
        try:
            archive = Archive(db, Path(name) / "store")
            await archive.prepare()
            return await in_turn(archive.swept, archive.deleted, runs=RUNS, warm_up=0)
        finally:
            await db.close()


def _register(kind: str) -> None:
    @bench(f"sweep-{kind}", unit="cases/s", limit=LIMIT, goal=">= 0.3")
    async def one() -> Measured:
        return await measure(kind)


for database_kind in ("sqlite", "postgresql"):
    _register(database_kind)
