"""Interpreters, companions and colleagues: as what somebody comes, being let in singly, sent back, removed, followed."""

from typing import Any

import pytest

from signaling.bus import InProcessBus
from signaling.contract import Notice
from tests.signaling.people import NOON, SDP, Office, Person


async def three(office: Office) -> tuple[Person, Person, Person]:
    """Clerk, citizen and interpreter in one call."""
    host, guest = await office.enter("host", "Huber"), await office.enter("guest", "anna")
    friend = await office.enter("guest", "Ayşe", part="interpreter")
    for one in (guest, friend):
        await host.say("admit", guest=one.id)
        await one.hear("admitted")
    for one in (host, guest, friend):
        await one.settled()
    return host, guest, friend


@pytest.mark.criterion("C20")
async def test_third_and_fourth_are_let_in_singly_and_everybody_learns_as_what_they_come(
    office: Office,
) -> None:
    host = await office.enter("host", "Huber")
    parts = ("citizen", "sign", "support")
    guests = [await office.enter("guest", part, part=part) for part in parts]
    assert [guest.welcome["part"] for guest in guests] == list(parts)
    await host.hear("queue")
    assert [row["part"] for row in (await host.hear("queue"))["guests"]] == list(parts[:2])
    for number, guest in enumerate(guests):
        assert "admitted" not in [message["type"] for message in await guests[-1].settled()]
        await host.say("admit", guest=guest.id)
        await guest.hear("admitted")
        seen = [await guest.hear("peer", prepared=False) for _ in range(number + 1)]
        assert {peer["part"] for peer in seen} == {"clerk", *parts[:number]}
    for one in guests:
        for other in guests:
            if one is not other:
                await one.say("description", to=other.id, kind="offer", sdp=SDP)
                await other.hear("description")


@pytest.mark.criterion("C20")
async def test_an_interpreter_has_no_rights_whatever_the_part(office: Office) -> None:
    host, guest, friend = await three(office)
    for asked in ("admit", "remove", "send_back"):
        await friend.say(asked, guest=guest.id)
        assert (await friend.hear("error"))["code"] == "not-allowed"
    assert await host.settled() == []
    late = await office.open()
    for token in (office.token("guest", "x", part="clerk"), office.token("host", "x", part="interpreter")):
        await late.say("hello", ticket=token, instance="page-late")
        assert await late.closed() == 4401
        late = await office.open()


async def test_that_somebody_shares_a_screen_is_told_and_known_to_whoever_comes_later(office: Office) -> None:
    host, guest, _ = await three(office)
    await host.say("media", audio=True, video=True, screen=True)
    assert (await guest.hear("media"))["screen"] is True
    third = await office.enter("guest", "cora")
    assert (await third.hear("peer", prepared=True))["screen"] is False
    await host.say("admit", guest=third.id)
    assert (await third.hear("peer", id=host.id, prepared=False))["screen"] is True
    assert (await third.hear("peer", id=guest.id))["screen"] is False


@pytest.mark.criterion("C20")
async def test_who_is_removed_is_out_for_good_on_every_device(office: Office, notices: list[Notice]) -> None:
    host, guest, friend = await three(office)
    second = await office.enter("guest", "Ayşe", part="interpreter", device="tab-of-the-phone")
    token = office.token("guest", "Ayşe", part="interpreter")
    await host.say("remove", guest=friend.id)
    for one in (friend, second):
        assert await one.closed() == 4410
        assert one.heard[-1]["reason"] == "removed"
    assert (await guest.hear("left"))["id"] == friend.id
    for one in (host, guest):
        late = await office.open()
        await late.say("hello", ticket=token, instance="page-late")
        assert await late.closed() == 4403
        assert late.heard[-1]["code"] == "removed"
        await one.say("leave")  # the room is empty soon, and it is remembered all the same
        assert await one.closed() == 4410
    assert ("left", friend.id) in [(notice.kind, notice.subject) for notice in notices]


@pytest.mark.criterion("C20")
@pytest.mark.parametrize("there", [True, False])
async def test_the_office_takes_an_invitation_back(office: Office, bus: InProcessBus, there: bool) -> None:
    host, guest, friend = await three(office)
    if not there:
        await friend.say("leave")
        assert await friend.closed() == 4410
    await bus.publish(Notice("removed", "room-one", friend.id, "", NOON))
    assert await friend.closed() == 4410
    late = await office.open()
    await late.say("hello", ticket=office.token("guest", "Ayşe", part="interpreter"), instance="page-late")
    assert await late.closed() == 4403
    assert late.heard[-1]["code"] == "removed"
    assert not {"error", "ended"} & {message["type"] for message in await guest.settled()}
    elsewhere = await office.enter("guest", "Ayşe", room="room-two", part="interpreter")
    assert elsewhere.welcome["state"] == "waiting"
    assert host.heard == []


@pytest.mark.criterion("C21")
async def test_a_guest_is_sent_back_into_the_waiting_room_and_let_in_again(
    office: Office, notices: list[Notice]
) -> None:
    host, guest, friend = await three(office)
    await host.say("send_back", guest=friend.id)
    assert (await friend.hear("sent-back"))["n"] > 0
    assert (await friend.hear("waiting"))["position"] == 1
    for one in (host, guest):
        assert (await one.hear("left"))["id"] == friend.id
    assert (await host.hear("peer", id=friend.id))["prepared"] is True
    assert (notices[-1].kind, notices[-1].subject) == ("arrived", friend.id)
    for one, other in ((friend, guest), (guest, friend)):
        await one.say("description", to=other.id, kind="offer", sdp=SDP)
        assert (await one.hear("error", of="description"))["code"] == "not-a-peer"
    await host.say("send_back", guest=friend.id)
    assert (await host.hear("error"))["code"] == "not-a-peer"
    await host.say("admit", guest=friend.id)
    await friend.hear("admitted")
    assert (await friend.hear("peer", id=guest.id))["prepared"] is False


@pytest.mark.criterion("C20")
@pytest.mark.parametrize("asked", ["remove", "send_back"])
async def test_only_guests_who_are_there_can_be_removed_or_sent_back(office: Office, asked: str) -> None:
    host, _, _ = await three(office)
    for odd in ("nobody", host.id):
        await host.say(asked, guest=odd)
        assert (await host.hear("error"))["code"] == "not-a-peer"


@pytest.mark.criterion("C21")
async def test_a_colleague_takes_over_and_guests_stay_admitted(office: Office) -> None:
    host, guest, friend = await three(office)
    colleague = await office.enter("host", "Maier", part="colleague")
    assert await host.closed() == 4409
    assert host.heard[-1]["reason"] == "handed-over"
    for one, other in ((guest, friend), (friend, guest)):
        assert (await one.hear("left"))["id"] == host.id
        peer = await one.hear("peer")
        expected: dict[str, Any] = {
            "id": colleague.id,
            "prepared": False,
            "name": "Maier",
            "part": "colleague",
        }
        assert expected.items() <= peer.items()
        await one.say("candidate", to=other.id, candidate="")  # between the guests nothing has changed
        await other.hear("candidate")
