"""Brings a database to the present schema and puts the small city in; once per run and kind, copied afterwards."""

import asyncio
import shutil
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from server.booking.model import DutyRow, TrainingRow
from server.catalog.model import ServiceRow, SiteRow, UnitRow
from server.db import Database
from server.migrations.run import upgrade
from server.people.model import StaffRow
from server.people.sign_in import HASHER
from tests.neighbours.postgres import Cluster
from tests.office import small_city


async def seed(database_url: str, now: datetime, *, duty_now: bool = False) -> None:
    """The schema, then the small city as seen from `now`; with `duty_now` also a duty around this very hour."""
    await upgrade(database_url)
    duties = small_city.duties(now) + ([small_city.duty_around(now)] if duty_now else [])
    db = Database(database_url)
    try:
        async with db.write() as tx:
            await tx.execute(insert(UnitRow), small_city.UNITS)
            await tx.execute(insert(SiteRow), small_city.SITES)
            await tx.execute(insert(ServiceRow), small_city.SERVICES)
            # The numbers follow the order of the rows; given ones would leave PostgreSQL's counter behind.
            for member in small_city.staff(HASHER.hash(small_city.PASSWORD)):
                await tx.execute(insert(StaffRow).values({k: v for k, v in member.items() if k != "id"}))
            await tx.execute(insert(TrainingRow), small_city.trainings())
            await tx.execute(insert(DutyRow), duties)
    finally:
        await db.close()


def outside_the_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a loop of its own, whatever loop this thread has."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "city.sqlite3"
    outside_the_loop(seed(f"sqlite+aiosqlite:///{path}", small_city.NOW))
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgres: Cluster) -> str:
    name = postgres.new_database()
    outside_the_loop(seed(postgres.url(name), small_city.NOW))
    return name


@pytest.fixture
def city_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that holds the small city as of `small_city.NOW`; the test runs once on each kind."""
    if database_kind == "sqlite":
        path = tmp_path / "city.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.new_database(request.getfixturevalue("postgresql_template"))
    yield cluster.url(name)
    cluster.drop_database(name)
