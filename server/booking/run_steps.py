"""Several inserts in a row, and which of them a constraint refused. What is inserted, and what a refusal means, say those who call."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import Unavailable

SQLITE = SQLiteDialect_aiosqlite()


class StepBroken(Exception):
    """A constraint refused the step with this position; the transaction must be left with an error."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


Step = tuple[Insert, Sequence[dict[str, Any]]]


async def run_steps(tx: AsyncConnection, steps: Sequence[Step]) -> None:
    """Inserts one after the other, `StepBroken` at the first that a constraint refuses.

    On SQLite all of them are one visit to the driver's thread, with statements compiled once: going there and back for
    each costs more than the inserts do, and meanwhile nobody else may write. Every row names all of its columns, since
    no default is filled in here. On PostgreSQL they are what they would be without this.
    """
    if tx.dialect.name != "sqlite":
        for position, (statement, rows) in enumerate(steps):
            try:
                await tx.execute(statement, rows)
            except IntegrityError as error:
                raise StepBroken(position) from error
        return
    ready = [_compiled(statement, tuple(rows[0])) for statement, rows in steps]
    work = [(sql, [bind(row) for row in rows]) for (sql, bind), (_, rows) in zip(ready, steps, strict=True)]
    driver: Any = (await tx.get_raw_connection()).driver_connection

    def visit() -> None:
        for position, (sql, values) in enumerate(work):
            try:
                driver._conn.executemany(sql, values)  # noqa: SLF001  in the driver's own thread
            except sqlite3.IntegrityError as error:
                raise StepBroken(position) from error

    try:
        await driver._execute(visit)  # noqa: SLF001
    except sqlite3.OperationalError as error:
        raise Unavailable from error


@cache
def _compiled(
    statement: Insert, columns: tuple[str, ...]
) -> tuple[str, Callable[[dict[str, Any]], list[Any]]]:
    """The text of an insert for SQLite, and what makes its values of a row."""
    compiled: Any = statement.inline().compile(dialect=SQLITE, column_keys=list(columns))
    names, convert = compiled.positiontup, compiled._bind_processors  # noqa: SLF001
    if set(names) != set(columns):
        raise TypeError(f"columns left to a default: {set(names) ^ set(columns)}")

    def bind(row: dict[str, Any]) -> list[Any]:
        return [convert[name](row[name]) if name in convert else row[name] for name in names]

    return compiled.string, bind
