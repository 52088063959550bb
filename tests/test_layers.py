"""The README says who may import whom; the sources keep to it, and a source that does not is found."""

from pathlib import Path

import pytest

from tests.layers import Row, read_sources, read_table, violations, wall_clock_calls

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def table() -> list[Row]:
    return read_table((ROOT / "README.md").read_text())


def test_no_module_imports_what_the_table_forbids(table: list[Row]) -> None:
    assert violations(table, read_sources(ROOT)) == []


def test_only_the_clock_asks_for_the_time_of_day() -> None:
    assert wall_clock_calls(read_sources(ROOT)) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("server.booking.hold", "from aiohttp import web"),
        ("server.booking.hold", "import server.documents.upload"),
        ("server.booking.hold", "from server.documents import upload"),
        ("server.booking.hold", "from server.booking.routes import pages\nfrom signaling import contract"),
        ("server.booking.hold", "def late():\n    from server.app import make_app"),
        ("server.catalog.model", "from server.booking.model import Claim"),
        ("server.people.model", "from ..catalog.model import Service"),
        ("server.clock", "from server.db import Base"),
        ("server.errors", "import sqlalchemy.exc"),
        ("server.access", "from server.booking.hold import hold"),
        ("server.web.pages", "from server.app import make_app"),
        ("server.booking.routes", "from server.documents.upload import take"),
        ("server.rooms.admit", "from signaling.room import Room"),
        ("server.rooms.admit", "import redis.asyncio"),
        ("server.people.sign_in", "from jose import jwt"),
        ("signaling.room", "import aiohttp"),
        ("signaling.room", "from server.clock import Clock"),
        ("signaling.contract", "from signaling.messages import Hello"),
        ("signaling.connection", "from aiortc import RTCPeerConnection"),
        ("signaling.connection", "import redis"),
        ("signaling.app", "import server.settings"),
        ("signaling.app", "from jose import jwt"),
        ("recordings_policy.decide", "from server.db import Base"),
        ("elsewhere.module", ""),
    ],
)
def test_a_forbidden_import_is_found(table: list[Row], module: str, source: str) -> None:
    known = {"server.documents.upload": "", "signaling.contract": ""}
    assert violations(table, {**known, module: source})


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "server.booking.hold",
            "from server.booking import calendar\nfrom server.booking.model import Claim",
        ),
        ("server.booking.hold", "from sqlalchemy import select\nfrom . import model"),
        ("server.rooms.admit", "from signaling.contract import mint"),
        ("server.booking.routes", "from aiohttp import web\nfrom server.booking.hold import hold"),
        ("signaling.bus", "from redis.asyncio import Redis"),
        ("server.app", "from signaling.app import add_signaling\nfrom server.booking import routes"),
    ],
)
def test_an_allowed_import_is_let_through(table: list[Row], module: str, source: str) -> None:
    assert violations(table, {module: source}) == []


def test_asking_the_wall_clock_is_found() -> None:
    source = "from datetime import datetime, UTC\ndef f():\n    return datetime.now(UTC)"
    assert wall_clock_calls({"server.booking.hold": source})
    assert not wall_clock_calls({"server.clock": source})
