"""Addresses of the built scripts and styles, from the manifest that Vite writes. How they are served is in `server/app.py`."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

DIST = Path(__file__).parents[2] / "webclient" / "dist"
BASE = "/static/"


class AssetsMissing(RuntimeError):
    """The client was not built, or has no such entry; the message says what to do."""


def asset(entry: str) -> str:
    """The address of an entry's script or style sheet, e.g. of "src/room/main.ts"."""
    return BASE + str(_record(entry)["file"])


def styles_of(entry: str) -> list[str]:
    """Addresses of the style sheets that a script brings along, those of its imports first."""
    records = [*reversed(_imported(entry)), _record(entry)]
    return list(dict.fromkeys(BASE + file for record in records for file in record.get("css", ())))


def preloads_of(entry: str) -> list[str]:
    """Addresses of the modules that a script imports, so that the browser fetches them side by side."""
    return [BASE + str(record["file"]) for record in _imported(entry)]


def _imported(entry: str) -> list[dict[str, Any]]:
    """What an entry imports, directly or not, each once."""
    found: dict[str, dict[str, Any]] = {}
    waiting = list(_record(entry).get("imports", ()))
    while waiting:
        name = waiting.pop()
        found[name] = _record(name)
        waiting += [other for other in found[name].get("imports", ()) if other not in found]
    return list(found.values())


def _record(entry: str) -> dict[str, Any]:
    path = DIST / ".vite" / "manifest.json"
    try:
        manifest = _manifest(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise AssetsMissing(f"{path} is missing: build the client with `make build`") from None
    try:
        record: dict[str, Any] = manifest[entry]
    except KeyError:
        raise AssetsMissing(
            f"{entry} is not an entry of {path}: build the client with `make build`"
        ) from None
    return record


@lru_cache(maxsize=2)
def _manifest(path: Path, _changed_at: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(path.read_text())
    return manifest
