"""Hold and confirm per second against a bare handler with one guarded insert, on both databases."""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
from sqlalchemy import insert

from server.booking.model import DutyRow
from server.catalog.hours import is_closed
from server.db import Database
from tests.bench.harness import Measured, bench, in_turn
from tests.neighbours.postgres import running_cluster
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.race.rush import MINUTES, Rush, prepare

CLIENTS, SECONDS, RUNS, DUTIES, TIMES = 16, 3.0, 5, 100, 32
Request = Callable[[aiohttp.ClientSession], Awaitable[None]]


async def per_second(request: Request) -> float:
    """Sixteen clients, each with its next request as soon as the last is answered."""
    done = 0
    until = time.perf_counter() + SECONDS

    async def client(session: aiohttp.ClientSession) -> None:
        nonlocal done
        while time.perf_counter() < until:
            await request(session)
            done += 1

    begin = time.perf_counter()
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(client(session) for _ in range(CLIENTS)))
    return done / (time.perf_counter() - begin)


class Office:
    """One server process with far more free times than a run can take."""

    def __init__(self, rush: Rush, starts: list[datetime]) -> None:
        self.url = f"http://127.0.0.1:{rush.ports[0]}"
        self._starts = itertools.cycle(starts)
        self._keys = itertools.count()

    async def hold(self, session: aiohttp.ClientSession) -> str:
        body = {
            "services": [{"id": "beratung", "count": 1}],
            "mode": "video",
            "start": next(self._starts).isoformat(),
        }
        headers = {"Idempotency-Key": f"{next(self._keys)}"}
        async with session.post(f"{self.url}/api/v1/holds", json=body, headers=headers) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["hold"])

    async def hold_only(self, session: aiohttp.ClientSession) -> None:
        await self.hold(session)

    async def hold_and_confirm(self, session: aiohttp.ClientSession) -> None:
        body = {"hold": await self.hold(session), "name": "Erika Musterfrau"}
        headers = {"Idempotency-Key": f"{next(self._keys)}"}
        async with session.post(f"{self.url}/api/v1/appointments", json=body, headers=headers) as answer:
            assert answer.status == 201, await answer.text()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Durable on both kinds: what is acknowledged is on the disk."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/office.db"
        return
    with running_cluster(fsync="on", synchronous_commit="on", full_page_writes="on") as cluster:
        yield cluster.url("postgres")


async def measure(kind: str, what: str) -> Measured:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with database(kind, folder) as url:
            rush = await prepare(url, folder, TIMES)
            starts = await more_duties(url, rush.times[0])
            bare_port = free_port()
            bare_url = url.replace("office.db", "bare.db")
            command = [sys.executable, "-m", "tests.bench.bare_server", bare_url, str(bare_port)]
            bare = Neighbour(command, folder / "bare.log")
            try:
                rush.serve(1, max_holds=1_000_000)
                bare.wait_until(partial(port_answers, bare_port))
                office = Office(rush, starts)

                async def insert_one(session: aiohttp.ClientSession) -> None:
                    async with session.post(f"http://127.0.0.1:{bare_port}/insert", json={}) as answer:
                        assert answer.status == 201

                request: Request = office.hold_only if what == "hold" else office.hold_and_confirm
                return await in_turn(partial(per_second, request), partial(per_second, insert_one), runs=RUNS)
            finally:
                bare.stop()
                rush.stop()


async def more_duties(url: str, start: datetime) -> list[datetime]:
    """A hundred duties a day at the same hours, on the working days of eight weeks; their start times."""
    db = Database(url)
    days = [start + timedelta(days=n) for n in range(49)]
    days = [day for day in days if day.weekday() < 5 and not is_closed(None, day.date(), frozenset(), True)]
    place = {"place": "home", "takes_video": True, "demo": False, "step_minutes": MINUTES, "staff_id": 1}
    rows = [
        {**place, "starts_at": day.astimezone(UTC), "ends_at": day + timedelta(minutes=MINUTES * TIMES)}
        for day in days
        for _ in range(DUTIES)
    ]
    async with db.write() as tx:
        await tx.execute(insert(DutyRow), rows)
    await db.close()
    return [day + timedelta(minutes=MINUTES * n) for n in range(TIMES) for day in days]


def _register(kind: str, what: str, goal: str) -> None:
    limit = "bare aiohttp handler with one guarded insert; no routing, idempotency, audit or case key"

    @bench(f"{what}-{kind}", unit=f"{what}s/s", limit=limit, goal=goal)
    async def one() -> Measured:
        return await measure(kind, what)


for database_kind in ("sqlite", "postgresql"):
    _register(database_kind, "hold", ">= 0.35")
    _register(database_kind, "hold-and-confirm", ">= 0.15")
