"""Addresses of the built scripts and styles, from the manifest that Vite writes, and how long they are kept.
Where they are served from is in `server/app.py`."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from aiohttp import web

DIST = Path(__file__).parents[2] / "webclient" / "dist"
BASE = "/static/"


class AssetsMissing(RuntimeError):
    """The client was not built, or has no such entry; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Built:
    """The addresses of an entry: its own, those of its style sheets, those of the modules it imports."""

    address: str
    styles: list[str]
    preloads: list[str]


def asset(entry: str) -> str:
    """The address of an entry's script or style sheet, e.g. of "src/room/main.ts"."""
    return _built(entry).address


def styles_of(entry: str) -> list[str]:
    """Addresses of the style sheets that a script brings along, those of its imports first."""
    return _built(entry).styles


def preloads_of(entry: str) -> list[str]:
    """Addresses of the modules that a script imports, so that the browser fetches them side by side."""
    return _built(entry).preloads


async def keep_built(request: web.Request, response: web.StreamResponse) -> None:
    """Names of what was built carry a hash of the content: browsers keep it and never ask again."""
    if response.status in (200, 206, 304) and request.path.startswith(f"{BASE}assets/"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"


def _built(entry: str) -> Built:
    path = DIST / ".vite" / "manifest.json"
    try:
        return _read(entry, path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise AssetsMissing(f"{path} is missing: build the client with `make build`") from None


@lru_cache(maxsize=64)
def _read(entry: str, path: Path, _changed_at: int) -> Built:
    manifest: dict[str, Any] = json.loads(path.read_text())
    if entry not in manifest:
        raise AssetsMissing(f"{entry} is not an entry of {path}: build the client with `make build`")
    imported = _imported(entry, manifest)
    records = [*reversed(imported), manifest[entry]]
    return Built(
        address=BASE + manifest[entry]["file"],
        styles=list(dict.fromkeys(BASE + file for record in records for file in record.get("css", ()))),
        preloads=[BASE + record["file"] for record in imported],
    )


def _imported(entry: str, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """What an entry imports, directly or not, each once."""
    found: dict[str, dict[str, Any]] = {}
    waiting = list(manifest[entry].get("imports", ()))
    while waiting:
        name = waiting.pop()
        found[name] = manifest[name]
        waiting += [other for other in found[name].get("imports", ()) if other not in found]
    return list(found.values())
