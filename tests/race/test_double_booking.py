"""No time is given twice, whoever asks at once; and it is the database's key that sees to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.race.rush import Rush, prepare

TIMES, CROWD, PROCESSES = 20, 400, 4


@pytest.fixture
async def rush(database_url: str, tmp_path: Path) -> Rush:
    return await prepare(database_url, tmp_path, TIMES)


@pytest.fixture
def stopping(rush: Rush) -> Iterator[Rush]:
    yield rush
    rush.stop()


@pytest.mark.criterion("A09", "A11")
async def test_four_hundred_at_once_get_twenty_times_once_each(stopping: Rush) -> None:
    stopping.serve(PROCESSES)
    answers = await stopping.attempts(CROWD)
    statuses = [status for status, _ in answers]
    assert sorted(set(statuses)) == [201, 409]
    assert statuses.count(201) == TIMES
    held = await stopping.held_times()
    assert len(held) == TIMES
    assert set(held.values()) == {1}
    assert await stopping.claims() == TIMES * 3


async def test_without_the_key_the_same_crowd_gets_times_twice(stopping: Rush) -> None:
    await stopping.remove_the_guard()
    stopping.serve(PROCESSES)
    await stopping.attempts(CROWD)
    held = await stopping.held_times()
    assert max(held.values()) > 1
