"""The morning rush: two thousand citizens within ten seconds want two hundred times, and a clerk goes on working."""

import asyncio
import contextlib
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp

from server.clock import berlin
from tests.bench.booking import database
from tests.bench.harness import Measured, alone, bench
from tests.bench.staff import browser, may_sign_in, sign_in
from tests.race.rush import Rush, prepare

CITIZENS, TIMES, PROCESSES, OVER_S, RUNS = 2000, 200, 4, 10.0, 3
CLERK_PAUSE_S = 0.1


@dataclass
class Day:
    """What citizens and the clerk saw of one rush; a citizen's seconds run from the hold to the last answer."""

    statuses: Counter[int] = field(default_factory=Counter)
    booking_s: list[float] = field(default_factory=list)
    page_s: list[float] = field(default_factory=list)
    fewest_alternatives: int = 99


class Crowd:
    def __init__(self, rush: Rush, session: aiohttp.ClientSession, day: Day) -> None:
        self._rush, self._session, self._day = rush, session, day

    async def citizen(self, number: int) -> None:
        await asyncio.sleep(number * OVER_S / CITIZENS)
        begin = time.perf_counter()
        port = self._rush.ports[number % PROCESSES]
        start = random.choice(self._rush.times)
        wish = {"services": [{"id": "beratung", "count": 1}], "mode": "video", "start": start.isoformat()}
        status, answer = await self._post(port, "holds", wish)
        if status == 201:
            person = {"hold": answer["hold"], "name": "Erika", "email": f"e{number}@example.org"}
            await self._post(port, "appointments", person)
        elif status == 409:
            found = len(answer["alternatives"])
            self._day.fewest_alternatives = min(self._day.fewest_alternatives, found)
        self._day.booking_s.append(time.perf_counter() - begin)

    async def _post(self, port: int, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        url = f"http://127.0.0.1:{port}/api/v1/{path}"
        async with self._session.post(url, json=body, headers=headers) as answer:
            self._day.statuses[answer.status] += 1
            return answer.status, await answer.json()


async def _clerk(rush: Rush, day: Day) -> None:
    """Looks at the day that is just being booked, again and again."""
    url = f"http://127.0.0.1:{rush.ports[0]}"
    page = f"{url}/office/day?date={berlin(rush.times[0]).date()}"
    async with browser() as session:
        await sign_in(session, url)
        while True:
            begin = time.perf_counter()
            async with session.get(page) as answer:
                await answer.read()
                day.statuses[answer.status] += 1
            day.page_s.append(time.perf_counter() - begin)
            await asyncio.sleep(CLERK_PAUSE_S)


async def one_morning(kind: str) -> Day:
    """An office of its own each time: two hundred times and a few more, which nobody asks for at first."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, database(kind, Path(name)) as url:
        rush = await prepare(url, Path(name), TIMES)
        await rush.more_times(8)
        await may_sign_in(url)
        rush.serve(PROCESSES, max_holds=CITIZENS)
        day = Day()
        try:
            await _all_day(rush, day)
        finally:
            rush.stop()
    _check(day)
    return day


async def _all_day(rush: Rush, day: Day) -> None:
    clerk = asyncio.create_task(_clerk(rush, day))
    async with browser() as session:
        crowd = Crowd(rush, session, day)
        await asyncio.gather(*(crowd.citizen(number) for number in range(CITIZENS)))
    clerk.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await clerk


def _check(day: Day) -> None:
    print(f"answers: {dict(day.statuses)}, fewest alternatives: {day.fewest_alternatives}", file=sys.stderr)
    assert set(day.statuses) <= {200, 201, 409}, day.statuses
    assert day.fewest_alternatives >= 3
    assert day.statuses[201] <= 2 * TIMES


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def _register(kind: str) -> None:
    limit = "none; any answer of 5xx or a refusal without three alternatives ends the benchmark"

    @bench(f"rush-booking-{kind}", unit="s p95", limit=limit, goal="<= 2 s")
    async def booking() -> Measured:
        async def once() -> float:
            return p95((await one_morning(kind)).booking_s)

        return await alone(once, runs=RUNS)

    @bench(f"rush-staff-{kind}", unit="s p95", limit=limit, goal="<= 1 s")
    async def staff() -> Measured:
        async def once() -> float:
            return p95((await one_morning(kind)).page_s)

        return await alone(once, runs=RUNS)


for database_kind in ("sqlite", "postgresql"):
    _register(database_kind)
