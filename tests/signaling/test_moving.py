"""A process leaves: its rooms go to another, the sessions in them go on. Two processes in one event loop, real Redis."""

import asyncio

import pytest
from redis.asyncio import Redis

from signaling import switchboard
from tests.signaling.conftest import Offices
from tests.signaling.people import PATIENCE_S, SDP, meet

slowly = pytest.mark.parametrize("pause_ms", [0, 1000])


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both processes are this one: a machine that stops it holds up whoever waits and whoever is waited for."""
    for limit in ("HAND_OVER_S", "FAREWELL_S"):
        monkeypatch.setattr(switchboard, limit, PATIENCE_S)


async def pause(redis_url: str, milliseconds: int) -> None:
    """Redis answers nobody for so long, as while it is busy."""
    if milliseconds:
        async with Redis.from_url(redis_url) as redis:
            await redis.client_pause(milliseconds)


@pytest.mark.criterion("C10")
@slowly
async def test_a_process_that_leaves_hands_its_rooms_over_and_sessions_go_on(
    offices: Offices, redis_url: str, pause_ms: int
) -> None:
    host, guest = await meet(offices)
    waiting = await offices[0].enter("guest", "berta", device="tab-of-berta")
    await host.hear("queue")
    await host.settled()
    closing = asyncio.gather(*(person.closed() for person in (host, guest, waiting)))
    await pause(redis_url, pause_ms)
    await offices[0].leave()
    assert await closing == [1012, 1012, 1012]
    for person in (host, guest, waiting):
        assert person.heard[-1]["type"] == "moving"
        person.seen = person.heard[-1]["n"]
    guest, host, waiting = [await offices[1].resume(person) for person in (guest, host, waiting)]
    assert [person.welcome["state"] for person in (host, guest, waiting)] == [
        "admitted",
        "admitted",
        "waiting",
    ]
    assert all(person.welcome["resumed"] for person in (host, guest, waiting))
    peer = await guest.hear("peer", id=host.id)
    assert (peer["prepared"], peer["instance"]) == (False, host.welcome["instance"])
    assert (await host.hear("peer", id=guest.id))["prepared"] is False
    assert (await host.hear("peer", id=waiting.id))["prepared"] is True
    await guest.say("description", to=host.id, kind="offer", sdp=SDP)
    assert (await host.hear("description"))["from"] == guest.id
    assert [row["id"] for row in (await host.hear("queue"))["guests"]] == [waiting.id]
    assert "left" not in str([await person.settled() for person in (host, guest, waiting)])
    reloaded = await offices[1].enter("guest", "berta", device="tab-of-berta")
    assert reloaded.id == waiting.id


@pytest.mark.criterion("C10")
@slowly
async def test_a_process_that_only_carries_leaves_without_a_trace(
    offices: Offices, redis_url: str, pause_ms: int
) -> None:
    host, guest = await meet(offices)
    closing = asyncio.create_task(guest.closed())
    await pause(redis_url, pause_ms)
    await offices[1].leave()
    assert await closing == 1012
    assert guest.heard[-1]["type"] == "moving"
    guest.seen = guest.heard[-1]["n"]
    again = await offices[0].resume(guest)
    assert again.welcome["resumed"] is True
    assert [message["type"] for message in await again.settled()] == []
    assert {message["type"] for message in await host.settled()} <= {"presence"}


async def test_who_does_not_come_back_after_a_move_is_gone_after_a_minute(offices: Offices) -> None:
    host, guest = await meet(offices)
    await offices[0].leave()
    host = await offices[1].resume(host)
    assert (await host.hear("peer"))["id"] == guest.id
    offices[1].time.now += 60
    assert (await host.hear("left"))["id"] == guest.id
    late = await offices[1].open()
    await late.say("hello", resume=guest.welcome["session"], seen=0, instance=guest.welcome["instance"])
    assert (await late.hear("error"))["code"] == "no-such-session"
