"""The file of wrapped keys that lies apart from its backup and lives for a week: without it nothing personal in a backup can be read."""

import base64
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import server.app  # noqa: F401  with it every model is known
from server.booking.model import CaseRow
from server.db import Base
from server.rooms.model_incident import IncidentRow

LIVE: Final = timedelta(days=7)
COLUMN: Final = "wrapped_key"
OWNERS: Final[dict[str, type[CaseRow] | type[IncidentRow]]] = {"case": CaseRow, "incident": IncidentRow}


@dataclass(frozen=True, slots=True)
class WrappedKey:
    table: str
    id: str
    key: bytes
    version: int


def tables_with_keys() -> list[str]:
    """A table that gets a wrapped key and is not among OWNERS would take it into the backup: a test looks."""
    return [table.name for table in Base.metadata.sorted_tables if COLUMN in table.columns]


def write_keys(path: Path, keys: Iterable[WrappedKey], now: datetime) -> None:
    """A new file, for its owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps({"at": now.isoformat()}) + "\n")
        for one in keys:
            line = [one.table, one.id, base64.b64encode(one.key).decode(), one.version]
            file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_keys(path: Path) -> Iterator[WrappedKey]:
    with path.open() as file:
        next(file)
        for line in file:
            table, id_, key, version = json.loads(line)
            yield WrappedKey(table, id_, base64.b64decode(key), version)


def forget_keys(folder: Path, now: datetime) -> int:
    """Removes key files that are over; returns how many."""
    gone = 0
    for path in folder.glob("*.keys"):
        with path.open() as file:
            at = datetime.fromisoformat(json.loads(next(file))["at"])
        if at <= now - LIVE:
            path.unlink()
            gone += 1
    return gone
