"""Hundreds of people on one signaling process: how long a message is on its way, and how long two of them need to meet."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from statistics import quantiles
from typing import Any

import aiohttp

from tests.bench.harness import Measured, bench, in_turn
from tests.bench.headless import directly, through
from tests.bench.relay import Socket, enter, running

ROOMS, PER_SECOND, SECONDS, RUNS = 200, 1000, 3.0, 7
OFFER = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    + "a=fingerprint:sha-256 {}\r\n".format("AB:" * 31 + "AB") * 30
)
CANDIDATE = "candidate:842163049 1 udp 1677729535 192.0.2.7 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag 4ZcD"
CANDIDATES = 6  # of each side, as browsers find on a machine with two networks


@dataclass
class Talk:
    """One pair. `said` has the moments at which each side sent what the other has not heard yet."""

    lines: tuple[Socket, Socket]
    texts: list[tuple[int, str]]
    said: tuple[deque[float], deque[float]] = field(default_factory=lambda: (deque(), deque()))
    turn: int = 0

    async def say(self) -> None:
        side, text = self.texts[self.turn % len(self.texts)]
        self.turn += 1
        self.said[side].append(time.perf_counter())
        await self.lines[side].send_str(text)

    async def hear(self, side: int, spent: list[float]) -> None:
        """What the other side said, in its order; what signaling says by itself has no `sdp` and no candidate."""
        said = self.said[1 - side]
        async for message in self.lines[side]:
            if '"sdp"' in message.data or '"candidate"' in message.data:
                spent.append((time.perf_counter() - said.popleft()) * 1000)  # noqa: PERF401


def texts(host: str, guest: str) -> list[tuple[int, str]]:
    """What two browsers say until they are connected: offer, answer, candidates of both; side 0 is the host."""
    said: list[tuple[int, dict[str, Any]]] = [
        (0, {"type": "description", "to": guest, "kind": "offer", "sdp": OFFER}),
        (1, {"type": "description", "to": host, "kind": "answer", "sdp": OFFER}),
    ]
    candidate = {"type": "candidate", "candidate": CANDIDATE, "sdp_mid": "0", "sdp_m_line_index": 0}
    for side, other in ((0, guest), (1, host)) * CANDIDATES:
        said.append((side, {**candidate, "to": other, "username_fragment": "4ZcD"}))
    return [(side, json.dumps(message)) for side, message in said]


async def meet(session: aiohttp.ClientSession, port: int, room: str) -> tuple[Socket, Socket, str, str]:
    """Host and guest of a room, the guest admitted; with their ids."""
    host, hosts = await enter(session, port, room, "host")
    guest, guests = await enter(session, port, room, "guest")
    await host.send_json({"type": "admit", "guest": guests["self"]})
    while (await guest.receive_json(timeout=20))["type"] != "admitted":
        pass
    return host, guest, hosts["self"], guests["self"]


@asynccontextmanager
async def talking(talks: list[Talk]) -> AsyncIterator[list[float]]:
    """Everybody listens; milliseconds of each message that came."""
    spent: list[float] = []
    tasks = [asyncio.create_task(talk.hear(side, spent)) for talk in talks for side in (0, 1)]
    try:
        yield spent
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def keep_talking(talks: list[Talk], for_s: float) -> None:
    """All pairs in turn, at a fixed rate whatever comes back."""
    begin, sent = time.perf_counter(), 0
    while (passed := time.perf_counter() - begin) < for_s:
        while sent < passed * PER_SECOND:
            await talks[sent % len(talks)].say()
            sent += 1
        await asyncio.sleep(0.001)


async def p99(talks: list[Talk], spent: list[float]) -> float:
    spent.clear()
    await keep_talking(talks, SECONDS)
    async with asyncio.timeout(20):
        while any(said for talk in talks for said in talk.said):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return quantiles(spent, n=100)[-1]


async def ours(session: aiohttp.ClientSession, port: int) -> list[Talk]:
    met = [await meet(session, port, f"room-{number}") for number in range(ROOMS)]
    return [Talk((host, guest), texts(hosts, guests)) for host, guest, hosts, guests in met]


async def theirs(session: aiohttp.ClientSession, port: int) -> list[Talk]:
    """The same words over the bare relay, which wants a `kind` in each."""
    words = [(side, text[:-1] + ', "kind": "x"}') for side, text in texts("a" * 22, "b" * 22)]
    urls = [f"ws://127.0.0.1:{port}/relay/{number}" for number in range(ROOMS)]
    return [
        Talk((await session.ws_connect(url, compress=0), await session.ws_connect(url, compress=0)), words)
        for url in urls
    ]


@asynccontextmanager
async def crowded() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield session


@bench(
    "signaling-load-p99",
    unit="ms",
    limit="bare aiohttp relay that parses JSON; 200 rooms, 1,000 messages a second, as browsers negotiate",
    goal="none set",
)
async def load() -> Measured:
    async with (
        running("tests.bench.relay_server") as (our_port, _),
        running("tests.bench.bare_room.relay") as (bare_port, _),
        crowded() as session,
    ):
        our_talks, bare_talks = await ours(session, our_port), await theirs(session, bare_port)
        async with talking(our_talks) as our_ms, talking(bare_talks) as bare_ms:
            return await in_turn(
                partial(p99, our_talks, our_ms), partial(p99, bare_talks, bare_ms), runs=RUNS
            )


@bench(
    "signaling-load-meet",
    unit="ms",
    limit="aiortc with itself, no signaling: two headless people until their data channel is open; 200 other rooms talk meanwhile",
    goal="none set",
)
async def meeting_in_a_crowd() -> Measured:
    async with running("tests.bench.relay_server") as (port, _), crowded() as session:
        talks = await ours(session, port)
        host, guest, _, guest_id = await meet(session, port, "the-two")

        async def timed(what: Any) -> float:
            begin = time.perf_counter()
            await what()
            return (time.perf_counter() - begin) * 1000

        async with talking(talks):
            crowd = asyncio.create_task(keep_talking(talks, 600))
            try:
                return await in_turn(
                    partial(timed, partial(through, host, guest, guest_id)),
                    partial(timed, directly),
                    runs=RUNS,
                )
            finally:
                crowd.cancel()
                with suppress(asyncio.CancelledError):
                    await crowd
