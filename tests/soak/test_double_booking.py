"""Ten thousand attempts on two hundred times through four processes, on both databases: two hundred, none twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.race.rush import Rush, prepare

TIMES, ATTEMPTS, PROCESSES = 200, 10_000, 4
AT_ONCE = 500  # below the files that a process may open by default
BOUND_S = 600


@pytest.fixture
async def rush(database_url: str, tmp_path: Path) -> Rush:
    return await prepare(database_url, tmp_path, TIMES)


@pytest.fixture
def stopping(rush: Rush) -> Iterator[Rush]:
    yield rush
    rush.stop()


@pytest.mark.criterion("A09", "A11")
async def test_ten_thousand_attempts_get_two_hundred_times_once_each(stopping: Rush) -> None:
    stopping.serve(PROCESSES, max_holds=ATTEMPTS)
    statuses: Counter[int] = Counter()
    async with asyncio.timeout(BOUND_S):
        for _ in range(ATTEMPTS // AT_ONCE):
            statuses.update(status for status, _ in await stopping.attempts(AT_ONCE))
    assert statuses == {201: TIMES, 409: ATTEMPTS - TIMES}
    held = await stopping.held_times()
    assert len(held) == TIMES
    assert set(held.values()) == {1}
    assert await stopping.claims() == TIMES * 3
