"""Brings a database to this program's schema, and says whether it is there. Works without alembic.ini."""

import asyncio
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from server.db import Database

LOCK = 7_318_001
"""PostgreSQL advisory lock: two processes that start at once migrate one after the other."""


def config(connection: Connection | None = None) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


async def upgrade(database_url: str, to: str = "head") -> None:
    """Runs what is missing, in one transaction."""
    await _with_connection(database_url, lambda connection: command.upgrade(config(connection), to))


async def downgrade(database_url: str, to: str) -> None:
    await _with_connection(database_url, lambda connection: command.downgrade(config(connection), to))


def head() -> str | None:
    """The revision that this program knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


async def is_current(database_url: str) -> bool:
    """Whether the schema is the one this program knows."""
    db = Database(database_url)
    try:
        async with db.read() as tx:
            return await tx.run_sync(_revision) == head()
    finally:
        await db.close()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _with_connection(database_url: str, work: Any) -> None:
    db = Database(database_url)
    try:
        async with db.alter() as tx:
            if not db.is_sqlite:
                await tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            await tx.run_sync(work)
    finally:
        await db.close()
        await asyncio.sleep(0)
