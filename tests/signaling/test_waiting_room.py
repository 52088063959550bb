"""The virtual waiting room: who sees whom, and what passes, before and after the clerk admits."""

from typing import Any

import pytest

from signaling.contract import Notice
from tests.signaling.people import CHAT, SDP, Message, Office, Person


def described(messages: list[Message]) -> list[Any]:
    return [message["type"] for message in messages if message["type"] not in ("waiting", "queue")]


@pytest.mark.criterion("C01")
async def test_a_ticket_alone_leads_into_the_waiting_room_of_its_own_appointment(office: Office) -> None:
    guest = await office.enter("guest", "Zoë", room="room-one")
    elsewhere = await office.enter("host", "Huber", room="room-two")
    assert guest.welcome["room"] == "room-one"
    assert (guest.welcome["state"], guest.welcome["position"], guest.welcome["name"]) == ("waiting", 1, "Zoë")
    assert await elsewhere.settled() == []
    await elsewhere.say("admit", guest=guest.id)
    assert (await elsewhere.hear("error"))["code"] == "not-a-peer"
    assert await guest.settled() == []


@pytest.mark.criterion("C03")
async def test_guests_learn_their_position_and_nothing_of_each_other(office: Office) -> None:
    first, second, third = [await office.enter("guest", who) for who in ("anna", "berta", "cora")]
    assert [p.welcome["position"] for p in (first, second, third)] == [1, 2, 3]
    host = await office.enter("host", "Huber")
    queue = (await host.hear("queue"))["guests"]
    assert [(row["name"], row["position"], row["connected"]) for row in queue] == [
        ("anna", 1, True), ("berta", 2, True), ("cora", 3, True),
    ]  # fmt: skip
    await first.say("leave")
    assert await first.closed() == 4410
    assert await second.hear("waiting") | {"n": 0} == {"type": "waiting", "n": 0, "position": 1}
    assert (await third.hear("waiting"))["position"] == 2
    for waiting in (second, third):
        told = str(await waiting.settled())
        assert not any(name in told for name in ("anna", "berta", "cora", first.id))


@pytest.mark.criterion("C04")
async def test_nothing_passes_between_guests_who_wait(office: Office) -> None:
    host = await office.enter("host", "Huber")
    first, second = await office.enter("guest", "anna"), await office.enter("guest", "berta")
    for one, other in ((first, second), (second, first), (second, host), (host, second)):
        await one.say("description", to=other.id, kind="offer", sdp=SDP)
        assert (await one.hear("error", of="description"))["code"] == "not-a-peer"
        await one.say("candidate", to=other.id, candidate="candidate:1 1 udp 1 192.0.2.1 9 typ host")
        assert (await one.hear("error", of="candidate"))["code"] == "not-a-peer"
        await one.say("media", audio=True, video=False)
        await one.settled()
    for person in (host, first, second):
        assert not {"description", "candidate", "media"} & set(described(await person.settled()))


@pytest.mark.criterion("C04")
async def test_before_admission_only_what_prepares_the_transport_passes_to_the_next_guest(
    office: Office,
) -> None:
    guest = await office.enter("guest", "anna")
    host = await office.enter("host", "Huber")
    seen_by_host, seen_by_guest = await host.hear("peer"), await guest.hear("peer")
    assert (seen_by_host["prepared"], seen_by_host["polite"], seen_by_host["id"]) == (True, False, guest.id)
    assert (seen_by_guest["prepared"], seen_by_guest["polite"], seen_by_guest["name"]) == (True, True, "")
    assert (seen_by_host["audio"], seen_by_host["video"]) == (False, False)

    await host.say("description", to=guest.id, kind="offer", sdp=SDP)
    passed = await guest.hear("description")
    assert (passed["from"], passed["kind"], passed["sdp"]) == (host.id, "offer", SDP)
    await guest.say(
        "candidate", to=host.id, candidate="", sdp_mid="0", sdp_m_line_index=0, username_fragment="x"
    )
    assert (await host.hear("candidate"))["from"] == guest.id

    for one, other in ((host, guest), (guest, host)):
        await one.say("description", to=other.id, kind="offer", sdp=CHAT)
        assert (await one.hear("error"))["code"] == "not-allowed"
        await one.say("media", audio=False, video=False)
        await one.settled()
        assert described(await other.settled()) == []


@pytest.mark.criterion("C04")
async def test_only_who_holds_the_right_admits(office: Office) -> None:
    host = await office.enter("host", "Huber", rights=("end",))
    guest, friend = await office.enter("guest", "anna"), await office.enter("guest", "berta")
    for person in (guest, friend, host):
        await person.say("admit", guest=guest.id)
        assert (await person.hear("error"))["code"] == "not-allowed"
    assert "admitted" not in described(await guest.settled())
    await guest.say("end")
    assert (await guest.hear("error"))["code"] == "not-allowed"


async def admitted_pair(office: Office) -> tuple[Person, Person]:
    host, guest = await office.enter("host", "Huber"), await office.enter("guest", "anna")
    await host.say("admit", guest=guest.id)
    await guest.hear("admitted")
    return host, guest


async def test_after_admission_everything_passes_both_ways(office: Office, notices: list[Notice]) -> None:
    host, guest = await admitted_pair(office)
    peer = await guest.hear("peer", prepared=False)
    assert (peer["name"], peer["role"], peer["polite"], peer["instance"]) == (
        "Huber", "host", True, host.welcome["instance"],
    )  # fmt: skip
    assert (await host.hear("peer", prepared=False))["polite"] is False
    for one, other in ((host, guest), (guest, host)):
        await one.say("description", to=other.id, kind="offer", sdp=CHAT)
        assert (await other.hear("description"))["sdp"] == CHAT
        await one.say("media", audio=False, video=True)
        told = await other.hear("media")
        assert (told["from"], told["audio"], told["video"]) == (one.id, False, True)
    assert [(notice.kind, notice.role) for notice in notices] == [
        ("joined", "host"), ("arrived", "guest"), ("joined", "guest"),
    ]  # fmt: skip
    assert "anna" not in "".join(notice.to_json() for notice in notices).replace(guest.id, "")


async def test_the_next_in_the_queue_is_prepared_when_the_first_is_admitted(office: Office) -> None:
    host, first = await admitted_pair(office)
    second = await office.enter("guest", "berta")
    assert (await second.hear("peer"))["prepared"] is True
    await host.hear("peer", id=second.id, prepared=True)
    assert second.id not in str(await first.settled())
    await host.say("admit", guest=second.id)
    await second.hear("peer", id=first.id)
    assert (await first.hear("peer", id=second.id))["polite"] is False
    assert (await host.hear("queue", guests=[]))["guests"] == []


async def test_a_fourth_guest_finds_the_room_full(office: Office) -> None:
    for who in ("anna", "berta", "cora"):
        await office.enter("guest", who)
    late = await office.open()
    await late.say("hello", ticket=office.token("guest", "dora"), instance="page-dora")
    assert await late.closed() == 4403
    assert late.heard[0]["code"] == "not-allowed"
