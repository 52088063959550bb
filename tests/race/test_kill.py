"""Processes are killed while a crowd books: nothing acknowledged is lost, nothing booked twice, every answer found again."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.neighbours.postgres import Cluster, running_cluster
from tests.race.kill import Books, Crowd, Killing, Seen, books_of
from tests.race.rush import Rush, prepare

SOAK = bool(os.environ.get("SOAK"))
TIMES, ATTEMPTS, OVER_S = (200, 10_000, 180.0) if SOAK else (20, 400, 8.0)
EVERY_S = (1.0, 3.0) if SOAK else (0.3, 0.8)
PROCESSES = 4


@pytest.fixture(scope="module")
def durable() -> Iterator[Cluster]:
    """A PostgreSQL that keeps what it acknowledged, also when it is killed."""
    with running_cluster(fsync="on", synchronous_commit="on", full_page_writes="on") as cluster:
        yield cluster


@pytest.fixture
def office_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if database_kind == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'office.sqlite3'}"
    cluster: Cluster = request.getfixturevalue("durable")
    return cluster.url(cluster.new_database())


@pytest.fixture
async def rush(office_url: str, tmp_path: Path) -> AsyncIterator[Rush]:
    """Eight more times than are wanted, so that whoever is refused can be told of others."""
    rush = await prepare(office_url, tmp_path, TIMES)
    await rush.more_times(8)
    yield rush
    rush.stop()


def check(seen: Seen, books: Books, folder: Path, attempts: int) -> None:
    """Exactly so many, none twice, none lost; one notice each and no mail twice; nobody met a fault of ours."""
    assert set(seen.statuses) <= {201, 409, 503}, seen.statuses
    assert seen.refused == attempts - TIMES
    assert seen.fewest_alternatives >= 3
    assert set(books.starts.values()) == {1}
    assert len(books.starts) == TIMES
    assert books.numbers == set(seen.booked), "what was acknowledged is there, and nothing else"
    assert books.claims == TIMES * 3
    assert len(books.notices) == TIMES
    assert set(books.notices.values()) == {1}
    mails = [message_from_bytes(mail.read_bytes()) for mail in (folder / "outbox").glob("*.eml")]
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) <= TIMES


@pytest.mark.criterion("K08")
async def test_a_crowd_books_exactly_what_there_is(rush: Rush, tmp_path: Path) -> None:
    rush.serve(PROCESSES, max_holds=ATTEMPTS)
    seen = await Crowd(rush, ATTEMPTS).book()
    assert set(seen.statuses) == {201, 409}
    check(seen, await books_of(rush), tmp_path, ATTEMPTS)


@pytest.mark.criterion("K08", "K09")
async def test_killed_processes_lose_nothing(
    rush: Rush, tmp_path: Path, database_kind: str, request: pytest.FixtureRequest
) -> None:
    """`kill -9` of a server process every second or so, and once of PostgreSQL's first process."""
    rush.serve(PROCESSES, max_holds=ATTEMPTS)
    killing = Killing(rush, EVERY_S)
    killer = asyncio.create_task(killing.go_on())
    crowd = asyncio.create_task(Crowd(rush, ATTEMPTS, OVER_S, killing.enough).book())
    if database_kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("durable")
        await asyncio.sleep(OVER_S / 3)
        await asyncio.to_thread(cluster.kill_and_start)
    await asyncio.wait({crowd, killer}, return_when=asyncio.FIRST_COMPLETED)  # whoever fails first is heard
    killing.over.set()
    await killer
    seen = await crowd
    assert seen.again, "somebody had to ask again, or nothing was shown"
    check(seen, await books_of(rush), tmp_path, ATTEMPTS)
