"""A PostgreSQL database is copied table by table in one snapshot, by COPY, without its keys; no program but this one is needed."""

from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import URL, Column
from sqlalchemy.schema import Table

from server.backup.keys import COLUMN, WrappedKey, tables_with_keys
from server.db import Base

Contents = dict[str, list[str]]
"""Table ► columns, in an order in which each row finds those it points to."""


def contents() -> Contents:
    return {table.name: [column.name for column in table.columns] for table in Base.metadata.sorted_tables}


async def copy_out(url: URL, folder: Path) -> list[WrappedKey]:
    """Returns the keys, which stand in no file here."""
    line = await _connect(url)
    try:
        async with line.transaction(isolation="repeatable_read", readonly=True):
            for table in Base.metadata.sorted_tables:
                query = f"SELECT {_columns(table)} FROM {_quoted(table.name)}"  # noqa: S608
                await line.copy_from_query(query, output=folder / f"{table.name}.copy")
            return [key for name in tables_with_keys() for key in await _keys(line, name)]
    finally:
        await line.close()


async def copy_in(url: URL, folder: Path, tables: Contents) -> None:
    """All or nothing. The guards of the audit look at what is added; here it comes back as it was."""
    line = await _connect(url)
    try:
        async with line.transaction():
            for name in ("audit", "audit_cut"):
                await line.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            for name, columns in tables.items():
                await line.copy_to_table(name, source=folder / f"{name}.copy", columns=columns)
                if "id" in columns:
                    await _count_on(line, name)
            for name in ("audit", "audit_cut"):
                await line.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    finally:
        await line.close()


async def is_empty(url: URL) -> bool:
    """Whether there is no table yet, or nothing in them."""
    line = await _connect(url)
    try:
        for name in contents():
            there = await line.fetchval("SELECT to_regclass($1)", _quoted(name))
            if there and await line.fetchval(f"SELECT EXISTS (SELECT 1 FROM {_quoted(name)})"):  # noqa: S608
                return False
        return True
    finally:
        await line.close()


async def _connect(url: URL) -> Any:
    return await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


async def _keys(line: Any, name: str) -> list[WrappedKey]:
    query = f"SELECT id, wrapped_key, key_version FROM {_quoted(name)} WHERE wrapped_key IS NOT NULL"  # noqa: S608
    return [WrappedKey(name, *row) for row in await line.fetch(query)]


async def _count_on(line: Any, name: str) -> None:
    """New rows get numbers after those that came back."""
    sequence = await line.fetchval("SELECT pg_get_serial_sequence($1, 'id')", _quoted(name))
    if sequence:
        last = await line.fetchval(f"SELECT max(id) FROM {_quoted(name)}")  # noqa: S608
        await line.execute("SELECT setval($1::regclass, $2, $3)", sequence, last or 1, last is not None)


def _columns(table: Table) -> str:
    return ", ".join(_column(column) for column in table.columns)


def _column(column: Column[Any]) -> str:
    """A key is left out; that there was one stays."""
    name = _quoted(column.name)
    return f"CASE WHEN {name} IS NULL THEN NULL ELSE ''::bytea END" if column.name == COLUMN else name


def _quoted(name: str) -> str:
    return f'"{name}"'
