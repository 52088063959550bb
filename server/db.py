"""The database: engines, transactions, and the column type for instants. No table is declared here.

SQLite: one writer at a time behind a lock, BEGIN IMMEDIATE, WAL. PostgreSQL: READ COMMITTED. Correctness
rests on constraints, not on isolation. When the database is away, `Unavailable` (503, Retry-After).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    MetaData,
    TypeDecorator,
    any_,
    cast,
    event,
    func,
    literal,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from recordings_policy.holds import Holding, holds
from server.errors import Unavailable

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables; used with Core statements, without relationships or sessions."""

    metadata = MetaData(naming_convention=NAMING)
    __data__: ClassVar[Holding] = holds()
    """Which personal data the table holds: said beside each model, complete by `tests/unit/test_register.py`."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


FOR_STAFF: ContextVar[bool] = ContextVar("for_staff", default=False)
"""Set where a request of staff begins: they have connections of their own, whatever rush the citizens are in."""
STAFF_POOL = 3
LOCKED_S, ALTERED_S = 10.0, 600.0
"""How long SQLite waits for another process that writes, and to rebuild tables: who starts at once migrates in turn."""


class Database:
    """Two ways in: `read()` and `write()`; a write commits at the end of its block and rolls back on error."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if self.url.database and self.url.database != ":memory:":
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self._reader = _sqlite_engine(url, "BEGIN", pool_size=4)
            # with SQLite's usual 2 MB a sweep of old cases reads each page again and again
            self._writer = _sqlite_engine(url, "BEGIN IMMEDIATE", pool_size=1, cache_kib=16_000)
            self._staff = self._reader
        else:
            self._reader = self._writer = _postgresql_engine(url, pool_size)
            self._staff = _postgresql_engine(url, STAFF_POOL)
        self._one_writer = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; nothing done on it is kept."""
        with _outages_named():
            async with self._engine(self._reader).connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at the end of the block, rolled back when the block raises."""
        with _outages_named():
            if not self.is_sqlite:
                async with self._engine(self._writer).begin() as connection:
                    yield connection
                return
            async with self._one_writer, self._writer.begin() as connection:
                yield connection

    def _engine(self, usual: AsyncEngine) -> AsyncEngine:
        return self._staff if FOR_STAFF.get() and not self.is_sqlite else usual

    @asynccontextmanager
    async def alter(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may rebuild tables. SQLite copies a table to change it: while the old one is dropped no
        foreign key may act, or what points to it would go along; before the commit every one of them is checked.
        """
        if not self.is_sqlite:
            async with self.write() as connection:
                yield connection
            return
        with _outages_named():
            async with self._one_writer, self._writer.connect() as connection:
                await _pragma(connection, "foreign_keys=OFF")
                await _pragma(connection, f"busy_timeout={ALTERED_S * 1000:.0f}")
                async with connection.begin():
                    yield connection
                    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                    if broken:
                        raise RuntimeError(f"foreign keys broken: {sorted({row[0] for row in broken})}")
                await _pragma(connection, "foreign_keys=ON")
                await _pragma(connection, f"busy_timeout={LOCKED_S * 1000:.0f}")

    async def settle(self) -> None:
        """Carries SQLite's log into its file and empties it, so that deleted bytes are gone from both (secure_delete).

        PostgreSQL's own VACUUM and the rotation of its log do this there.
        """
        if not self.is_sqlite:
            return
        with _outages_named():
            async with self._one_writer, self._writer.connect() as connection:
                await _pragma(connection, "wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()
        await self._staff.dispose()


async def _pragma(connection: AsyncConnection, pragma: str) -> None:
    """Outside of any transaction, where these have an effect."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    async with driver.execute(f"PRAGMA {pragma}") as cursor:
        await cursor.fetchall()


AWAY = ("08", "3D", "40", "53", "57", "58")
"""SQLSTATE classes by which PostgreSQL says "not now": starting up, shutting down, too many, deadlock, disk full."""


@contextmanager
def _outages_named() -> Iterator[None]:
    """Turns "the database can't be reached" into `Unavailable`; broken constraints pass through."""
    try:
        yield
    except (PoolTimeout, OSError, InterfaceError, OperationalError) as error:
        raise Unavailable from error
    except DBAPIError as error:
        if error.connection_invalidated or str(getattr(error.orig, "sqlstate", "")).startswith(AWAY):
            raise Unavailable from error
        raise


def _postgresql_engine(url: str, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
    )


def _sqlite_engine(url: str, begin: str, *, pool_size: int, cache_kib: int = 2_000) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        connect_args={"timeout": LOCKED_S, "isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        lasting = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
        for pragma in (*lasting, f"cache_size=-{cache_kib}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def among(tx: AsyncConnection, column: Any, keys: Sequence[str | int]) -> ColumnElement[bool]:
    """Whether the column holds one of these, of which there may be thousands: they go as one value, where a value for
    each takes longer than what is done with them."""
    if tx.dialect.name == "sqlite":
        return column.in_(select(listed(tx, keys, column.type).c.value))  # type: ignore[no-any-return]
    return column == any_(_array(keys, column.type))  # type: ignore[no-any-return]


def listed(tx: AsyncConnection, keys: Sequence[str | int], kind: Any) -> Any:
    """These as a table with the one column `value`, in their order."""
    if tx.dialect.name == "sqlite":
        return func.json_each(json.dumps(list(keys))).table_valued("value")
    return func.unnest(_array(keys, kind)).table_valued("value").render_derived()


def _array(keys: Sequence[str | int], kind: Any) -> Any:
    return cast(literal(list(keys), postgresql.ARRAY(kind)), postgresql.ARRAY(kind))
