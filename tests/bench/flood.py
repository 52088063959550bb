"""Sixty-four rooms send as much as they may: how much later does a message of another room in the same process arrive?"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import quantiles

import aiohttp

from signaling.settings import SignalingSettings
from tests.bench.harness import Measured, bench, in_turn
from tests.bench.relay import SDP, Socket, enter
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.office.served import ROOT

FLOODING, RUNS, QUIET = 64, 5, 200
EVERY_S = 0.01
# Just below what would cut them off (`rate_per_s` of the settings): the most that lasts.
PER_SECOND = 0.9 * SignalingSettings("x" * 32).rate_per_s


@asynccontextmanager
async def flooded(port: int) -> AsyncIterator[None]:
    """The flood comes from a process of its own, so that it does not hold up the clock that measures."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "flood.log"
        flood = Neighbour([sys.executable, "-m", "tests.bench.flood", str(port)], log, cwd=ROOT)
        try:
            await asyncio.to_thread(flood.wait_until, lambda: "flooding" in log.read_text())
            yield
            assert flood.process.poll() is None, log.read_text()
        finally:
            flood.stop()


async def pour(port: int) -> None:
    """Until it is ended: every room's clerk sends offers to its citizen."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        pairs = [await couple(session, port, f"flood-{number}") for number in range(FLOODING)]
        tasks = [asyncio.create_task(_read(guest)) for _, _, guest in pairs]
        print("flooding", flush=True)
        begin, sent = time.perf_counter(), 0
        while not any(task.done() for task in tasks):
            while sent < (time.perf_counter() - begin) * PER_SECOND * FLOODING:
                host, text, _ = pairs[sent % FLOODING]
                await host.send_str(text)
                sent += 1
            await asyncio.sleep(0.002)


async def couple(session: aiohttp.ClientSession, port: int, room: str) -> tuple[Socket, str, Socket]:
    host, _ = await enter(session, port, room, "host")
    guest, welcome = await enter(session, port, room, "guest")
    await host.send_json({"type": "admit", "guest": welcome["self"]})
    return (
        host,
        json.dumps({"type": "description", "to": welcome["self"], "kind": "offer", "sdp": SDP}),
        guest,
    )


async def _read(socket: Socket) -> None:
    async for _ in socket:
        pass


async def p99(host: Socket, text: str, guest: Socket) -> float:
    """Milliseconds until a message of the quiet room arrives, as 99 of 100 do."""
    spent = []
    for _ in range(QUIET):
        begin = time.perf_counter()
        await host.send_str(text)
        while "fingerprint" not in (await guest.receive_str(timeout=30)):
            pass
        spent.append((time.perf_counter() - begin) * 1000)
        await asyncio.sleep(EVERY_S)
    return quantiles(spent, n=100)[-1]


@bench(
    "flood-p99",
    unit="ms",
    limit="the same room while nobody else sends; generator and server share the machine's cores",
    goal="at most 20 ms above the limit",
)
async def flood_p99() -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.relay_server", str(port)]
        server = Neighbour(command, Path(folder) / "relay.log", cwd=ROOT)
        try:
            server.wait_until(partial(port_answers, port))
            async with aiohttp.ClientSession() as session:
                quiet = await couple(session, port, "quiet")

                async def during() -> float:
                    async with flooded(port):
                        return await p99(*quiet)

                return await in_turn(during, lambda: p99(*quiet), runs=RUNS)
        finally:
            server.stop()


if __name__ == "__main__":
    asyncio.run(pour(int(sys.argv[1])))
