"""Notices between processes and what is remembered once, in process and over a real Redis that may go away."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from signaling.bus import Bus, BusAway, InProcessBus, open_bus
from signaling.contract import Notice
from signaling.redis_bus import CHANNEL, RedisBus
from tests.neighbours.redis import RedisServer
from tests.signaling.conftest import OpenOffice
from tests.signaling.people import NOON, PATIENCE_S, until

ARRIVED = Notice("arrived", "room-one", "guest-one", "guest", NOON)


class Listener:
    def __init__(self) -> None:
        self.heard: list[Notice] = []

    async def __call__(self, notice: Notice) -> None:
        self.heard.append(notice)


@pytest.fixture
async def two_processes(redis_url: str) -> AsyncIterator[tuple[Bus, Bus]]:
    one, other = open_bus(redis_url), open_bus(redis_url)
    await asyncio.gather(one.start(), other.start())
    yield one, other
    await asyncio.gather(one.stop(), other.stop())


async def test_a_notice_reaches_every_process_over_redis(two_processes: tuple[Bus, Bus]) -> None:
    listeners = Listener(), Listener()
    for bus, listener in zip(two_processes, listeners, strict=True):
        bus.subscribe(listener)
    sent = [
        Notice(kind, "room-one", "x", "guest", NOON)
        for kind in ("arrived", "joined", "left", "ended", "removed")
    ]
    for notice in sent:
        await two_processes[0].publish(notice)
    await until(lambda: all(len(listener.heard) == 5 for listener in listeners))
    assert listeners[0].heard == listeners[1].heard == sent


async def test_once_is_true_once_over_all_processes(two_processes: tuple[Bus, Bus]) -> None:
    one, other = two_processes
    answers = await asyncio.gather(*(bus.once("jti:a", 60) for bus in (one, other) for _ in range(50)))
    assert sorted(answers) == [False] * 99 + [True]
    assert await other.once("jti:b", 60)


async def test_a_failing_listener_and_foreign_noise_silence_nobody(two_processes: tuple[Bus, Bus]) -> None:
    one, other = two_processes

    async def failing(_notice: Notice) -> None:
        raise RuntimeError("closing socket")

    listener = Listener()
    other.subscribe(failing)
    other.subscribe(listener)
    assert isinstance(one, RedisBus)
    for noise in (
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 5000,
        b'{"kind":"x","room":"","subject":"","role":"","at":1}',
    ):
        async with one._asking() as redis:
            await redis.publish(CHANNEL, noise)
    await one.publish(ARRIVED)
    await until(lambda: listener.heard == [ARRIVED])


async def test_when_redis_is_away_notices_are_lost_tickets_wait_and_both_recover(
    own_redis: RedisServer,
) -> None:
    bus = RedisBus(own_redis.url)
    listener = Listener()
    bus.subscribe(listener)
    await bus.start()
    try:
        assert await bus.ready()
        own_redis.stop()
        await bus.publish(ARRIVED)
        with pytest.raises(BusAway):
            await bus.once("jti:a", 60)
        assert not await bus.ready()
        own_redis.start()
        async with asyncio.timeout(PATIENCE_S):
            while not listener.heard:
                await bus.publish(ARRIVED)
                await asyncio.sleep(0.05)
        assert await bus.once("jti:a", 60)
    finally:
        await bus.stop()


async def test_in_process_once_ends_with_its_time() -> None:
    now = [0.0]
    bus = InProcessBus(lambda: now[0])
    assert await bus.once("a", 60)
    assert not await bus.once("a", 60)
    now[0] = 60.0
    assert await bus.once("a", 60)
    for number in range(3000):
        assert await bus.once(str(number), 1)
        now[0] += 1
    assert len(bus._used) < 1100


@pytest.mark.parametrize("bus", [RedisBus("redis://127.0.0.1:1/0")])
async def test_while_redis_is_away_a_new_ticket_has_to_wait_and_is_not_used_up(
    open_office: OpenOffice,
) -> None:
    office = await open_office()
    person = await office.open()
    await person.say("hello", ticket=office.token(), instance="page-one")
    assert await person.closed() == 1013
    assert [(message["type"], message["code"]) for message in person.heard] == [("error", "try-again")]
