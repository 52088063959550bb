"""Free times over HTTP, as the API's answer and as a page, against a bare handler that returns the same bytes.

Counted is what the server's process spends on a CPU: the rate at saturation would measure the client.
"""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp

from server.clock import berlin
from tests.bench.booking import database, more_duties
from tests.bench.harness import Measured, bench, in_turn
from tests.bench.relay import cpu_s
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.race.rush import prepare

REQUESTS, CLIENTS, RUNS, TIMES = 640, 8, 7, 32
LIMIT = "bare aiohttp handler that returns the same bytes; no reading of the query, no free times"


def addresses() -> dict[str, str]:
    """28 days of one service, and the page of the same wish."""
    first = berlin(datetime.now(UTC)).date()
    days = f"&from={first}&to={first + timedelta(days=27)}"
    return {
        "availability-http": f"/api/v1/availability?service=beratung{days}",
        "times-page": "/times?service=beratung&count=1",
    }


async def per_cpu_second(server: Neighbour, url: str, *, headers: dict[str, str]) -> float:
    """Requests that a second on a CPU is enough for."""
    before = cpu_s(server)

    async def client(session: aiohttp.ClientSession) -> None:
        for _ in range(REQUESTS // CLIENTS):
            async with session.get(url) as answer:
                await answer.read()
                assert answer.status == 200

    async with aiohttp.ClientSession(headers=headers) as session:
        await asyncio.gather(*(client(session) for _ in range(CLIENTS)))
    return REQUESTS / (cpu_s(server) - before)


async def measure(what: str, *, kind: str = "sqlite") -> Measured:
    headers = {"Accept-Encoding": "identity", "Accept-Language": "de"}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, database(kind, Path(name)) as url:
        folder = Path(name)
        rush = await prepare(url, folder, TIMES)
        await more_duties(url, rush.times[0])
        rush.serve(1)
        address = f"http://127.0.0.1:{rush.ports[0]}{addresses()[what]}"
        async with aiohttp.ClientSession(headers=headers) as session, session.get(address) as answer:
            (folder / "answer").write_bytes(await answer.read())
            content_type = answer.content_type
        print(f"{what}: {(folder / 'answer').stat().st_size} bytes", file=sys.stderr)
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.bare_bytes", f"{folder / 'answer'}", content_type]
        bare = Neighbour([*command, f"{port}"], folder / "bare.log")
        try:
            bare.wait_until(partial(port_answers, port))
            ours = partial(per_cpu_second, rush.processes[0], address, headers=headers)
            limit = partial(per_cpu_second, bare, f"http://127.0.0.1:{port}/", headers=headers)
            return await in_turn(ours, limit, runs=RUNS)
        finally:
            bare.stop()
            rush.stop()


def _register(what: str, kind: str, goal: str) -> None:
    @bench(f"{what}-{kind}", unit="requests/CPU-s", limit=LIMIT, goal=goal)
    async def one() -> Measured:
        return await measure(what, kind=kind)


for database_kind in ("sqlite", "postgresql"):
    _register("availability-http", database_kind, ">= 0.25")
    _register("times-page", database_kind, ">= 0.05")
