"""A lost connection: the session goes on by number or by snapshot, moves to a newer page, or starts again."""

import pytest

from signaling.contract import Notice
from tests.signaling.conftest import OpenOffice
from tests.signaling.people import SDP, Office, Person


async def met(office: Office) -> tuple[Person, Person]:
    host, guest = await office.enter("host", "Huber"), await office.enter("guest", "anna")
    await host.say("admit", guest=guest.id)
    await host.settled()
    await guest.settled()
    return host, guest


@pytest.mark.criterion("C09")
async def test_what_was_missed_comes_after_the_welcome_in_order_and_once(office: Office) -> None:
    host, guest = await met(office)
    await guest.drop()
    assert (await host.hear("presence"))["connected"] is False
    for kind in ("offer", "answer"):
        await host.say("description", to=guest.id, kind=kind, sdp=SDP)
    await host.say("media", audio=False, video=True)
    await host.settled()

    seen = guest.seen
    again = await office.resume(guest)
    assert (again.welcome["resumed"], again.welcome["state"], again.welcome["n"]) == (True, "admitted", seen)
    heard = await again.settled()
    assert [(m["type"], m["n"]) for m in heard] == [
        ("description", seen + 1), ("description", seen + 2), ("media", seen + 3),
    ]  # fmt: skip
    assert (await host.hear("presence"))["connected"] is True
    await host.say("description", to=again.id, kind="offer", sdp=SDP)
    assert (await again.hear("description"))["n"] == seen + 4


@pytest.mark.criterion("C09")
async def test_what_is_not_known_any_more_comes_as_a_snapshot(open_office: OpenOffice) -> None:
    office = await open_office(replay_messages=4)
    host, guest = await met(office)
    friend = await office.enter("guest", "berta")
    await guest.drop()
    await host.hear("presence", connected=False)
    for _ in range(5):
        await host.say("description", to=guest.id, kind="offer", sdp=SDP)
    await host.settled()
    again = await office.resume(guest)
    snapshot = await again.hear("snapshot")
    assert (snapshot["state"], snapshot["position"], snapshot["guests"]) == ("admitted", 0, [])
    assert [(p["id"], p["prepared"], p["name"]) for p in snapshot["peers"]] == [(host.id, False, "Huber")]
    assert snapshot["n"] == again.welcome["n"] + 1
    assert "description" not in [message["type"] for message in await again.settled()]

    host_again = await office.resume(host, seen=0)
    whole = await host_again.hear("snapshot")
    assert [row["id"] for row in whole["guests"]] == [friend.id]
    assert {p["id"]: p["prepared"] for p in whole["peers"]} == {guest.id: False, friend.id: True}
    nonsense = await office.resume(friend, seen=999)
    assert (await nonsense.hear("snapshot"))["position"] == 1


@pytest.mark.criterion("C09")
async def test_a_guest_who_waits_keeps_the_place_for_a_minute(office: Office, notices: list[Notice]) -> None:
    host = await office.enter("host", "Huber")
    guest, friend = await office.enter("guest", "anna"), await office.enter("guest", "berta")
    await host.settled()
    await guest.drop()
    queue = (await host.hear("queue"))["guests"]
    assert [(row["id"], row["connected"]) for row in queue] == [(guest.id, False), (friend.id, True)]
    office.time.now += 59
    back = await office.resume(guest)
    assert (back.welcome["state"], back.welcome["position"]) == ("waiting", 1)

    await back.drop()
    await host.hear("presence", connected=False)
    await host.hear("presence", connected=True)
    await host.hear("presence", connected=False)
    office.time.now += 60
    assert (await friend.hear("waiting"))["position"] == 1
    assert (await host.hear("left"))["id"] == guest.id
    assert "left" in [notice.kind for notice in notices]
    late = await office.open()
    await late.say("hello", resume=guest.welcome["session"], seen=0, instance=guest.welcome["instance"])
    assert (await late.hear("error"))["code"] == "no-such-session"


async def test_a_session_is_not_resumed_by_guessing_or_from_another_page(office: Office) -> None:
    guest = await office.enter("guest", "anna")
    for resume, instance in (
        (guest.welcome["session"], "another-page"),
        ("guessed", guest.welcome["instance"]),
    ):
        thief = await office.open()
        for _ in range(3):
            await thief.say("hello", resume=resume, seen=0, instance=instance)
        assert await thief.closed() == 4429
        assert [message["code"] for message in thief.heard] == ["no-such-session"] * 3 + ["too-fast"]
    assert await guest.settled() == []


@pytest.mark.criterion("C09")
async def test_after_a_restart_a_new_ticket_leads_back_and_the_clerk_can_admit_the_same_page(
    office: Office, open_office: OpenOffice
) -> None:
    host, guest = await met(office)
    restarted = await open_office()
    new_guest, new_host = await restarted.open(), await restarted.open()
    for person, before, role, who in ((new_guest, guest, "guest", "anna"), (new_host, host, "host", "Huber")):
        instance = before.welcome["instance"]
        await person.say("hello", resume=before.welcome["session"], seen=before.seen, instance=instance)
        assert (await person.hear("error"))["code"] == "no-such-session"
        await person.say("hello", ticket=restarted.token(role, who), instance=instance)  # type: ignore[arg-type]
        person.welcome = await person.hear("welcome")
    assert (new_guest.id, new_guest.welcome["state"]) == (guest.id, "waiting")
    row = (await new_host.hear("queue"))["guests"][0]
    assert (row["id"], row["instance"]) == (guest.id, guest.welcome["instance"])
    await new_host.say("admit", guest=row["id"])
    peer = await new_guest.hear("peer", prepared=False)
    assert (peer["id"], peer["instance"]) == (host.id, host.welcome["instance"])


async def test_the_same_page_with_a_new_ticket_keeps_its_place(office: Office) -> None:
    host, guest = await met(office)
    again = await office.enter("guest", "anna", instance=guest.welcome["instance"])
    assert await guest.closed() == 4409
    assert again.welcome["state"] == "admitted"
    assert (await again.hear("peer"))["id"] == host.id
    told = await host.settled()
    assert [(m["type"], m.get("prepared")) for m in told if m["type"] != "queue"] == [("peer", False)]


async def test_a_resume_on_a_second_socket_closes_the_first(office: Office) -> None:
    _, guest = await met(office)
    again = await office.resume(guest)
    assert await guest.closed() == 4409
    assert guest.heard == []
    assert await again.settled() == []
