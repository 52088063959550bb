"""`make run`: the demo city on SQLite with mails in a folder. Migrates, seeds what is missing, serves, says where to click."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import typer

from server.clock import SystemClock
from server.db import Database
from server.demo.seed import demo_words, seed
from server.migrations.run import is_current, upgrade
from server.settings import Settings
from server.signing.own_seal import make_seal

FOLDER = Path("var/demo")


def demo_settings(port: int) -> Settings:
    """Settings of the demo city; SPRECHZEIT_* in the environment wins."""
    chosen: dict[str, object] = {
        "demo": True,
        "port": port,
        "public_url": f"http://localhost:{port}",
        "database_url": f"sqlite+aiosqlite:///{FOLDER / 'sprechzeit.db'}",
        "data_dir": FOLDER,
        "store": FOLDER / "documents",
        "max_holds": 500,
        "seal_file": FOLDER / "demo-siegel.p12",
        "seal_password": "demo",
    }
    asked = {name for name in chosen if f"SPRECHZEIT_{name.upper()}" in os.environ}
    return Settings(**{name: value for name, value in chosen.items() if name not in asked})  # type: ignore[arg-type]


def start(port: int) -> None:
    """Serves until interrupted."""
    from server.app import run

    settings = demo_settings(port)
    if asyncio.run(is_current(settings.database_url)):
        asyncio.run(plant(settings))
    else:
        _prepare_apart(port)
    run(settings, ready=lambda: typer.echo(demo_words(settings)))


def prepare_now(port: int) -> None:
    """The schema and the demo city's data, and nothing more."""
    settings = demo_settings(port)
    asyncio.run(upgrade(settings.database_url))
    asyncio.run(plant(settings))


def _prepare_apart(port: int) -> None:
    """In a process of its own: building a schema takes memory that a small machine would miss all day."""
    command = [sys.executable, "-m", "server", "demo", "--port", str(port), "--prepare-only"]
    if code := subprocess.run(command, check=False).returncode:  # noqa: S603  nothing of it comes from outside
        raise typer.Exit(code)


async def plant(settings: Settings) -> None:
    """The demo city's data; quick when it is there."""
    db = Database(settings.database_url)
    try:
        await seed(db, settings, SystemClock().now())
        if settings.seal_file == FOLDER / "demo-siegel.p12":
            make_seal(settings.seal_file, "DEMO-Siegel, ohne Wert", "demo", SystemClock().now())
    finally:
        await db.close()
