"""A new master key: every key of a case or an incident is unwrapped by the old one and wrapped by the new, while the office goes on.

No document is read or written: their keys stay the same, only what wraps them changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, select, update

from server.booking.model import CaseRow
from server.db import Database
from server.rooms.model_incident import IncidentRow
from server.sealing import Keyring, SealBroken
from server.settings import Settings

AT_ONCE = 500
Wrapping = type[CaseRow] | type[IncidentRow]
WRAPPING: tuple[Wrapping, ...] = (CaseRow, IncidentRow)


@dataclass
class Rotated:
    """How far it is: keys wrapped anew of all that waited; `shut` counts those that no known master key of that version opens."""

    of: int = 0
    done: int = 0
    shut: dict[int, int] = field(default_factory=dict)


def keyring_of(settings: Settings) -> Keyring:
    """The present master key, and older ones for cases that still wait for it."""
    key, version = settings.master_key.get_secret_value(), settings.master_key_version
    return Keyring(key, version, settings.older_master_keys)


async def rotate(
    db: Database, keyring: Keyring, tell: Callable[[Rotated], object] = lambda _: None
) -> Rotated:
    """Wraps all keys anew that another master key wraps. Safe to stop at any point, to repeat, and to run twice at once.

    Each batch is one transaction that holds nobody up for long; `tell` hears of each. What a process with the old key
    enters meanwhile is found by another round.
    """
    so_far = Rotated()
    while (waiting := await _waiting(db, keyring.version)) > sum(so_far.shut.values()):
        so_far.of = so_far.done + waiting
        so_far.shut.clear()
        for table in WRAPPING:
            await _round(db, keyring, table, so_far, tell)
    return so_far


async def _round(
    db: Database, keyring: Keyring, table: Wrapping, so_far: Rotated, tell: Callable[[Rotated], object]
) -> None:
    after = ""
    while batch := await _older(db, table, keyring.version, after):
        after = batch[-1].id
        if fresh := [new for row in batch if (new := _anew(keyring, row, so_far))]:
            async with db.write() as tx:
                await tx.execute(_put(table, keyring.version), fresh)
        so_far.done += len(fresh)
        tell(so_far)


def _anew(keyring: Keyring, row: Any, so_far: Rotated) -> dict[str, Any] | None:
    try:
        key = keyring.unwrap(row.wrapped_key, row.key_version)
    except SealBroken:
        so_far.shut[row.key_version] = so_far.shut.get(row.key_version, 0) + 1
        return None
    return {"at": row.id, "before": row.wrapped_key, "fresh": keyring.wrap(key)}


def _put(table: Wrapping, version: int) -> Any:
    """Only where the wrapped key is still the one that was read: a case that was closed meanwhile stays closed."""
    same = update(table).where(table.id == bindparam("at"), table.wrapped_key == bindparam("before"))
    return same.values(wrapped_key=bindparam("fresh"), key_version=version)


async def _waiting(db: Database, version: int) -> int:
    async with db.read() as tx:
        counts = [
            await tx.scalar(
                select(func.count()).where(table.key_version != version, table.wrapped_key.is_not(None))
            )
            for table in WRAPPING
        ]
    return sum(count or 0 for count in counts)


async def _older(db: Database, table: Wrapping, version: int, after: str) -> Sequence[Any]:
    """Some that another master key wraps, in the order of their ids: none is looked at twice in a round."""
    query = select(table.id, table.wrapped_key, table.key_version)
    query = query.where(table.key_version != version, table.wrapped_key.is_not(None), table.id > after)
    async with db.read() as tx:
        return (await tx.execute(query.order_by(table.id).limit(AT_ONCE))).all()
