"""Signaling as a process of its own: its settings, its health, and that it stops at once and politely."""

import asyncio
import base64
import hashlib
import hmac
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from signaling.contract import Ticket, mint
from signaling.messages import SUBPROTOCOL
from signaling.settings import SettingsRefused, SignalingSettings, from_environment
from signaling.turn import ice_servers, ice_transport_policy
from tests.neighbours.process import free_port
from tests.neighbours.redis import RedisServer
from tests.signaling.people import NOON, PATIENCE_S, SECRET

ROOT = Path(__file__).parents[2]


@dataclass
class Running:
    process: asyncio.subprocess.Process
    url: str


async def run(**environ: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "signaling", cwd=ROOT,
        env={"PATH": os.environ["PATH"], **{f"SPRECHZEIT_{name}": value for name, value in environ.items()}},
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def started(redis_url: str, http: aiohttp.ClientSession) -> Running:
    port = free_port()
    process = await run(
        TICKET_SECRET=SECRET,
        REDIS_URL=redis_url,
        SIGNALING_PORT=str(port),
        PUBLIC_URL="https://termine.example.de",
    )
    url = f"http://127.0.0.1:{port}"
    async with asyncio.timeout(60):
        while True:
            try:
                async with http.get(f"{url}/healthz") as answer:
                    assert answer.status == 200
                    return Running(process, url)
            except aiohttp.ClientConnectionError:
                assert process.returncode is None
                await asyncio.sleep(0.05)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_it_says_whether_redis_answers_and_stops_at_once_with_1012(
    own_redis: RedisServer, http: aiohttp.ClientSession
) -> None:
    running = await started(own_redis.url, http)
    try:
        async with http.get(f"{running.url}/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, {"redis": "ok"})
        socket = await http.ws_connect(f"{running.url}/signaling/v1", protocols=(SUBPROTOCOL,))
        ticket = Ticket("room", "guest", "anna", "Anna Canary-7f3a", 0, 2**33, (), "jti-one", "citizen")
        await socket.send_json(
            {"type": "hello", "ticket": mint(ticket, SECRET, time.time()), "instance": "page-one"}
        )
        assert (await socket.receive_json(timeout=PATIENCE_S))["type"] == "welcome"
        own_redis.stop()
        async with http.get(f"{running.url}/readyz") as answer:
            assert (answer.status, await answer.json()) == (503, {"redis": "away"})
        running.process.send_signal(signal.SIGTERM)
        assert (await socket.receive_json(timeout=PATIENCE_S))["type"] == "moving"
        await socket.receive(PATIENCE_S)
        assert socket.close_code == 1012
        _, said = await asyncio.wait_for(running.process.communicate(), 10)
        assert running.process.returncode == 0
        assert b"Canary" not in said
        assert b"127.0.0.1" not in said
    finally:
        if running.process.returncode is None:
            running.process.kill()
            await running.process.wait()


@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({"TICKET_SECRET": SECRET, "PUBLIC_URL": "https://x.example"}, b"SPRECHZEIT_REDIS_URL"),
        (
            {"REDIS_URL": "redis://127.0.0.1:1", "PUBLIC_URL": "https://x.example"},
            b"SPRECHZEIT_TICKET_SECRET",
        ),
        ({"REDIS_URL": "redis://127.0.0.1:1", "TICKET_SECRET": SECRET}, b"SPRECHZEIT_PUBLIC_URL"),
    ],
)
async def test_without_what_it_needs_it_says_so_and_does_not_start(
    environ: dict[str, str], word: bytes
) -> None:
    process = await run(**environ)
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert word in said
    assert b"Traceback" not in said


def test_secrets_come_from_files_and_stay_out_of_sight(tmp_path: Path) -> None:
    (tmp_path / "SPRECHZEIT_TURN_SECRET").write_text("turn-secret\n")
    (tmp_path / "key").write_text(SECRET)
    settings = from_environment({
        "SPRECHZEIT_TICKET_SECRET_FILE": str(tmp_path / "key"), "SPRECHZEIT_SECRETS_DIR": str(tmp_path),
        "SPRECHZEIT_TURN_URLS": "turn:a.example, turns:a.example:443", "SPRECHZEIT_PUBLIC_URL": "https://x.example/",
    })  # fmt: skip
    assert (settings.ticket_secret, settings.turn_secret) == (SECRET, "turn-secret")
    assert settings.turn_urls == ("turn:a.example", "turns:a.example:443")
    assert settings.allowed_origins == ("https://x.example",)
    assert SECRET not in repr(settings)
    assert "turn-secret" not in repr(settings)
    with pytest.raises(SettingsRefused):
        SignalingSettings(ticket_secret="short")
    with pytest.raises(SettingsRefused):
        SignalingSettings(ticket_secret=SECRET, turn_urls=("turn:a.example",))


def test_turn_credentials_die_ten_minutes_after_the_room_and_clerks_are_relayed() -> None:
    settings = SignalingSettings(ticket_secret=SECRET, turn_urls=("turn:a.example",), turn_secret="north")
    (server,) = ice_servers(settings, "anna", NOON + 3600, NOON)
    assert server["urls"] == ["turn:a.example"]
    assert server["username"] == f"{NOON + 4200}:anna"
    expected = hmac.new(b"north", f"{NOON + 4200}:anna".encode(), hashlib.sha1).digest()
    assert base64.b64decode(server["credential"]) == expected
    assert ice_servers(settings, "anna", NOON + 10**7, NOON)[0]["username"] == f"{NOON + 86400}:anna"
    assert (ice_transport_policy(settings, "host"), ice_transport_policy(settings, "guest")) == (
        "relay",
        "all",
    )
    without = SignalingSettings(ticket_secret=SECRET)
    assert ice_servers(without, "anna", NOON, NOON) == []
    assert ice_transport_policy(without, "host") == "all"
