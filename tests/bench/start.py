"""How soon the demo city answers when it is started again, and how much memory it holds while it is used."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.harness import Measured, alone, bench, in_turn
from tests.office.demo_process import DemoCity


async def _imports() -> float:
    """The limit: Python that starts and loads the two largest libraries, and ends."""
    begin = time.monotonic()
    command = [sys.executable, "-c", "import aiohttp, sqlalchemy"]
    await asyncio.to_thread(subprocess.run, command, check=True)
    return time.monotonic() - begin


@bench(
    "second-start",
    unit="s",
    limit="Python that loads aiohttp and SQLAlchemy and ends; leaves out reading the city and listening",
    goal="<= 3 s",
)
async def second_start() -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        city = DemoCity(Path(folder))

        async def start() -> float:
            try:
                return await asyncio.to_thread(city.start)
            finally:
                await asyncio.to_thread(city.stop)

        await start()  # the first one seeds the city
        return await in_turn(start, _imports, runs=3, warm_up=0)


@bench("resident-memory", unit="MB", limit="none: an absolute limit", goal="<= 150 MB")
async def resident_memory() -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        city = DemoCity(Path(folder))

        async def used() -> float:
            try:
                await asyncio.to_thread(city.start)
                await asyncio.to_thread(city.walk, 20)
                return city.resident_mb()
            finally:
                await asyncio.to_thread(city.stop)

        return await alone(used, runs=2)
