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
from server.clock import SetClock
from server.db import Database
from server.jobs import JobRunner
from server.migrations.run import upgrade
from server.people.model import StaffRow
from server.people.sign_in import HASHER
from server.recurring import jobs_of
from server.web.call import OFFICE
from tests.neighbours.postgres import Cluster
from tests.neighbours.process import free_port
from tests.office import small_city
from tests.office.city import settings_for


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


async def after_the_first_round(database_url: str, folder: Path) -> None:
    """The small city whose recurring work has just been done, so that not every test's server begins with all of it."""
    from server.app import make_app

    await seed(database_url, small_city.NOW)
    office = make_app(settings_for(database_url, folder, free_port()), SetClock(small_city.NOW))[OFFICE]
    try:
        await JobRunner(office.db, office.clock, jobs_of(office)).run_due()
    finally:
        await office.db.close()


def outside_the_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a loop of its own, whatever loop this thread has."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "city.sqlite3"
    outside_the_loop(after_the_first_round(f"sqlite+aiosqlite:///{path}", path.parent))
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    name = postgres.new_database()
    outside_the_loop(after_the_first_round(postgres.url(name), tmp_path_factory.mktemp("template")))
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
