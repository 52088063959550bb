"""What a message costs that passes between two signaling processes over Redis, and what a session costs the one that carries it."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp

from tests.bench.harness import Measured, alone, bench, in_turn
from tests.bench.relay import (
    BEFORE,
    PER_SECOND,
    ROOMS,
    RUNS,
    SDP,
    SECONDS,
    WAITING,
    Socket,
    cpu_s,
    drain,
    enter,
    resident_kib,
)
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.neighbours.redis import RedisServer
from tests.office.served import ROOT

Processes = list[tuple[int, Neighbour]]
Pairs = list[tuple[Socket, str, Socket]]


@asynccontextmanager
async def two(folder: Path, redis: RedisServer, *, bare: bool) -> AsyncIterator[Processes]:
    """Two processes of a kind over one Redis."""
    with ExitStack() as stack:
        found: Processes = []
        for own, other in (("a", "b"), ("b", "a")):
            port = free_port()
            if bare:
                command = ["-m", "tests.bench.bare_redis_relay", str(port), own, other, redis.url]
            else:
                command = ["-m", "tests.bench.relay_server", str(port), redis.url]
            process = Neighbour([sys.executable, *command], folder / f"{bare}-{own}.log", cwd=ROOT)
            stack.callback(process.stop)
            found.append((port, process))
        for port, process in found:
            process.wait_until(partial(port_answers, port))
        yield found


async def our_pairs(session: aiohttp.ClientSession, processes: Processes) -> Pairs:
    """Hosts at the process that owns their rooms, guests at the other."""
    pairs: Pairs = []
    for number in range(ROOMS):
        host, _ = await enter(session, processes[0][0], f"room-{number}", "host")
        guest, welcome = await enter(session, processes[1][0], f"room-{number}", "guest")
        await host.send_json({"type": "admit", "guest": welcome["self"]})
        text = json.dumps({"type": "description", "to": welcome["self"], "kind": "offer", "sdp": SDP})
        pairs.append((host, text, guest))
    return pairs


async def bare_pairs(session: aiohttp.ClientSession, processes: Processes) -> Pairs:
    pairs: Pairs = []
    for number in range(ROOMS):
        one, other = [
            await session.ws_connect(f"ws://127.0.0.1:{port}/relay/{number}", compress=0)
            for port, _ in processes
        ]
        pairs.append((one, json.dumps({"kind": "description", "to": "a" * 22, "sdp": SDP}), other))
    return pairs


async def cost(pairs: Pairs, processes: Processes, listening: list["Counter"]) -> float:
    """Microseconds of CPU, both processes together, for each message that arrives at the other end."""
    loop = asyncio.get_running_loop()
    heard = sum(counter.count for counter in listening)
    before, begin, sent = sum(cpu_s(process) for _, process in processes), loop.time(), 0
    while (spent := loop.time() - begin) < SECONDS:
        while sent < spent * PER_SECOND:
            socket, text, _ = pairs[sent % len(pairs)]
            await socket.send_str(text)
            sent += 1
        await asyncio.sleep(0.002)
    async with asyncio.timeout(30):
        while sum(counter.count for counter in listening) - heard < sent:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return (sum(cpu_s(process) for _, process in processes) - before) / sent * 1e6


class Counter:
    """Reads a socket and counts what is like what was sent."""

    def __init__(self, socket: Socket) -> None:
        self.count = 0
        self.task = asyncio.create_task(self._read(socket))

    async def _read(self, socket: Socket) -> None:
        async for message in socket:
            self.count += "fingerprint" in message.data


@bench(
    "relay-cpu-two-processes",
    unit="µs/message",
    limit="bare relay of two aiohttp processes, one Redis publish and one subscription each; checks, numbers, keeps nothing",
    goal="<= 1.25",
)
async def relay_cpu_two_processes() -> Measured:
    with tempfile.TemporaryDirectory() as name:
        redis = RedisServer(Path(name))
        redis.start()
        try:
            async with (
                two(Path(name), redis, bare=False) as ours,
                two(Path(name), redis, bare=True) as bare,
                aiohttp.ClientSession() as session,
            ):
                return await _measure(session, ours, bare)
        finally:
            redis.stop()


async def _measure(session: aiohttp.ClientSession, ours: Processes, bare: Processes) -> Measured:
    our_sockets, bare_sockets = await our_pairs(session, ours), await bare_pairs(session, bare)
    tasks = [asyncio.create_task(drain(host)) for host, _, _ in our_sockets + bare_sockets]
    heard = [[Counter(other) for _, _, other in pairs] for pairs in (our_sockets, bare_sockets)]
    await asyncio.sleep(0.5)
    try:
        return await in_turn(
            partial(cost, our_sockets, ours, heard[0]),
            partial(cost, bare_sockets, bare, heard[1]),
            runs=RUNS,
        )
    finally:
        for task in [*tasks, *(counter.task for counters in heard for counter in counters)]:
            task.cancel()


async def per_carried() -> float:
    """KiB of both processes together for each guest who waits at the one that does not own the room."""
    with tempfile.TemporaryDirectory() as name:
        redis = RedisServer(Path(name))
        redis.start()
        try:
            async with (
                two(Path(name), redis, bare=False) as processes,
                aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
            ):
                return await _grown(session, processes)
        finally:
            redis.stop()


async def _grown(session: aiohttp.ClientSession, processes: Processes) -> float:
    there: list[Socket] = []

    async def one(number: int) -> None:
        # Who comes first makes that process the room's owner; the second comes through the other one.
        there.append((await enter(session, processes[0][0], f"room-{number}", "guest"))[0])
        there.append((await enter(session, processes[1][0], f"room-{number}", "host"))[0])

    for number in range(BEFORE):
        await one(number)
    before = sum(resident_kib(process) for _, process in processes)
    for number in range(BEFORE, BEFORE + WAITING // 2):
        await one(number)
    grown = sum(resident_kib(process) for _, process in processes) - before
    assert not [socket for socket in there if socket.closed]
    return grown / WAITING


@bench(
    "memory-per-session-two-processes",
    unit="KiB",
    limit="none; half the sessions are carried by a second process, both processes counted",
    goal="<= 25 KiB",
)
async def memory_per_carried_session() -> Measured:
    return await alone(per_carried, runs=3)
