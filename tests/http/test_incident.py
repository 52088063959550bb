"""After an incident: the room is closed everywhere, the note sealed and seen by few, the caller kept out for a set time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from server.audit import AuditRow
from server.booking.model import AppointmentRow
from server.documents.rotate import rotate
from server.rooms.exclude import is_excluded
from server.rooms.model_incident import ExclusionRow, IncidentRow
from server.rooms.report_incident import forget_incidents
from server.sealing import Keyring
from server.web.call import BUS
from signaling.contract import Notice
from tests.http.described import check
from tests.http.meeting import Meeting, meeting_in, problem
from tests.office.city import MASTER_KEY, City, Client, only_sqlite

DAY = timedelta(days=1)
NOTE = "Hat mich angeschrien und beschimpft."
LIST = "/api/v1/office/incidents"


async def report(meeting: Meeting, days: int = 30, **more: Any) -> dict[str, Any]:
    body = {"kind": "insult", "note": NOTE, "exclude_days": days, **more}
    answer = await meeting.clerk.post(f"{meeting.desk}/incident", json=body)
    assert answer.status == 201, await answer.text()
    filed: dict[str, Any] = await check(answer, "/api/v1/office/appointments/{appointment}/incident")
    return filed


async def listed(client: Client) -> list[dict[str, Any]]:
    answer = await client.get(LIST)
    assert answer.status == 200
    found: list[dict[str, Any]] = await check(answer, LIST)
    return found


@only_sqlite()
@pytest.mark.criterion("C27")
async def test_the_room_is_closed_everywhere_and_the_link_is_refused_in_friendly_words(city: City) -> None:
    meeting = await meeting_in(city)
    _, entry = await meeting.enter()
    heard: list[Notice] = []

    async def hear(notice: Notice) -> None:
        heard.append(notice)

    city.client.app[BUS].subscribe(hear)
    await report(meeting)
    ended = [notice for notice in heard if notice.kind == "ended"]
    assert [notice.room for notice in ended] == [meeting.ticket(entry).room]
    assert ended[0].subject
    status, refused = await meeting.enter()
    assert (status, problem(refused)) == (403, "video-excluded")
    assert refused["phone"] == city.settings.phone
    assert city.settings.phone in refused["detail"]
    assert "vor Ort" in refused["detail"]
    page = await city.client.get(f"/a/{meeting.token}/room")
    assert page.status == 403
    assert city.settings.phone in await page.text()


@pytest.mark.criterion("C27")
async def test_while_it_lasts_no_video_can_be_booked_with_the_same_contact_but_a_time_on_site(
    city: City,
) -> None:
    meeting = await meeting_in(city, email="Laut+eins@example.org", phone="0831 99 88 77")
    await report(meeting, days=30)
    tries: list[dict[str, Any]] = [
        {"email": "laut@example.org"},
        {"email": "other@example.org", "phone": "+49 831 998877"},
    ]
    for person in tries:
        held = await city.hold("bauberatung", (await city.free("bauberatung", "video"))[2])
        answer = await city.confirm((await held.json())["hold"], **person)
        assert (answer.status, problem(await answer.json())) == (403, "video-excluded")
        assert (await city.book("bauberatung", "onsite", **person))["state"] == "confirmed"
    assert (await city.book("bauberatung", "video", email="quiet@example.org"))["mode"] == "video"


@pytest.mark.criterion("C27")
async def test_the_end_comes_by_itself_to_the_minute(city: City) -> None:
    meeting = await meeting_in(city, phone="0831 998877")
    await report(meeting, days=2)
    later = await city.book("bauberatung", "onsite", nth=-2, email="erika@example.org")
    slot = (await city.free("bauberatung", "video"))[-1]
    moving = f"/api/v1/appointments/{later['token']}/move"
    body = {"start": slot["start"], "mode": "video"}
    city.clock.set(city.now + 2 * DAY - timedelta(seconds=1))
    assert (await city.client.post(moving, json=body)).status == 403
    city.clock.set(city.now + timedelta(seconds=1))
    assert (await city.client.post(moving, json=body)).status == 200


@only_sqlite()
async def test_another_appointment_of_the_same_contact_opens_no_room_either(city: City) -> None:
    other = await city.book("bauberatung", "video", nth=3)
    meeting = await meeting_in(city)
    await report(meeting)
    city.clock.set(datetime.fromisoformat(other["start"]))
    answer = await city.client.post(f"/api/v1/appointments/{other['token']}/entry")
    assert answer.status == 403


@only_sqlite()
@pytest.mark.criterion("C27")
async def test_whoever_knocks_from_the_same_browser_and_network_is_kept_out_that_day(city: City) -> None:
    meeting = await meeting_in(city)
    await meeting.enter(**{"User-Agent": "loud"})
    async with city.office.db.read() as tx:
        caller = await tx.scalar(select(AppointmentRow.caller_key))
        assert caller
        assert not await is_excluded(tx, caller, city.now)
    await report(meeting, days=10)
    async with city.office.db.read() as tx:
        assert await is_excluded(tx, caller, city.now)
        assert not await is_excluded(tx, None, city.now)
        assert not await is_excluded(tx, "somebody else", city.now)
        assert not await is_excluded(tx, caller, city.now + DAY)


@only_sqlite()
@pytest.mark.criterion("C27")
async def test_without_an_exclusion_the_meeting_is_over_and_nobody_is_kept_out(city: City) -> None:
    meeting = await meeting_in(city)
    filed = await report(meeting, days=0)
    assert "excluded_until" not in filed
    status, refused = await meeting.enter()
    assert (status, problem(refused)) == (410, "room-over")
    assert (await city.book("bauberatung", "video"))["state"] == "confirmed"


@only_sqlite()
@pytest.mark.criterion("C27")
async def test_the_note_is_read_by_its_author_and_the_administration_alone(city: City) -> None:
    meeting = await meeting_in(city)
    filed = await report(meeting)
    [own] = await listed(meeting.clerk)
    assert (own["note"], own["name"], own["own"]) == (NOTE, "Erika Musterfrau", True)
    assert await listed(await city.sign_in("clerk2")) == []
    [seen] = await listed(await city.sign_in("admin"))
    assert (seen["note"], seen["filed_by"], seen["own"]) == (NOTE, "Clerk1", False)
    [counted] = await listed(await city.sign_in("dpo"))
    assert counted["id"] == filed["id"]
    assert {"note", "name", "number"}.isdisjoint(counted)
    for login in ("scheduler", "hotline", "gate"):
        assert (await (await city.sign_in(login)).get(LIST)).status == 403
    async with city.office.db.read() as tx:
        reads = select(func.count()).where(AuditRow.action == "incidents.read")
        assert await tx.scalar(reads) == 1
        sealed = await tx.scalar(select(IncidentRow.text_sealed))
    assert sealed
    assert b"angeschrien" not in sealed


async def test_a_new_master_key_leaves_it_readable(city: City) -> None:
    meeting = await meeting_in(city)
    await report(meeting)
    fresh = Keyring(MASTER_KEY[::-1].lstrip("=").ljust(44, "="), 2, {1: MASTER_KEY})
    assert (await rotate(city.office.db, fresh)).done == 2
    async with city.office.db.read() as tx:
        assert await tx.scalar(select(IncidentRow.key_version)) == 2


async def test_the_exclusion_can_be_lifted_by_author_and_administration(city: City) -> None:
    meeting = await meeting_in(city)
    filed = await report(meeting)
    path = f"{LIST}/{filed['id']}/exclusion"
    assert (await (await city.sign_in("clerk2")).delete(path)).status == 404
    assert (await (await city.sign_in("dpo")).delete(path)).status == 403
    assert (await (await city.sign_in("admin")).delete(path)).status == 204
    assert (await meeting.clerk.delete(path)).status == 204
    assert (await city.book("bauberatung", "video"))["state"] == "confirmed"


@pytest.mark.criterion("C27")
async def test_all_of_it_is_deleted_by_rule(city: City) -> None:
    meeting = await meeting_in(city)
    filed = await report(meeting, days=5)
    assert datetime.fromisoformat(filed["deleted_on"]) - city.now == 92 * DAY
    await forget_incidents(city.office.db, city.now + 5 * DAY)
    async with city.office.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(ExclusionRow)) == 0
        assert await tx.scalar(select(func.count()).select_from(IncidentRow)) == 1
    assert await forget_incidents(city.office.db, city.now + 92 * DAY - timedelta(seconds=1)) == 0
    assert await forget_incidents(city.office.db, city.now + 92 * DAY) == 1
    async with city.office.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(IncidentRow)) == 0


async def test_one_meeting_has_one_incident(city: City) -> None:
    meeting = await meeting_in(city)
    await report(meeting)
    answer = await meeting.clerk.post(f"{meeting.desk}/incident", json={"kind": "other"})
    assert (answer.status, problem(await answer.json())) == (409, "already-reported")


@only_sqlite()
async def test_the_page_shows_it_and_lifts_the_exclusion(city: City) -> None:
    meeting = await meeting_in(city)
    filed = await report(meeting, note="<b>laut</b>")
    page = await (await meeting.clerk.get("/office/incidents")).text()
    assert "Beleidigung: Erika Musterfrau" in page
    assert "&lt;b&gt;laut&lt;/b&gt;" in page
    assert "Erika" not in await (await (await city.sign_in("dpo")).get("/office/incidents")).text()
    csrf = str(meeting.clerk.session.headers["X-CSRF-Token"])
    path = f"/office/incidents/{filed['id']}/lift"
    answer = await meeting.clerk.post(path, data={"csrf": csrf}, headers={"X-CSRF-Token": ""})
    assert "Der Ausschluss ist aufgehoben" in await answer.text()


@only_sqlite()
@pytest.mark.parametrize(
    "body",
    [{}, {"kind": "nothing"}, {"kind": "other", "exclude_days": 91}, {"kind": "other", "exclude_days": -1}],
)
async def test_what_makes_no_sense_is_refused(city: City, body: dict[str, Any]) -> None:
    meeting = await meeting_in(city)
    assert (await meeting.clerk.post(f"{meeting.desk}/incident", json=body)).status == 422
    assert (await meeting.enter())[0] == 200
