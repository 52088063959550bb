"""The schema grows from nothing, goes back to nothing, and is the one that the models speak of; on both databases."""

import asyncio
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, make_url, text

from server.app import make_app
from server.db import Base, Database
from server.migrations.run import downgrade, is_current, upgrade
from tests.neighbours.process import Neighbour
from tests.office.city import only_sqlite
from tests.office.served import as_environment

ROOT = Path(__file__).parents[1]
MODELS = make_app  # the composition root imports every model


async def on(database_url: str, question: Any) -> Any:
    db = Database(database_url)
    try:
        async with db.read() as tx:
            return await tx.run_sync(question)
    finally:
        await db.close()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def keys(connection: Connection) -> dict[str, Any]:
    """What autogenerate does not compare: primary keys, and what a deletion takes along."""
    found = {}
    for name in sorted(Base.metadata.tables):
        primary = inspect(connection).get_pk_constraint(name)["constrained_columns"]
        foreign = {
            (*key["constrained_columns"], key["referred_table"], key["options"].get("ondelete"))
            for key in inspect(connection).get_foreign_keys(name)
        }
        found[name] = (primary, foreign)
    return found


def keys_of_models() -> dict[str, Any]:
    return {
        name: (
            [column.name for column in table.primary_key],
            {(key.parent.name, key.column.table.name, key.ondelete) for key in table.foreign_keys},
        )
        for name, table in sorted(Base.metadata.tables.items())
    }


async def test_the_schema_is_what_the_models_say(database_url: str) -> None:
    assert not await is_current(database_url)
    await upgrade(database_url)
    assert await is_current(database_url)
    assert await on(database_url, differences) == []
    assert await on(database_url, keys) == keys_of_models()
    assert await on(database_url, tables) == {*Base.metadata.tables, "alembic_version"}


async def test_back_to_nothing_and_up_again(database_url: str) -> None:
    await upgrade(database_url)
    await downgrade(database_url, "base")
    assert await on(database_url, tables) == {"alembic_version"}
    assert not await is_current(database_url)
    await upgrade(database_url)
    await upgrade(database_url)
    assert await on(database_url, differences) == []


async def test_processes_that_start_at_once_migrate_one_after_the_other(
    database_url: str, tmp_path: Path
) -> None:
    environment = as_environment(database_url, tmp_path, 0, {})
    command = [sys.executable, "-m", "server", "migrate"]
    processes = [
        Neighbour(command, tmp_path / f"{number}.log", env=environment, cwd=ROOT) for number in range(3)
    ]
    codes = [await asyncio.to_thread(process.process.wait, 240) for process in processes]
    assert codes == [0, 0, 0], [process.output() for process in processes]
    assert await is_current(database_url)
    assert await on(database_url, differences) == []


@only_sqlite()
async def test_one_that_finds_another_migrating_waits_however_long_that_takes(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than a process waits for one that only writes a row."""
    monkeypatch.setattr("server.db.LOCKED_S", 0.05)
    other = sqlite3.connect(str(make_url(database_url).database), isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    mine = asyncio.create_task(upgrade(database_url))
    ended, _ = await asyncio.wait({mine}, timeout=1)
    other.execute("ROLLBACK")
    other.close()
    assert not ended
    await mine
    assert await is_current(database_url)


OLD_ROWS = (
    "INSERT INTO staff (id, login, display, roles, languages, active) VALUES (1, 'a', 'A', '[]', '[]', true)",
    (
        "INSERT INTO duty (id, staff_id, place, starts_at, ends_at, takes_video, demo) "
        "VALUES (1, 1, 'home', '2027-03-01 08:00:00', '2027-03-01 10:00:00', true, false)"
    ),
    (
        "INSERT INTO appointment (id, number, hold_hash, state, mode, duty_id, starts_at, ends_at, services, language,"
        " channel, client_key, sequence, extended, created_at) VALUES ('x', '1', 'h', 'confirmed', 'video', 1,"
        " '2027-03-01 08:00:00', '2027-03-01 08:10:00', '[]', 'de', 'online', '', 0, false, '2027-02-01 08:00:00')"
    ),
    "INSERT INTO claim (duty_id, tick, appointment_id) VALUES (1, 1, 'x'), (1, 2, 'x')",
    (
        "INSERT INTO outbox (id, event, appointment_id, facts, created_at, due_at, attempts)"
        " VALUES ('o', 'confirmed', 'x', '{}', '2027-02-01 08:00:00', '2027-02-01 08:00:00', 0)"
    ),
)


async def count(database_url: str, table: str) -> int:
    return int(await on(database_url, lambda tx: tx.scalar(text(f"SELECT count(*) FROM {table}"))))


async def test_what_an_older_release_stored_is_still_there(database_url: str) -> None:
    """Upwards and downwards: SQLite copies tables to change them, and nothing may be lost on the way."""
    await upgrade(database_url, "0001")
    db = Database(database_url)
    async with db.write() as tx:
        for statement in OLD_ROWS:
            await tx.execute(text(statement))
    await db.close()
    await upgrade(database_url)
    ticks = await on(database_url, lambda tx: tx.scalar(text("SELECT ticks FROM appointment")))
    assert ticks == 2
    await downgrade(database_url, "0001")
    for table, there in {"duty": 1, "appointment": 1, "claim": 2, "outbox": 1}.items():
        assert await count(database_url, table) == there, table
