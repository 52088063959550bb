"""All rows that belong to one citizen's case, found by following the foreign keys: a new table is reached without a word here.

What of them is handed out is in `collect.py`, what is deleted on request in `erase.py`.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db import Base

ROOTS: Final = ("case", "appointment")
LOOSE: Final = {"legal_hold": ("case_id",), "erasure": ("case_id",), "audit": ("object_id",)}
"""Columns that name a row of a case without a foreign key: these tables outlive the case."""
BEYOND: Final = {"feedback": "Ohne Namen und ohne Weg zurück zu einem Termin: niemand weiß, von wem sie ist."}
"""Data of citizens that no case leads to, and why."""

Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Tie:
    """`column` of a table names a row of `to`; None: of any table that was reached before."""

    column: Column[Any]
    to: Table | None


@cache
def ties() -> dict[Table, tuple[Tie, ...]]:
    """Every table that a case leads to, in an order in which each comes after those it is tied to."""
    found: dict[Table, tuple[Tie, ...]] = {}
    for table in Base.metadata.sorted_tables:
        foreign = [Tie(key.parent, key.column.table) for key in table.foreign_keys]
        reached = tuple(tie for tie in foreign if tie.to in found and tie.to is not table)
        if reached or table.name in ROOTS:
            found[table] = reached
    for name, columns in LOOSE.items():
        table = Base.metadata.tables[name]
        found[table] = tuple(Tie(table.columns[column], None) for column in columns)
    return found


async def rows_of(
    tx: AsyncConnection, roots: Mapping[str, str | None], only: Container[str] | None = None
) -> Rows:
    """By table: the rows named in `roots` and all that hangs on them; `only` of these tables."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, tied in ties().items():
        if only is not None and table.name not in only:
            found[table.name] = []
            continue
        wanted: list[ColumnElement[bool]] = [tie.column.in_(_names(found, tie)) for tie in tied]
        if table.name in roots:
            wanted.append(table.columns.id == roots[table.name])
        query = select(table).where(or_(*wanted)).order_by(*table.primary_key.columns)
        found[table.name] = [dict(row) for row in (await tx.execute(query)).mappings()]
    return found


def _names(found: Rows, tie: Tie) -> list[Any]:
    """What the tied column may hold: the primary keys of what was reached."""
    tables = [tie.to.name] if tie.to is not None else list(found)
    return sorted({row["id"] for name in tables for row in found[name] if isinstance(row.get("id"), str)})
