"""An SQLite database is copied while it is written to, and its keys are taken out of the copy."""

import sqlite3
from contextlib import closing
from pathlib import Path

from server.backup.keys import WrappedKey, tables_with_keys

NAME = "database.sqlite3"


def copy_out(source: Path, folder: Path) -> list[WrappedKey]:
    """By SQLite's own online copy; returns the keys, of which no byte stays in the file."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(folder / NAME)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA secure_delete=ON")
        keys = []
        for table in tables_with_keys():
            rows = copy.execute(f'SELECT id, wrapped_key, key_version FROM "{table}"')  # noqa: S608
            keys += [WrappedKey(table, *row) for row in rows if row[1]]
            copy.execute(f"UPDATE \"{table}\" SET wrapped_key = X'' WHERE wrapped_key IS NOT NULL")  # noqa: S608
        copy.commit()
        copy.execute("VACUUM")
    return keys


def copy_in(folder: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / NAME)) as saved, closing(sqlite3.connect(target)) as fresh:
        saved.backup(fresh)
