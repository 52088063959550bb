"""How a room ends: the clerk, the clock, an order from elsewhere, loneliness, a stopping process."""

import asyncio

import pytest

from signaling.bus import InProcessBus
from signaling.contract import Notice
from tests.signaling.conftest import OpenOffice
from tests.signaling.people import NOON, Office, Person


async def met(office: Office) -> tuple[Person, Person]:
    host, guest = await office.enter("host", "Huber"), await office.enter("guest", "anna")
    await host.say("admit", guest=guest.id)
    await guest.hear("admitted")
    return host, guest


async def turned_away(office: Office, code: str) -> bool:
    late = await office.open()
    await late.say("hello", ticket=office.token("guest", "anna"), instance="page-late")
    return await late.closed() == 4403 and late.heard[0]["code"] == code


@pytest.mark.criterion("K04", "C28")
async def test_when_the_clerk_ends_everybody_is_out_and_the_links_are_dead(
    office: Office, notices: list[Notice]
) -> None:
    host, guest = await met(office)
    waiting = await office.enter("guest", "berta")
    await host.say("end")
    for person in (host, guest, waiting):
        assert await person.closed() == 4410
        assert (person.heard[-1]["type"], person.heard[-1]["reason"]) == ("ended", "host")
    assert await turned_away(office, "room-closed")
    late = await office.open()
    await late.say("hello", resume=guest.welcome["session"], seen=0, instance=guest.welcome["instance"])
    assert (await late.hear("error"))["code"] == "no-such-session"
    assert (notices[-1].kind, notices[-1].subject) == ("ended", host.id)
    assert not office.hub.rooms
    assert not office.hub.sessions


@pytest.mark.criterion("C28")
async def test_the_room_closes_at_its_time(office: Office, notices: list[Notice]) -> None:
    host, guest = await met(office)
    other = await office.enter("guest", "cora", room="room-two", closes_at=NOON + 7200)
    office.time.now = NOON + 3600
    for person in (host, guest):
        assert await person.closed() == 4410
        assert person.heard[-1]["reason"] == "window"
    assert await other.settled() == []
    assert await turned_away(office, "room-closed")
    await office.until(lambda: notices[-1].kind == "ended")


async def test_an_appointment_moved_to_later_opens_the_same_room_again(office: Office) -> None:
    _, guest = await met(office)
    office.time.now = NOON + 3600
    assert await guest.closed() == 4410
    again = await office.enter("guest", "anna", closes_at=NOON + 9000)
    assert (again.welcome["room"], again.welcome["closes_at"]) == (guest.welcome["room"], NOON + 9000)


@pytest.mark.criterion("K04", "C28")
async def test_the_server_can_end_a_room_and_revoke_its_tickets(office: Office, bus: InProcessBus) -> None:
    token = office.token("guest", "anna")
    guest = await office.enter("guest", "berta")
    for room in ("room-one", "room-two"):
        await bus.publish(Notice("ended", room, "office", "", NOON))
    assert await guest.closed() == 4410
    late = await office.open()
    await late.say("hello", ticket=token, instance="page-late")
    assert await late.closed() == 4403
    never = await office.open()
    await never.say("hello", ticket=office.token(room="room-two"), instance="page-late")
    assert await never.closed() == 4403


async def test_leaving_is_told_to_the_others_and_the_way_back_leads_through_the_waiting_room(
    office: Office,
) -> None:
    host, guest = await met(office)
    await guest.say("leave")
    assert await guest.closed() == 4410
    assert guest.heard[-1]["reason"] == "left"
    assert (await host.hear("left"))["id"] == guest.id
    again = await office.enter("guest", "anna")
    assert again.welcome["state"] == "waiting"


@pytest.mark.criterion("C28")
async def test_somebody_long_alone_is_sent_home_but_not_while_waiting_or_in_company(
    open_office: OpenOffice,
) -> None:
    office = await open_office(idle_s=600)
    alone = await office.enter("host", "Huber", room="room-two")
    host, guest = await met(office)
    waiting = await office.enter("guest", "cora", room="room-three")
    office.time.now += 600
    assert await alone.closed() == 4410
    assert alone.heard[-1]["reason"] == "idle"
    for person in (host, guest, waiting):
        assert "ended" not in [message["type"] for message in await person.settled()]
    back = await office.enter("host", "Huber", room="room-two")
    assert back.welcome["state"] == "admitted"


async def test_a_stopping_process_says_goodbye_to_everybody_quickly(office: Office) -> None:
    people = [*await met(office), await office.open()]
    assert office.client.app is not None
    async with asyncio.timeout(10):
        closing = asyncio.gather(*(person.closed() for person in people))
        await office.client.app.shutdown()
        assert await closing == [1012, 1012, 1012]
