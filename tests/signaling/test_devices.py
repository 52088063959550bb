"""The same person once more: a reload, a second device, and who decides. Another clerk is in test_people_of_a_room.py."""

import pytest

from tests.signaling.people import Office, Person

TAB, PHONE = "tab-of-the-laptop", "tab-of-the-phone"


async def met(office: Office) -> tuple[Person, Person]:
    host = await office.enter("host", "Huber", device="tab-of-the-clerk")
    guest = await office.enter("guest", "anna", device=TAB)
    await host.say("admit", guest=guest.id)
    await host.settled()
    await guest.settled()
    return host, guest


@pytest.mark.criterion("C12")
@pytest.mark.parametrize("lost", [False, True])
async def test_a_reload_rejoins_the_call_without_asking_the_clerk(office: Office, lost: bool) -> None:
    host, guest = await met(office)
    if lost:
        await guest.drop()
        await host.hear("presence", connected=False)
    reloaded = await office.enter("guest", "anna", device=TAB)
    assert (reloaded.welcome["state"], reloaded.id) == ("admitted", guest.id)
    assert (await reloaded.hear("peer"))["prepared"] is False
    told = [message for message in await host.settled() if message["type"] != "queue"]
    assert [(m["type"], m["instance"], m["prepared"]) for m in told] == [
        ("peer", reloaded.welcome["instance"], False)
    ]
    if not lost:
        assert await guest.closed() == 4409
        assert guest.heard[-1]["reason"] == "replaced"
    again = await office.enter("host", "Huber", device="tab-of-the-clerk")
    assert await host.closed() == 4409
    assert [m["type"] for m in await reloaded.settled()] == ["peer"]
    assert (await again.hear("peer"))["id"] == guest.id


async def test_a_reload_keeps_the_place_in_the_queue(office: Office) -> None:
    first, second = await office.enter("guest", "anna", device=TAB), await office.enter("guest", "berta")
    reloaded = await office.enter("guest", "anna", device=TAB)
    assert (reloaded.welcome["state"], reloaded.welcome["position"]) == ("waiting", 1)
    assert await first.closed() == 4409
    assert await second.settled() == []


@pytest.mark.criterion("C12")
@pytest.mark.parametrize("device", ["", PHONE])
async def test_a_second_device_takes_over_only_when_the_clerk_agrees(office: Office, device: str) -> None:
    host, guest = await met(office)
    phone = await office.enter("guest", "anna", device=device)
    assert (phone.welcome["state"], phone.id) == ("waiting", f"{guest.id}-2")
    (row,) = (await host.hear("queue"))["guests"]
    assert (row["id"], row["replaces"], row["part"]) == (phone.id, guest.id, "citizen")
    assert await guest.settled() == []  # the call goes on as if nothing had been
    await host.say("candidate", to=guest.id, candidate="")
    await guest.hear("candidate")
    await host.say("admit", guest=phone.id)
    await phone.hear("admitted")
    assert await guest.closed() == 4409
    assert guest.heard[-1]["reason"] == "replaced"
    assert (await host.hear("left"))["id"] == guest.id
    assert (await host.hear("peer", prepared=False))["id"] == phone.id
    assert TAB not in str(host.heard)
    assert PHONE not in str(await host.settled())


@pytest.mark.criterion("C12")
async def test_of_waiting_devices_the_newest_counts_and_a_full_room_has_space_for_it(office: Office) -> None:
    host, guest = await met(office)
    for who in ("berta", "cora"):
        await office.enter("guest", who)
    phone = await office.enter("guest", "anna", device=PHONE)
    tablet = await office.enter("guest", "anna", device="tab-of-the-tablet")
    assert await phone.closed() == 4409
    assert (tablet.id, tablet.welcome["position"]) == (f"{guest.id}-2", 3)
    await guest.say("leave")
    await guest.closed()
    await host.settled()
    await tablet.drop()
    queue = (await host.hear("queue"))["guests"]
    assert (queue[-1]["id"], queue[-1]["replaces"], queue[-1]["connected"]) == (tablet.id, "", False)


@pytest.mark.criterion("C12")
async def test_a_device_whose_line_is_lost_is_replaced_at_once_and_the_new_one_waits(office: Office) -> None:
    host, guest = await met(office)
    await guest.drop()
    await host.hear("presence", connected=False)
    phone = await office.enter("guest", "anna", device=PHONE)
    assert (phone.welcome["state"], phone.id) == ("waiting", guest.id)
    assert (await host.hear("left"))["id"] == guest.id
    peer = await host.hear("peer", id=guest.id)
    assert (peer["prepared"], peer["instance"]) == (True, phone.welcome["instance"])


async def test_the_same_clerk_on_another_device_needs_nobodys_leave(office: Office) -> None:
    host, guest = await met(office)
    home = await office.enter("host", "Huber", device=PHONE)
    assert await host.closed() == 4409
    assert host.heard[-1]["reason"] == "replaced"
    assert (await guest.hear("left"))["id"] == host.id
    assert (await guest.hear("peer", prepared=False))["instance"] == home.welcome["instance"]


async def test_a_resumed_session_after_a_reload_is_the_newer_one(office: Office) -> None:
    _, guest = await met(office)
    reloaded = await office.enter("guest", "anna", device=TAB)
    late = await office.open()
    await late.say("hello", resume=guest.welcome["session"], seen=0, instance=guest.welcome["instance"])
    assert (await late.hear("error"))["code"] == "no-such-session"
    await reloaded.drop()
    back = await office.resume(reloaded)
    assert (back.welcome["resumed"], back.welcome["state"]) == (True, "admitted")
