"""What a relayed message costs the server in CPU time, and what a waiting person costs it in memory."""

import asyncio
import json
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from signaling.contract import GUEST_RIGHTS, HOST_RIGHTS, Part, Role, Ticket, mint
from signaling.messages import SUBPROTOCOL
from tests.bench.harness import Measured, alone, bench, in_turn
from tests.bench.relay_server import SECRET
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.office.served import ROOT

ROOMS, PER_SECOND, SECONDS, RUNS = 20, 1000, 3.0, 7
WAITING, BEFORE = 1000, 100
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n" + "a=fingerprint:sha-256 {}\r\n".format("AB:" * 30) * 8
Socket = aiohttp.ClientWebSocketResponse


@asynccontextmanager
async def running(module: str) -> AsyncIterator[tuple[int, Neighbour]]:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = Neighbour([sys.executable, "-m", module, str(port)], Path(folder) / "relay.log", cwd=ROOT)
        try:
            server.wait_until(partial(port_answers, port))
            yield port, server
        finally:
            server.stop()


def cpu_s(process: Neighbour) -> float:
    """Seconds on a CPU so far, in nanosecond steps as the scheduler counts them."""
    threads = Path(f"/proc/{process.pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def resident_kib(process: Neighbour) -> int:
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


async def cost_per_message(pairs: list[tuple[Socket, dict[str, Any]]], server: Neighbour) -> float:
    """Microseconds of CPU for each message of 1 KB that a pair's first socket sends, evenly over some seconds."""
    texts = [json.dumps(message) for _, message in pairs]
    before, begin, sent = cpu_s(server), time.perf_counter(), 0
    while (spent := time.perf_counter() - begin) < SECONDS:
        while sent < spent * PER_SECOND:
            await pairs[sent % len(pairs)][0].send_str(texts[sent % len(pairs)])
            sent += 1
        await asyncio.sleep(0.002)
    return (cpu_s(server) - before) / sent * 1e6


async def drain(socket: Socket) -> None:
    async for _ in socket:
        pass


async def enter(
    session: aiohttp.ClientSession, port: int, room: str, role: Role
) -> tuple[Socket, dict[str, Any]]:
    now = int(time.time())
    rights = HOST_RIGHTS if role == "host" else GUEST_RIGHTS
    part: Part = "clerk" if role == "host" else "citizen"
    jti = secrets.token_hex(8)
    ticket = Ticket(room, role, f"{role}-{room}", "Erika", now - 60, now + 3600, rights, jti, part)
    socket = await session.ws_connect(
        f"ws://127.0.0.1:{port}/signaling/v1", protocols=[SUBPROTOCOL], compress=0
    )
    await socket.send_json(
        {"type": "hello", "ticket": mint(ticket, SECRET, now), "instance": secrets.token_hex(8)}
    )
    return socket, await socket.receive_json()


async def our_pairs(session: aiohttp.ClientSession, port: int) -> list[tuple[Socket, dict[str, Any]]]:
    pairs = []
    for number in range(ROOMS):
        host, _ = await enter(session, port, f"room-{number}", "host")
        guest, welcome = await enter(session, port, f"room-{number}", "guest")
        await host.send_json({"type": "admit", "guest": welcome["self"]})
        pairs.append(
            (host, {"type": "description", "to": welcome["self"], "kind": "offer", "sdp": SDP}, guest)
        )
    return [(host, message) for host, message, guest in pairs if _listen(host, guest)]


async def bare_pairs(session: aiohttp.ClientSession, port: int) -> list[tuple[Socket, dict[str, Any]]]:
    pairs = []
    for number in range(ROOMS):
        url = f"ws://127.0.0.1:{port}/relay/{number}"
        one, other = await session.ws_connect(url, compress=0), await session.ws_connect(url, compress=0)
        _listen(one, other)
        pairs.append((one, {"kind": "description", "to": "a" * 22, "sdp": SDP}))
    return pairs


_listening: set[asyncio.Task[None]] = set()


def _listen(*sockets: Socket) -> bool:
    _listening.update(asyncio.create_task(drain(socket)) for socket in sockets)
    return True


@bench(
    "relay-cpu",
    unit="µs/message",
    limit="bare aiohttp relay that parses JSON and passes the text on; checks, numbers, keeps and stamps nothing",
    goal="<= 1.3",
)
async def relay_cpu() -> Measured:
    async with (
        running("tests.bench.relay_server") as (our_port, ours),
        running("tests.bench.bare_room.relay") as (bare_port, bare),
        aiohttp.ClientSession() as session,
    ):
        our_sockets = await our_pairs(session, our_port)
        bare_sockets = await bare_pairs(session, bare_port)
        await asyncio.sleep(0.2)
        try:
            return await in_turn(
                partial(cost_per_message, our_sockets, ours),
                partial(cost_per_message, bare_sockets, bare),
                runs=RUNS,
            )
        finally:
            for task in _listening:
                task.cancel()


async def per_waiting() -> float:
    """KiB of a fresh process for each guest in a waiting room, after the first have warmed it up."""
    async with (
        running("tests.bench.relay_server") as (port, server),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
    ):
        first = [await enter(session, port, f"room-{n}", "guest") for n in range(BEFORE)]
        before = resident_kib(server)
        others = [await enter(session, port, f"room-{n}", "guest") for n in range(BEFORE, BEFORE + WAITING)]
        there = resident_kib(server)
        assert not [socket for socket, _ in first + others if socket.closed]
        return (there - before) / WAITING


@bench(
    "memory-per-waiting-session",
    unit="KiB",
    limit="none; a room, a session and a socket for each",
    goal="<= 25 KiB",
)
async def memory_per_waiting_session() -> Measured:
    return await alone(per_waiting, runs=3)
