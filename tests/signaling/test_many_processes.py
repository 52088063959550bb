"""A room whose people come through different processes: one owns it, the others carry. Real Redis, one event loop."""

import asyncio
from typing import Any

import pytest

from signaling.bus import Line
from signaling.contract import Notice
from signaling.redis_bus import RedisBus
from tests.signaling.conftest import Offices, OpenTwo
from tests.signaling.people import NOON, Person, meet, until


async def test_people_at_different_processes_meet_in_one_room(offices: Offices) -> None:
    host, guest = await meet(offices)
    friend = await offices[1].enter("guest", "berta")
    assert (friend.welcome["state"], friend.welcome["position"]) == ("waiting", 1)
    for one, other in ((host, guest), (guest, host)):
        for number in range(100):
            await one.say("candidate", to=other.id, candidate="", sdp_mid=str(number))
        heard = [(await other.hear("candidate"))["sdp_mid"] for _ in range(100)]
        assert heard == [str(number) for number in range(100)]
        await one.say("description", to=friend.id, kind="offer", sdp="v=0\r\na=ü\r\n")
        assert (await one.hear("error"))["code"] == "bad-sdp"
    await host.say("end")
    for person in (host, guest, friend):
        assert await person.closed() == 4410
        assert person.heard[-1]["reason"] == "host"


@pytest.mark.criterion("C09")
async def test_a_session_goes_on_at_any_process_by_number_and_by_snapshot(
    open_two: OpenTwo, redis_url: str
) -> None:
    offices = await open_two(redis_url, replay_messages=4)
    host, guest = await meet(offices)
    for turn, (missed, office) in enumerate(((3, offices[0]), (9, offices[1]), (2, offices[1]))):
        await guest.drop()
        assert (await host.hear("presence"))["connected"] is False
        for number in range(missed):
            await host.say("candidate", to=guest.id, candidate="", sdp_mid=str(number))
        await host.settled()
        guest = await office.resume(guest)
        assert (guest.welcome["resumed"], guest.welcome["state"]) == (True, "admitted"), turn
        heard = await guest.settled()
        if missed > 4:
            assert [message["type"] for message in heard] == ["snapshot"]
            assert [peer["id"] for peer in heard[0]["peers"]] == [host.id]
        else:
            assert [message["sdp_mid"] for message in heard] == [str(number) for number in range(missed)]
        assert (await host.hear("presence"))["connected"] is True


async def test_a_newer_page_at_one_process_replaces_the_older_at_the_other(offices: Offices) -> None:
    host, guest = await meet(offices)
    again = await offices[0].enter("guest", "anna", instance=guest.welcome["instance"])
    assert await guest.closed() == 4409
    assert again.welcome["state"] == "admitted"
    resumed = await offices[1].resume(again)
    assert await again.closed() == 4409
    await host.say("candidate", to=guest.id, candidate="")
    await resumed.hear("candidate")


@pytest.mark.criterion("C20")
async def test_who_was_removed_enters_through_no_process_also_when_the_room_has_moved(
    offices: Offices,
) -> None:
    host, guest = await meet(offices)
    await host.say("remove", guest=guest.id)
    assert await guest.closed() == 4410
    await host.hear("left")
    for office in offices:
        late = await office.open()
        await late.say("hello", ticket=office.token("guest", "anna"), instance="page-late")
        assert await late.closed() == 4403
        assert late.heard[-1]["code"] == "removed"
    await offices[0].leave()
    back = await offices[1].resume(host)
    late = await offices[1].open()
    await late.say("hello", ticket=offices[1].token("guest", "anna"), instance="page-late")
    assert await late.closed() == 4403
    assert "left" not in [message["type"] for message in await back.settled()]


async def test_a_ticket_opens_once_and_limits_hold_whichever_process_carries(
    open_two: OpenTwo, redis_url: str
) -> None:
    offices = await open_two(redis_url, bad_messages=3)
    await meet(offices)
    token = offices[0].token("guest", "berta")
    for office, code in ((offices[1], 0), (offices[0], 4401), (offices[1], 4401)):
        person = await office.open()
        await person.say("hello", ticket=token, instance="page-one")
        if code:
            assert await person.closed() == code
            assert person.heard[-1]["code"] == "ticket-used"
        else:
            assert (await person.hear("welcome"))["position"] == 1
    unreadable = await offices[1].enter("guest", "cora")
    for _ in range(4):
        await unreadable.socket.send_str("garbage")
    assert await unreadable.closed() == 4400
    full = await offices[1].open()
    await full.say("hello", ticket=offices[1].token("guest", "dora"), instance="page-dora")
    assert await full.closed() == 4403
    guessed = await offices[1].open()
    await guessed.say("hello", resume="guessed.room-one", seen=0, instance="page-one")
    assert (await guessed.hear("error"))["code"] == "no-such-session"


class Doubtful:
    """The line to other processes; after each refusal the owner says as well that it knows no such pipe."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    def hear(self, frame: bytes) -> None:
        self._line.hear(frame)
        head, _, text = frame.partition(b"\n")
        if head[:1] == b"W" and text:
            self._line.hear(b"S" + head[1:] + b"\n1001")


async def test_a_refusal_arrives_also_when_pipes_are_compared_at_that_moment(offices: Offices) -> None:
    await meet(offices)
    bus = offices[1].switchboard._processes
    assert isinstance(bus, RedisBus)
    assert bus._line is not None
    bus._line = Doubtful(bus._line)
    late = await offices[1].open()
    await late.say("hello", resume="guessed.room-one", seen=0, instance="page-late")
    assert (await late.hear("error"))["code"] == "no-such-session"
    await late.say("hello", ticket=offices[1].token("guest", "berta"), instance="page-late")
    assert (await late.hear("welcome"))["position"] == 1


async def test_of_many_who_come_at_once_through_both_processes_all_meet(offices: Offices) -> None:
    async def pair(number: int) -> tuple[Person, Person]:
        room = f"room-{number}"
        host, guest = await asyncio.gather(
            offices[number % 2].enter("host", "Huber", room=room),
            offices[1 - number % 2].enter("guest", "anna", room=room),
        )
        await host.hear("peer", id=guest.id)
        await guest.hear("peer", id=host.id)
        return host, guest

    await asyncio.gather(*(pair(number) for number in range(20)))
    names = [set(office.hub.rooms) for office in offices]
    assert len(names[0] | names[1]) == 20
    assert not names[0] & names[1]


async def test_the_office_closes_a_room_wherever_it_is(offices: Offices, redis_url: str) -> None:
    host, guest = await meet(offices)
    notice = Notice("ended", "room-one", "office", "", NOON)
    server = RedisBus(redis_url)
    await server.start()
    await server.publish(notice)
    await server.stop()
    assert [await host.closed(), await guest.closed()] == [4410, 4410]
    await until(lambda: all("room-one" in office.hub._ended for office in offices))
