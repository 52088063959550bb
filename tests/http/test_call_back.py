"""A call instead of video: the clerk sees the number once the citizen agreed and only then; and the way to a time on site."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.audit import AuditRow
from server.booking.model import ClaimRow
from server.rooms.model_call_back import CallBackRow
from tests.http.described import check as described
from tests.http.reading import get, send
from tests.office.city import City, Client

PHONE = "0170 / 123 45 67"
PATH = "/api/v1/appointments/{token}/call-back"
OFFICE = "/api/v1/office/appointments/{appointment}/call-back"


async def begun(city: City, minutes: int = 2) -> tuple[dict[str, Any], Client]:
    """A video appointment of clerk1 that began so many minutes ago, and the clerk's browser."""
    booked = await city.book("bauberatung", "video")
    city.clock.set(datetime.fromisoformat(booked["start"]) + timedelta(minutes=minutes))
    return booked, await city.sign_in("clerk1")


async def ask(city: City, booked: dict[str, Any], status: int = 201, phone: str = PHONE) -> Any:
    answer = await city.client.post(PATH.format(token=booked["token"]), json={"phone": phone})
    assert answer.status == status, await answer.text()
    return await described(answer, PATH)


async def arrivals(clerk: Client) -> list[dict[str, Any]]:
    answer = await clerk.get("/api/v1/office/arrivals")
    listed: list[dict[str, Any]] = (await answer.json())["arrivals"]
    return listed


@pytest.mark.criterion("C26")
async def test_the_clerk_sees_the_number_only_after_the_citizen_agreed_and_not_after_taking_it_back(
    city: City,
) -> None:
    booked, clerk = await begun(city)
    id_ = await city.id_of(booked)
    path = OFFICE.format(appointment=id_)
    assert (await clerk.get(path)).status == 404
    assert await arrivals(clerk) == []
    await ask(city, booked)
    [wish] = await arrivals(clerk)
    assert (wish["state"], wish["name"], wish["appointment"]) == ("call-back", "Erika Musterfrau", id_)
    assert "0170" not in str(wish)
    seen = await described(await clerk.get(path), OFFICE)
    assert seen["phone"] == PHONE
    assert "Bittet um Rückruf" in (await get(clerk, "/office/day")).text
    assert PHONE in (await get(clerk, f"/office/appointments/{id_}")).text
    answer = await city.client.delete(PATH.format(token=booked["token"]))
    assert answer.status == 204
    assert (await clerk.get(path)).status == 404
    assert await arrivals(clerk) == []
    assert PHONE not in (await get(clerk, f"/office/appointments/{id_}")).text
    async with city.office.db.read() as tx:
        assert (await tx.execute(select(CallBackRow))).all() == []
        actions = list(await tx.scalars(select(AuditRow.action).where(AuditRow.object_id == id_)))
    assert actions.count("call-back.seen") == 2


@pytest.mark.criterion("C26")
async def test_the_number_is_sealed_and_no_other_clerk_gets_it(city: City) -> None:
    booked, _ = await begun(city)
    await ask(city, booked)
    async with city.office.db.read() as tx:
        sealed = await tx.scalar(select(CallBackRow.phone_sealed))
    assert sealed is not None
    assert b"0170" not in sealed
    other = await city.sign_in("clerk2")
    path = OFFICE.format(appointment=await city.id_of(booked))
    assert (await other.get(path)).status == 404
    assert await arrivals(other) == []


async def test_the_newer_number_counts_and_a_wrong_one_is_refused(city: City) -> None:
    booked, clerk = await begun(city)
    await ask(city, booked)
    await ask(city, booked, phone="+43 1 2345678")
    path = OFFICE.format(appointment=await city.id_of(booked))
    assert (await (await clerk.get(path)).json())["phone"] == "+43 1 2345678"
    for wrong in ("12", "ruf mich an", "0170-1234567-0170-1234567-0170-1234567"):
        await ask(city, booked, 422, wrong)


async def test_when_the_clerk_has_called_nothing_is_left_to_do(city: City) -> None:
    booked, clerk = await begun(city)
    await ask(city, booked)
    case = await get(clerk, f"/office/appointments/{await city.id_of(booked)}")
    case = await send(clerk, case.form("/called"))
    assert PHONE not in case.text
    assert await arrivals(clerk) == []
    assert "Wir haben Sie angerufen" in (await get(city.client, f"/a/{booked['token']}/ways")).text


async def test_nobody_is_called_for_what_is_over_or_on_site(city: City) -> None:
    onsite = await city.book("personalausweis")
    assert (await ask(city, onsite, 409))["type"].endswith("not-video")
    booked, _ = await begun(city)
    city.clock.set(datetime.fromisoformat(booked["end"]) + timedelta(hours=1))
    assert (await ask(city, booked, 409))["type"].endswith("too-late")


@pytest.mark.criterion("C26")
async def test_without_script_every_way_is_open_on_a_page(city: City) -> None:
    booked, clerk = await begun(city)
    room = await get(city.client, f"/a/{booked['token']}/room")
    assert room.links["Video klappt nicht? Andere Wege"] == f"/a/{booked['token']}/ways"
    ways = await get(city.client, f"/a/{booked['token']}/ways")
    wrong = await send(city.client, ways.form("/call-back"), status=422, phone="zwölf")
    assert "Bitte prüfen Sie die Telefonnummer." in wrong.text
    agreed = await send(city.client, ways.form("/call-back"), phone=PHONE)
    assert "Ihre Ansprechperson sieht jetzt Ihre Nummer" in agreed.text
    assert len(await arrivals(clerk)) == 1
    back = await send(city.client, agreed.form("/withdraw"))
    assert back.form("/call-back").method == "post"
    assert await arrivals(clerk) == []
    times = await get(city.client, back.links["Zeit vor Ort wählen"])
    assert times.slots
    assert all(".onsite." in slot for slot in times.slots)


@pytest.mark.criterion("C26")
async def test_a_video_call_that_does_not_work_becomes_a_visit_on_site_also_after_its_begin(
    city: City,
) -> None:
    booked, clerk = await begun(city)
    token = booked["token"]
    manage = await get(city.client, f"/a/{token}")
    times = await get(city.client, manage.links["Stattdessen vor Ort kommen"])
    moved = await send(city.client, times.form("/move"), ("slot", times.slots[0]))
    assert "Ihr Termin ist verschoben" in moved.text
    now = await (await city.client.get(f"/api/v1/appointments/{token}")).json()
    assert (now["mode"], now["number"], now["state"]) == ("onsite", booked["number"], "confirmed")
    assert (await city.client.post(f"/api/v1/appointments/{token}/entry")).status == 409
    async with city.office.db.read() as tx:
        own = ClaimRow.appointment_id == await city.id_of(booked)
        ticks = list(await tx.scalars(select(ClaimRow.tick).where(own)))
    start = int(datetime.fromisoformat(now["start"]).timestamp()) // 300
    assert min(ticks) == start
    assert await arrivals(clerk) == []


async def test_once_begun_it_is_not_moved_to_another_video_time_and_not_for_ever_to_one_on_site(
    city: City,
) -> None:
    booked, _ = await begun(city)
    path = f"/api/v1/appointments/{booked['token']}/move"
    video = (await city.free("bauberatung", "video"))[-1]
    onsite = (await city.free("bauberatung", "onsite"))[-1]
    answer = await city.client.post(path, json={"start": video["start"], "mode": "video"})
    assert answer.status == 409
    city.clock.set(datetime.fromisoformat(booked["end"]) + timedelta(hours=1))
    wish = {"start": onsite["start"], "mode": "onsite", "site": onsite["site"]}
    assert (await city.client.post(path, json=wish)).status == 409
    ways = await get(city.client, f"/a/{booked['token']}/ways")
    assert "Neuen Termin buchen" in ways.links
