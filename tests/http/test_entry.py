"""Into the room: only with the link, only for video, only in its time; and what the ticket then holds."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from server.booking.model import DutyRow
from server.clock import berlin
from server.web.call import BUS
from signaling.contract import Notice, TicketRefused, shard, verify
from tests.http.meeting import meeting_in
from tests.office import small_city
from tests.office.city import City, only_sqlite


async def enter(city: City, token: str) -> tuple[int, dict[str, object]]:
    answer = await city.client.post(f"/api/v1/appointments/{token}/entry")
    return answer.status, await answer.json()


@pytest.mark.criterion("C01")
async def test_the_link_opens_the_room_shortly_before_the_appointment(city: City) -> None:
    booked = await city.book("bauberatung", "video", nth=3)
    start = datetime.fromisoformat(booked["start"])
    status, problem = await enter(city, booked["token"])
    assert status == 403
    assert str(problem["type"]).endswith("too-early")
    assert datetime.fromisoformat(str(problem["opens_at"])) == start - timedelta(minutes=15)
    city.clock.set(start - timedelta(minutes=15))
    status, entry = await enter(city, booked["token"])
    assert status == 200
    secret = city.settings.ticket_secret.get_secret_value()
    ticket = verify(str(entry["ticket"]), secret, city.now.timestamp())
    assert (ticket.role, ticket.part, ticket.name) == ("guest", "citizen", "Erika Musterfrau")
    assert str(entry["signaling_url"]).endswith(f"/signaling/v1?at={shard(ticket.room)}")
    with pytest.raises(TicketRefused):
        verify(str(entry["ticket"]), secret, city.now.timestamp() + 61)


async def test_both_sides_are_led_to_the_same_room_and_other_appointments_elsewhere(city: City) -> None:
    booked = await city.book("bauberatung", "video", nth=0)
    other = await city.book("bauberatung", "video", nth=0)
    city.clock.set(datetime.fromisoformat(booked["start"]))
    clerk = await city.sign_in("clerk1")
    page = await (await clerk.get("/api/v1/session")).json()
    assert page["roles"] == ["clerk"]
    secret = city.settings.ticket_secret.get_secret_value()
    rooms = set()
    for token in (booked["token"], other["token"], booked["token"]):
        _, entry = await enter(city, token)
        rooms.add(verify(str(entry["ticket"]), secret, city.now.timestamp()).room)
    assert len(rooms) == 2


async def test_a_visit_on_site_has_no_room(city: City) -> None:
    booked = await city.book("personalausweis")
    city.clock.set(datetime.fromisoformat(booked["start"]))
    status, problem = await enter(city, booked["token"])
    assert status == 409
    assert str(problem["type"]).endswith("not-video")


async def test_the_room_is_closed_after_its_time_and_after_a_cancellation(city: City) -> None:
    booked = await city.book("bauberatung", "video", nth=6)
    cancelled = await city.book("bauberatung", "video", nth=7)
    await city.client.delete(f"/api/v1/appointments/{cancelled['token']}")
    city.clock.set(datetime.fromisoformat(cancelled["start"]))
    assert (await enter(city, cancelled["token"]))[0] == 409
    city.clock.set(datetime.fromisoformat(booked["end"]) + timedelta(minutes=60))
    assert (await enter(city, booked["token"]))[0] == 410


async def test_where_turn_is_configured_the_clerk_is_relay_only(make_city: object) -> None:
    city: City = await make_city(turn_urls="turn:turn.example:3478", turn_secret="geheim" * 8)  # type: ignore[operator]
    booked = await city.book("bauberatung", "video")
    city.clock.set(datetime.fromisoformat(booked["start"]))
    _, guest = await enter(city, booked["token"])
    assert guest["ice"]["iceTransportPolicy"] == "all"  # type: ignore[index]
    clerk = await city.sign_in("clerk1")
    async with city.office.db.read() as tx:
        appointment = await tx.scalar(text("SELECT id FROM appointment WHERE token_hash IS NOT NULL"))
    answer = await clerk.post(f"/api/v1/office/appointments/{appointment}/entry")
    host = await answer.json()
    assert host["ice"]["iceTransportPolicy"] == "relay"
    assert host["ice"]["iceServers"][0]["urls"] == ["turn:turn.example:3478"]


async def test_what_the_clerk_ended_is_done_and_its_link_leads_nowhere(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    city.clock.set(datetime.fromisoformat(booked["start"]))
    _, entry = await enter(city, booked["token"])
    secret = city.settings.ticket_secret.get_secret_value()
    room = verify(str(entry["ticket"]), secret, city.now.timestamp()).room
    at = int(city.now.timestamp())
    bus = city.client.app[BUS]
    await bus.publish(Notice("ended", room, "", "", at))
    assert (await enter(city, booked["token"]))[0] == 200
    await bus.publish(Notice("ended", room, "clerk", "host", at))
    shown = await city.client.get(f"/api/v1/appointments/{booked['token']}")
    assert (await shown.json())["state"] == "done"
    assert (await enter(city, booked["token"]))[0] == 410


@only_sqlite()
async def test_the_pages_of_citizen_and_clerk_name_the_case_in_the_room_and_no_other_page_does(
    city: City,
) -> None:
    meeting = await meeting_in(city)
    invited = {"part": "interpreter", "name": "Ines"}
    made = await (await meeting.clerk.post(f"{meeting.desk}/invitations", json=invited)).json()
    third = await city.client.get(f"/i/{made['url'].rpartition('/i/')[2]}/room")
    assert 'id="sz-case"' not in await third.text()
    assert meeting.token not in await third.text()
    for page, base, desk in (
        (await city.client.get(f"/a/{meeting.token}/room"), f"/api/v1/appointments/{meeting.token}", None),
        (
            await meeting.clerk.get(f"/office/appointments/{meeting.id}/room"),
            meeting.desk,
            f"/office/appointments/{meeting.id}/documents/",
        ),
    ):
        case = json.loads((await page.text()).split('id="sz-case">')[1].split("</script>")[0])
        assert (case["base"], case["desk"]) == (base, desk)
        assert case["items"] == [["lageplan", "Lageplan"], ["skizze", "Skizze"]]


@only_sqlite()
async def test_the_clerk_is_told_of_a_guest_also_on_the_other_side_of_midnight(city: City) -> None:
    evening = berlin(city.now).replace(hour=22, minute=0)
    midnight = evening.replace(hour=0) + timedelta(days=1)
    city.clock.set(evening.astimezone(UTC))
    async with city.office.db.write() as tx:
        await tx.execute(insert(DutyRow), [small_city.duty_around(city.now)])
    starts = [datetime.fromisoformat(slot["start"]) for slot in await city.free("bauberatung", "video")]
    after = next(number for number, start in enumerate(starts) if start >= midnight)
    booked = await city.book("bauberatung", "video", nth=after)
    city.clock.set(starts[after] - timedelta(minutes=10))
    clerk = await city.sign_in("clerk1")
    assert berlin(city.now).date() == evening.date()
    _, entry = await enter(city, booked["token"])
    secret, at = city.settings.ticket_secret.get_secret_value(), int(city.now.timestamp())
    room = verify(str(entry["ticket"]), secret, at).room
    await city.office.rooms.publish(Notice("arrived", room, "anna", "guest", at))
    for _ in ("before midnight", "after it"):
        listed = (await (await clerk.get("/api/v1/office/arrivals")).json())["arrivals"]
        assert [one["appointment"] for one in listed] == [await city.id_of(booked)]
        city.clock.set(starts[after] + timedelta(minutes=5))
