"""Redis is away, forgets, or says nonsense: what goes on, what waits, and how all is found again."""

import asyncio
import json

import pytest

from signaling import carry
from signaling.redis_bus import TO, RedisBus
from tests.neighbours.redis import RedisServer
from tests.signaling.conftest import Offices, OpenTwo
from tests.signaling.people import PATIENCE_S, SDP, Office, Person, meet


def board_of(office: Office) -> RedisBus:
    processes = office.switchboard._processes
    assert isinstance(processes, RedisBus)
    return processes


@pytest.mark.criterion("K10")
async def test_while_redis_is_away_rooms_go_on_and_joining_is_refused_in_words_until_it_is_back(
    open_two: OpenTwo, own_redis: RedisServer
) -> None:
    offices = await open_two(own_redis.url)
    host, carried = await meet(offices)
    near = await offices[0].enter("guest", "berta")
    await host.say("admit", guest=near.id)
    await near.hear("admitted")
    own_redis.stop()
    assert await carried.closed() == 1012
    assert (await host.hear("presence", id=carried.id))["connected"] is False
    for one, other in ((host, near), (near, host)):
        await one.say("description", to=other.id, kind="offer", sdp=SDP)
        await other.hear("description")
    await near.drop()
    near = await offices[0].resume(near)  # at its own process a session needs no Redis
    for office in offices:
        late = await office.open()
        await late.say("hello", ticket=office.token("guest", "cora"), instance="page-late")
        assert await late.closed() == 1013
        assert (late.heard[-1]["code"], late.heard[-1]["of"]) == ("try-again", "")
    own_redis.start()
    again = await returned(offices[1], carried)
    assert (again.welcome["resumed"], again.welcome["state"]) == (True, "admitted")
    assert not offices[
        1
    ].hub.rooms  # the owner has said again what is its own, though Redis has forgotten everything
    cora = await offices[1].enter("guest", "cora")
    assert cora.welcome["position"] == 1
    await host.say("candidate", to=again.id, candidate="")
    await again.hear("candidate")


async def returned(office: Office, before: Person) -> Person:
    """Resumes as soon as it can be done."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await office.resume(before)
            except ConnectionResetError:
                await asyncio.sleep(0.05)


async def test_the_same_room_at_two_processes_after_redis_forgot_is_given_up_by_one(
    open_two: OpenTwo, own_redis: RedisServer
) -> None:
    offices = await open_two(own_redis.url)
    host, _ = await meet(offices)
    other = RedisBus(own_redis.url)
    await other.start()
    async with other._asking() as redis:
        await redis.set("sprechzeit:room:room-one", other.me)
    await offices[0].switchboard._keep(board_of(offices[0]))
    assert await host.closed() == 1012
    assert not offices[0].hub.rooms
    assert not offices[0].hub.sessions
    await other.stop()


async def test_a_room_without_an_owner_is_doubted_until_its_owner_has_found_redis_back_as_well(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    carriage = offices[0].switchboard._carriage
    assert carriage is not None
    assert carriage.certain
    monkeypatch.setattr(carry, "OWNERS_S", 0)
    carriage.broken()
    assert carriage.certain  # so long was Redis away
    monkeypatch.setattr(carry, "OWNERS_S", 3)
    carriage.again()
    assert not carriage.certain


@pytest.mark.criterion("K07")
async def test_noise_between_processes_harms_nobody(offices: Offices, redis_url: str) -> None:
    host, guest = await meet(offices)
    me = board_of(offices[0]).me
    keys = [b"x", b"\xff", b"nobody:1", b""]
    texts = [b"", b"\xff\xfe", b"[" * 5000, json.dumps({"type": "leave"}).encode(), b"abc", b"-1"]
    other = RedisBus(redis_url)
    await other.start()
    async with other._asking() as redis:
        for letter in b"otgmaWTSAxyz\xff":
            for key in keys:
                for text in texts:
                    await redis.publish(TO + me, bytes([letter]) + key + b"\n" + text)
        await redis.publish(TO + me, b"")
    await other.stop()
    await host.say("candidate", to=guest.id, candidate="")
    await guest.hear("candidate")
    assert await host.settled() == []
