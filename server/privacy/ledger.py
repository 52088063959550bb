"""The ledger: a file outside of the database and of every backup, to which lines are only ever added. Ids and hashes, nobody's name.

It holds where the audit chain stood (anchors), what was deleted, and when a backup was put back. What is made of its
lines is in `anchor_chain.py`, `verify_chain.py` and `server/backup/restore.py`.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

Kind = Literal["anchor", "deleted", "restored"]
TAIL: Final = 4096


@dataclass(frozen=True, slots=True)
class Line:
    """`position` is the chain's. An anchor and a restore name the link there, a deletion what went: action and id."""

    kind: Kind
    at: datetime
    position: int
    link: str = ""
    action: str = ""
    object_id: str = ""


def append(path: Path, lines: Iterable[Line]) -> None:
    """Adds lines and sees them on the disk. After a torn line, a crash's, it begins a new one."""
    text = "".join(json.dumps(_plain(line)) + "\n" for line in lines)
    if not text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if not _ends_whole(path):
            text = "\n" + text
        os.write(file, text.encode())
        os.fsync(file)
    finally:
        os.close(file)


def lines_of(path: Path) -> Iterator[Line]:
    """All lines in their order; a torn one is passed over."""
    if not path.exists():
        return
    with path.open(encoding="ascii", errors="replace") as file:
        for text in file:
            if line := _read(text):
                yield line


def last_position(path: Path) -> int:
    """Up to where in the chain the ledger knows all."""
    if not path.exists():
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read().decode("ascii", "replace").splitlines()
    return next((line.position for text in reversed(tail) if (line := _read(text))), 0)


def _plain(line: Line) -> dict[str, object]:
    values = {name: value for name, value in asdict(line).items() if value != ""}
    return {**values, "at": line.at.isoformat()}


def _read(text: str) -> Line | None:
    try:
        values = json.loads(text)
        return Line(**{**values, "at": datetime.fromisoformat(values["at"])})
    except (ValueError, KeyError, TypeError):
        return None


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
