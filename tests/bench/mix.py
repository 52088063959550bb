"""The mix of a published load test: many clerks at once sign in, look at the day, make an appointment and delete it.

The figures beside ours are those bcgov/queue-management published in 2020 (Artillery; two processes of which one took
the load, mails sent inside the request, and a live socket per user, which is left out here). Other machines, another
day: they stand there for the order of magnitude.
"""

import asyncio
import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp

from tests.bench.booking import database, more_duties
from tests.bench.harness import Measured, bench
from tests.bench.staff import browser, may_sign_in, sign_in
from tests.race.rush import Rush, prepare

PROCESSES, SECONDS, RUNS = 2, 10.0, 3
PUBLISHED = {200: (28.5, 3.4, 12.0), 400: (32.8, 6.8, 22.6)}
FIGURES = (("responses", "responses/s", ">= 1"), ("median", "s", "<= 1"), ("p95", "s p95", "<= 1"))
LIMIT = "bcgov/queue-management, published 2020 with {users} users on another machine; no ratio of one run"


@dataclass
class Office:
    """Two processes and more free times than the users can take."""

    rush: Rush
    starts: Iterator[datetime]
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def user(self, until: float) -> None:
        """One round after the other, each with a fresh browser."""
        while time.perf_counter() < until:
            url = f"http://127.0.0.1:{self.rush.ports[next(self.numbers) % PROCESSES]}"
            async with browser() as session:
                await self._timed(sign_in, session, url)
                await self._ask(session, "GET", f"{url}/office/day")
                await self._ask(session, "GET", f"{url}/api/v1/availability?service=beratung")
                number = next(self.numbers)
                wish = {"services": [{"id": "beratung", "count": 1}], "mode": "video"}
                start = next(self.starts).isoformat()
                held = await self._ask(session, "POST", f"{url}/api/v1/holds", {**wish, "start": start})
                person = {"hold": held["hold"], "name": "Erika", "email": f"e{number}@example.org"}
                booked = await self._ask(session, "POST", f"{url}/api/v1/appointments", person)
                await self._ask(session, "DELETE", f"{url}/api/v1/appointments/{booked['token']}")

    async def _ask(
        self, session: aiohttp.ClientSession, method: str, url: str, body: dict[str, Any] | None = None
    ) -> Any:
        begin = time.perf_counter()
        async with session.request(method, url, json=body) as answer:
            raw = await answer.read()
            self._note(answer.status, begin)
            assert answer.status < 300, raw
            return await answer.json() if answer.content_type == "application/json" and raw else None

    async def _timed(self, step: Callable[..., Any], *args: Any) -> None:
        begin = time.perf_counter()
        self._note(await step(*args), begin)

    def _note(self, status: int, begin: float) -> None:
        self.statuses[status] += 1
        self.seconds.append(time.perf_counter() - begin)


async def one_run(kind: str, users: int) -> tuple[float, float, float]:
    """Responses a second, median and p95 of all requests."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, database(kind, Path(name)) as url:
        rush = await prepare(url, Path(name), 32)
        starts = await more_duties(url, rush.times[0])
        await may_sign_in(url)
        rush.serve(PROCESSES, max_holds=1_000_000)
        office = Office(rush, itertools.cycle(starts))
        try:
            begin = time.perf_counter()
            await asyncio.gather(*(office.user(begin + SECONDS) for _ in range(users)))
            rate = len(office.seconds) / (time.perf_counter() - begin)
        finally:
            rush.stop()
    return rate, median(office.seconds), quantiles(office.seconds, n=20)[-1]


RESULTS: dict[tuple[str, int], list[tuple[float, float, float]]] = {}


def _register(kind: str, users: int, position: int) -> None:
    what, unit, goal = FIGURES[position]

    @bench(f"bc-{users}-{what}-{kind}", unit=unit, limit=LIMIT.format(users=users), goal=goal)
    async def one() -> Measured:
        if (kind, users) not in RESULTS:
            RESULTS[kind, users] = [await one_run(kind, users) for _ in range(RUNS)]
        ours = tuple(result[position] for result in RESULTS[kind, users])
        return Measured(ours, (PUBLISHED[users][position],))


for number_of_users in PUBLISHED:
    for database_kind in ("sqlite", "postgresql"):
        for place in range(len(FIGURES)):
            _register(database_kind, number_of_users, place)
