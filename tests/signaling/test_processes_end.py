"""Real processes over a real Redis are told to stop, started again and killed while people meet in their rooms."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.neighbours.process import running
from tests.neighbours.redis import RedisServer
from tests.signaling.people import SDP, Person
from tests.signaling.processes import Process, meet

Pair = tuple[Process, Process]


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running(RedisServer(tmp_path_factory.mktemp("redis-of-processes"))) as server:
        yield server


@pytest.fixture
async def pair(redis: RedisServer, tmp_path: Path) -> AsyncIterator[Pair]:
    async with aiohttp.ClientSession() as http:
        one, other = Process(redis.url, tmp_path, http), Process(redis.url, tmp_path, http)
        try:
            await asyncio.gather(one.there(), other.there())
            yield one, other
            assert "Traceback" not in one.said + other.said
        finally:
            one.stop()
            other.stop()


async def still_talk(host: Person, guest: Person) -> None:
    for one, other in ((host, guest), (guest, host)):
        await one.say("description", to=other.id, kind="offer", sdp=SDP)
        assert (await other.hear("description"))["from"] == one.id


async def told_to_move(person: Person) -> None:
    assert await person.closed() == 1012
    assert person.heard[-1]["type"] == "moving"
    person.seen = person.heard[-1]["n"]


@pytest.mark.criterion("C10")
async def test_rolling_restarts_lose_no_session(pair: Pair) -> None:
    one, other = pair
    host, guest = await meet(one, other, "rolling")
    for leaving, staying in ((one, other), (other, one), (one, other)):
        leaving.tell(signal.SIGTERM)
        await asyncio.gather(told_to_move(host), told_to_move(guest))
        guest, host = await staying.resume(guest), await staying.resume(host)
        assert guest.welcome["resumed"]
        assert host.welcome["resumed"]
        assert (guest.welcome["state"], host.welcome["state"]) == ("admitted", "admitted")
        await still_talk(host, guest)
        assert "left" not in str(await guest.settled()) + str(await host.settled())
        async with host.staying(), guest.staying():
            await leaving.gone()
            await leaving.again()


@pytest.mark.criterion("C10")
async def test_a_room_waits_for_the_only_process_to_be_started_again(pair: Pair) -> None:
    one, other = pair
    host, guest = await meet(one, one, "alone")
    other.stop()
    one.tell(signal.SIGTERM)
    await asyncio.gather(told_to_move(host), told_to_move(guest))
    await one.gone()
    await one.again()
    guest, host = await one.resume(guest), await one.resume(host)
    assert (guest.welcome["resumed"], guest.welcome["state"]) == (True, "admitted")
    await still_talk(host, guest)


@pytest.mark.criterion("C09", "C10")
async def test_when_the_owner_is_killed_people_come_back_at_any_other_process(pair: Pair) -> None:
    owner, survivor = pair
    host, guest = await meet(owner, survivor, "killed-owner")
    owner.tell(signal.SIGKILL)
    assert await guest.closed() == 1012  # its own process lives, and tells at once
    await host.closed()
    guest = await survivor.back(guest, "guest", "anna", "killed-owner")
    host = await survivor.back(host, "host", "Huber", "killed-owner")
    assert (guest.welcome["state"], host.welcome["state"]) == ("waiting", "admitted")
    await host.say("admit", guest=guest.id)
    await guest.hear("peer", prepared=False)
    await still_talk(host, guest)


@pytest.mark.criterion("C09", "C10")
async def test_when_a_carrying_process_is_killed_only_its_sockets_are_lost(pair: Pair) -> None:
    owner, carrier = pair
    host, guest = await meet(owner, carrier, "killed-carrier")
    carrier.tell(signal.SIGKILL)
    await guest.closed()
    assert (await host.hear("presence"))["connected"] is False
    guest = await owner.resume(guest)
    assert (guest.welcome["resumed"], guest.welcome["state"]) == (True, "admitted")
    await still_talk(host, guest)
