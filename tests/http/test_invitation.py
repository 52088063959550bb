"""A third and fourth person by own links: what the link tells, who enters as what, and how it ends at once."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.rooms.close import close_cancelled
from server.rooms.model import InvitationRow
from signaling.contract import Notice, participant_id
from tests.http.described import check
from tests.http.meeting import Meeting, in_room, meeting_in, problem
from tests.office.city import City, Client, only_sqlite
from tests.office.outbox import mails

PATH = "/api/v1/office/appointments/{appointment}/invitations"
ENTRY = "/api/v1/invitations/{invited}/entry"


@pytest.fixture
async def meeting(city: City) -> Meeting:
    return await meeting_in(city)


async def invite(meeting: Meeting, part: str = "interpreter", **more: Any) -> tuple[int, dict[str, Any]]:
    answer = await meeting.clerk.post(f"{meeting.desk}/invitations", json={"part": part, **more})
    return answer.status, await check(answer, PATH)


async def link(meeting: Meeting, part: str = "interpreter", **more: Any) -> str:
    """The token in a new invitation's link."""
    status, made = await invite(meeting, part, **more)
    assert status == 201, made
    return str(made["url"]).rpartition("/i/")[2]


async def enter(meeting: Meeting, token: str) -> tuple[int, dict[str, Any]]:
    answer = await meeting.city.client.post(f"/api/v1/invitations/{token}/entry")
    return answer.status, await check(answer, ENTRY)


async def listed(meeting: Meeting, by: Client | None = None) -> list[dict[str, Any]]:
    answer = await (by or meeting.clerk).get(f"{meeting.desk}/invitations")
    assert answer.status == 200
    return list(await check(answer, PATH))


async def take_back(meeting: Meeting, number: int = 0) -> int:
    id_ = (await listed(meeting))[number]["id"]
    return (await meeting.clerk.delete(f"{meeting.desk}/invitations/{id_}")).status


@only_sqlite()
@pytest.mark.criterion("C20")
@pytest.mark.parametrize("part", ["interpreter", "sign", "support", "colleague"])
async def test_each_comes_by_an_own_link_as_what_they_are_and_waits_to_be_admitted(
    meeting: Meeting, part: str
) -> None:
    token = await link(meeting, part, name="Ayşe Yılmaz")
    assert len(token) >= 22, "128 bits and more"
    status, entry = await enter(meeting, token)
    assert status == 200
    ticket = meeting.ticket(entry)
    assert (ticket.role, ticket.part, ticket.name, ticket.rights) == ("guest", part, "Ayşe Yılmaz", ())
    _, citizen = await meeting.enter()
    assert ticket.room == meeting.ticket(citizen).room
    assert ticket.subject != meeting.ticket(citizen).subject
    assert meeting.ticket((await enter(meeting, token))[1]).subject == ticket.subject, (
        "a reload is the same person"
    )
    host = await in_room(meeting.city, (await meeting.enter_as(meeting.clerk))[1])
    guest = await in_room(meeting.city, (await enter(meeting, token))[1])
    assert guest.welcome["state"] == "waiting"
    [waiting] = (await host.hear("queue"))["guests"]
    assert (waiting["name"], waiting["part"]) == ("Ayşe Yılmaz", part)
    await host.say("admit", guest=waiting["id"])
    await guest.hear("admitted")


@only_sqlite()
@pytest.mark.criterion("C20")
async def test_the_page_says_when_and_where_and_nothing_of_the_citizen(meeting: Meeting) -> None:
    city = meeting.city
    token = await link(meeting, "sign")
    page = await (await city.client.get(f"/i/{token}")).text()
    assert "Videosprechstunde" in page
    assert city.settings.city in page
    assert "Gebärdensprache" in page
    for secret in ("Erika", "Musterfrau", "Bauberatung", str(meeting.booked["number"]), meeting.id):
        assert secret not in page, secret
    answer = await city.client.post(f"/i/{token}", data={"name": "  "})
    assert answer.status == 422
    assert "Bitte geben Sie Ihren Namen an." in await answer.text()
    room = await city.client.post(f"/i/{token}", data={"name": "Gesa Gebärde"})
    assert room.url.path == f"/i/{token}/room"
    text = await room.text()
    assert f"/api/v1/invitations/{token}/entry" in text
    assert "Erika" not in text
    assert "Bauberatung" not in text
    assert [one["name"] for one in await listed(meeting)] == ["Gesa Gebärde"]
    await city.client.post(f"/i/{token}", data={"name": "Somebody Else"})
    assert [one["name"] for one in await listed(meeting)] == ["Gesa Gebärde"]


@only_sqlite()
async def test_whoever_has_told_no_name_is_asked_before_the_room(meeting: Meeting) -> None:
    token = await link(meeting)
    answer = await meeting.city.client.get(f"/i/{token}/room")
    assert answer.url.path == f"/i/{token}"
    _, entry = await enter(meeting, token)
    assert meeting.ticket(entry).name == "Dolmetschen"


@pytest.mark.criterion("C20")
async def test_taken_back_the_link_is_dead_and_the_person_out_at_once(meeting: Meeting) -> None:
    city = meeting.city
    token, other = await link(meeting, name="A"), await link(meeting, "support", name="B")
    _, late = await enter(meeting, token)
    stays = await in_room(city, (await enter(meeting, other))[1])
    guest = await in_room(city, (await enter(meeting, token))[1])
    assert await take_back(meeting) == 204
    assert (await guest.hear("ended"))["reason"] == "removed"
    status, refused = await enter(meeting, token)
    assert (status, problem(refused)) == (410, "invitation-over")
    assert (await city.client.get(f"/i/{token}")).status == 410
    assert (await city.client.get(f"/i/{token}/room")).status == 410
    with pytest.raises(ConnectionResetError):
        await in_room(city, late)
    assert [one["name"] for one in await listed(meeting)] == ["B"]
    assert "ended" not in {message["type"] for message in await stays.settled()}


@pytest.mark.criterion("C20")
async def test_taking_back_and_entering_at_once_leave_nobody_inside(meeting: Meeting) -> None:
    token = await link(meeting, name="A")
    for _ in range(3):
        [one] = await listed(meeting)
        entered, back = await asyncio.gather(
            enter(meeting, token), meeting.clerk.delete(f"{meeting.desk}/invitations/{one['id']}")
        )
        assert back.status == 204
        if entered[0] == 200:
            with pytest.raises(ConnectionResetError):
                await in_room(meeting.city, entered[1])
        assert (await enter(meeting, token))[0] == 410
        token = await link(meeting, name="A")


@pytest.mark.criterion("C20")
async def test_two_can_be_invited_and_no_third_also_not_in_a_rush(meeting: Meeting) -> None:
    answers = await asyncio.gather(*(invite(meeting, name=f"Person {n}") for n in range(5)))
    assert sorted(status for status, _ in answers) == [201, 201, 409, 409, 409]
    assert {problem(made) for status, made in answers if status == 409} == {"too-many-invited"}
    assert await take_back(meeting) == 204
    assert (await invite(meeting))[0] == 201
    assert (await invite(meeting))[0] == 409


@only_sqlite()
@pytest.mark.criterion("C20")
async def test_who_is_invited_by_mail_reads_time_and_link_and_nothing_else(city: City) -> None:
    meeting = await meeting_in(city, language="en")
    await invite(meeting, "support", name="B", email="begleitung@example.org")
    await invite(meeting, "interpreter", name="A", email="dolmetschen@example.org")
    written = {mail["To"]: mail for mail in await mails(city)}
    for address, language in (("begleitung@example.org", "en"), ("dolmetschen@example.org", "de")):
        mail = written[address]
        assert mail["Content-Language"] == language
        body = mail.get_body()
        assert body is not None
        text = str(body.get_content())
        found = re.search(r"/i/([\w-]+)", text)
        assert found
        assert (await enter(meeting, found[1]))[0] == 200
        assert list(mail.iter_attachments()) == []
        for secret in ("Erika", "Bauberatung", str(meeting.booked["number"])):
            assert secret not in text + mail["Subject"]


async def test_names_and_addresses_are_sealed(meeting: Meeting) -> None:
    await invite(meeting, name="Ayşe Yılmaz", email="ayse@example.org")
    async with meeting.city.office.db.read() as tx:
        row = (await tx.execute(select(InvitationRow.who_sealed, InvitationRow.token_hash))).one()
    assert b"ayse" not in row.who_sealed
    assert len(row.token_hash) == 64
    assert row.token_hash not in str(await listed(meeting))


async def test_a_colleague_who_took_over_sees_them_too(meeting: Meeting) -> None:
    await invite(meeting, name="A")
    colleague = await meeting.city.sign_in("clerk4")
    assert (await colleague.get(f"{meeting.desk}/invitations")).status == 404
    await meeting.clerk.post(f"{meeting.desk}/transfer", json={"colleague": 4})
    assert [one["name"] for one in await listed(meeting, colleague)] == ["A"]


@only_sqlite()
@pytest.mark.criterion("C28")
@pytest.mark.parametrize("how", ["ended", "cancelled", "moved", "time"])
async def test_all_links_to_a_room_die_together(city: City, how: str) -> None:
    """Citizen, invited person and the clerk of before: none of them enters after it."""
    meeting = await meeting_in(city, nth=1)
    start, end = (datetime.fromisoformat(meeting.booked[name]) for name in ("start", "end"))
    token = await link(meeting, name="A")
    city.clock.set(start - timedelta(minutes=5))
    clerk = await city.sign_in("clerk1")
    assert (
        (await meeting.enter())[0] == (await enter(meeting, token))[0] == (await meeting.enter_as(clerk))[0]
    )
    await _end(meeting, how)
    if how == "time":
        city.clock.set(end + timedelta(minutes=city.settings.room_closes_minutes))
        clerk = await city.sign_in("clerk1")
    wanted = {"ended": 410, "cancelled": 409, "time": 410, "moved": 403}[how]
    assert (await meeting.enter())[0] == wanted
    assert (await enter(meeting, token))[0] == wanted
    assert (await meeting.enter_as(clerk))[0] == (404 if how == "moved" else wanted)


async def _end(meeting: Meeting, how: str) -> None:
    city, path = meeting.city, f"/api/v1/appointments/{meeting.token}"
    if how == "ended":
        _, entry = await meeting.enter()
        room, secret = meeting.ticket(entry).room, city.settings.ticket_secret.get_secret_value()
        host = participant_id(secret, room, "staff/1")
        await city.office.rooms.publish(Notice("ended", room, host, "host", int(city.now.timestamp())))
    elif how == "cancelled":
        assert (await city.client.delete(path)).status == 204
    elif how == "moved":
        taken = [
            await city.hold("bauberatung", slot) for slot in (await city.free("bauberatung", "video"))[-1:]
        ]
        assert taken[0].status == 201  # clerk1's; what is left at that time is clerk4's
        start = (await city.free("bauberatung", "video"))[-1]["start"]
        answer = await city.client.post(f"{path}/move", json={"start": start, "mode": "video"})
        assert answer.status == 200


@only_sqlite()
@pytest.mark.criterion("C28")
async def test_whoever_waits_in_a_room_whose_appointment_is_cancelled_is_told_and_out(city: City) -> None:
    meeting = await meeting_in(city, nth=1)
    city.clock.set(city.now - timedelta(minutes=5))
    token = await link(meeting, name="A")
    guest = await in_room(city, (await enter(meeting, token))[1])
    _, late = await enter(meeting, token)
    assert (await city.client.delete(f"/api/v1/appointments/{meeting.token}")).status == 204
    publish = city.office.rooms.publish
    assert await close_cancelled(city.office.db, city.settings, publish, city.now) == 1
    assert (await guest.hear("ended"))["reason"] == "host"
    with pytest.raises(ConnectionResetError):
        await in_room(city, late)
    later = city.now + timedelta(minutes=3)
    assert await close_cancelled(city.office.db, city.settings, publish, later) == 0


@only_sqlite()
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"part": "host"},
        {"part": "citizen"},
        {"part": "sign", "name": " "},
        {"part": "sign", "name": "a\nb"},
        {"part": "sign", "email": "nobody"},
        {"part": "sign", "more": 1},
    ],
)
async def test_what_makes_no_sense_is_refused(meeting: Meeting, body: dict[str, Any]) -> None:
    assert (await meeting.clerk.post(f"{meeting.desk}/invitations", json=body)).status == 422
