"""Knocking: a video consultation without an appointment while a clerk is free; in order, without a contact, and gone when left."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from server.booking.knock import tidy_knocks
from server.booking.model import AppointmentRow, CaseRow, ClaimRow
from server.booking.model_knock import KnockRow
from server.clock import BERLIN
from tests.http.described import check as described
from tests.http.reading import get, read, send
from tests.office import small_city
from tests.office.city import City, Client
from tests.race.books import faults

DOOR = "/api/v1/knock"
DESK = "/api/v1/office/knocks"
SERVICE = "meldebescheinigung"


def today_at(hour: int, minute: int = 0) -> datetime:
    day = small_city.NOW.astimezone(BERLIN).date()
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


@pytest.fixture
async def open_city(city: City) -> City:
    """Three minutes past nine: clerk1 sits at home with a duty until eleven."""
    city.clock.set(today_at(9, 3))
    return city


async def door(city: City, service: str = SERVICE, **query: str) -> Any:
    answer = await city.client.get(DOOR, params={"service": service, **query})
    assert answer.status == 200, await answer.text()
    return await described(answer, DOOR)


async def knock(city: City, name: str = "Ada Eins", status: int = 201, **more: str) -> Any:
    answer = await city.client.post(DOOR, json={"service": SERVICE, "name": name, **more})
    assert answer.status == status, await answer.text()
    city.clock.advance(timedelta(milliseconds=1))  # nobody comes in the same instant
    return await described(answer, DOOR)


async def place(city: City, token: str, status: int = 200) -> Any:
    return await described(await city.client.get(f"{DOOR}/{token}"), f"{DOOR}/{{knock}}")


async def waiting(clerk: Client) -> list[dict[str, Any]]:
    return list((await described(await clerk.get(DESK), DESK))["knocks"])


async def take(clerk: Client, knock_id: str, status: int = 200) -> Any:
    answer = await clerk.post(f"{DESK}/{knock_id}/take")
    assert answer.status == status, await answer.text()
    return await described(answer, f"{DESK}/{{knock}}/take")


@pytest.mark.criterion("C25")
async def test_the_door_is_open_while_a_trained_clerk_has_time_by_video(city: City) -> None:
    for at, is_open in (((8, 30), False), ((9, 3), True), ((10, 57), False), ((11, 30), False)):
        city.clock.set(today_at(*at))
        told = await door(city)
        assert told["open"] is is_open, at
        assert told["waiting"] == 0
        assert ("opens_at" in told) is not is_open
    city.clock.set(today_at(8, 30))
    assert datetime.fromisoformat((await door(city))["opens_at"]) == today_at(9)
    answer = await city.client.get(DOOR, params={"service": "personalausweis"})
    assert answer.status == 422


@pytest.mark.criterion("C25")
async def test_who_finds_it_closed_gets_the_next_free_times(city: City) -> None:
    city.clock.set(today_at(8, 0))
    problem = await knock(city, status=409)
    assert problem["type"].endswith("closed")
    assert len(problem["next"]) >= 3
    assert all(datetime.fromisoformat(slot["start"]) > city.now for slot in problem["next"])


@pytest.mark.criterion("C25")
async def test_first_come_first_served_and_the_number_waiting_is_shown(open_city: City) -> None:
    city = open_city
    ada, bob = await knock(city, "Ada Eins"), await knock(city, "Bob Zwei")
    assert (ada["position"], bob["position"]) == (1, 2)
    assert bob["expected_minutes"] == 10
    told = await door(city)
    assert (told["waiting"], told["expected_minutes"]) == (2, 20)
    clerk = await city.sign_in("clerk1")
    listed = await waiting(clerk)
    assert [(one["name"], one["first"]) for one in listed] == [("Ada Eins", True), ("Bob Zwei", False)]
    assert (await take(clerk, listed[1]["knock"], 409))["type"].endswith("not-first")
    await take(clerk, listed[0]["knock"])
    assert (await place(city, bob["token"]))["position"] == 1


@pytest.mark.criterion("C25")
async def test_taking_books_a_real_appointment_on_the_clerks_own_duty_and_leads_into_its_room(
    open_city: City,
) -> None:
    city = open_city
    ada = await knock(city)
    clerk = await city.sign_in("clerk1")
    [one] = await waiting(clerk)
    taken = await take(clerk, one["knock"])
    mine = await place(city, ada["token"])
    assert (mine["state"], mine["number"]) == ("called", ada["number"])
    room = await city.client.get(mine["room"])
    assert room.status == 200
    token = mine["room"].split("/")[2]
    shown = await (await city.client.get(f"/api/v1/appointments/{token}")).json()
    assert (shown["number"], shown["mode"], shown["state"]) == (ada["number"], "video", "confirmed")
    assert (await city.client.post(f"/api/v1/appointments/{token}/entry")).status == 200
    assert (await clerk.get(f"/office/appointments/{taken['appointment']}/room")).status == 200
    assert "Ada Eins" in (await get(clerk, "/office/day")).text
    assert await waiting(clerk) == []
    assert (await take(clerk, one["knock"], 409))["type"].endswith("knock-taken")
    assert await faults(city, [ada["number"]]) == []
    starts = [slot["start"] for slot in await city.free(SERVICE, "video")]
    assert today_at(9, 0).isoformat() not in starts


async def test_a_number_that_an_appointment_has_already_keeps_nobody_out(open_city: City) -> None:
    """Numbers are drawn: what the line gave and what was booked meanwhile may be the same."""
    city = open_city
    ada = await knock(city)
    booked = await city.book("bauberatung", "video", nth=-1)
    async with city.office.db.write() as tx:
        other = update(AppointmentRow).where(AppointmentRow.number == booked["number"])
        await tx.execute(other.values(number=ada["number"]))
    clerk = await city.sign_in("clerk1")
    [one] = await waiting(clerk)
    await take(clerk, one["knock"])
    mine = await place(city, ada["token"])
    assert mine["state"] == "called"
    assert mine["number"] != ada["number"]
    assert await faults(city, [mine["number"], ada["number"]]) == []
    assert (await take(clerk, one["knock"], 409))["type"].endswith("knock-taken")


async def test_while_the_clerk_is_in_a_conversation_nobody_else_is_called_in(open_city: City) -> None:
    city = open_city
    await knock(city, "Ada Eins")
    await knock(city, "Bob Zwei")
    clerk = await city.sign_in("clerk1")
    first, _ = await waiting(clerk)
    await take(clerk, first["knock"])
    assert await waiting(clerk) == []
    async with city.office.db.read() as tx:
        bob = await tx.scalar(select(KnockRow.id).where(KnockRow.state == "waiting"))
    assert (await take(clerk, str(bob), 409))["type"].endswith("no-room-now")
    city.clock.advance(timedelta(minutes=1))
    other = await city.sign_in("clerk3")
    assert await waiting(other) == []
    city.clock.advance(timedelta(minutes=-1))


@pytest.mark.criterion("C25")
async def test_whose_page_is_gone_loses_the_place_and_the_name(open_city: City) -> None:
    city = open_city
    ada, bob = await knock(city, "Ada Eins"), await knock(city, "Bob Zwei")
    for _ in range(3):
        city.clock.advance(timedelta(seconds=40))
        mine = await place(city, bob["token"])
    assert (mine["state"], mine["position"]) == ("waiting", 1)
    assert (await place(city, ada["token"]))["state"] == "gone"
    assert (await door(city))["waiting"] == 1
    await tidy_knocks(city.office.db, city.now)
    assert await names_left(city) == 1
    answer = await city.client.delete(f"{DOOR}/{bob['token']}")
    assert answer.status == 204
    assert (await place(city, bob["token"]))["state"] == "gone"
    assert await names_left(city) == 0
    city.clock.advance(timedelta(days=2))
    await tidy_knocks(city.office.db, city.now)
    async with city.office.db.read() as tx:
        assert (await tx.execute(select(KnockRow.id))).all() == []
        assert (await tx.execute(select(CaseRow.id))).all() == []


async def names_left(city: City) -> int:
    async with city.office.db.read() as tx:
        sealed = list(await tx.scalars(select(CaseRow.contact_sealed)))
    return sum(one is not None for one in sealed)


async def test_a_language_is_served_by_who_speaks_it(open_city: City) -> None:
    city = open_city
    city.clock.set(today_at(10, 3))  # clerk2, who speaks Turkish, is there too
    await knock(city, "Ayşe Kaya", language="tr")
    assert await waiting(await city.sign_in("clerk1")) == []
    [one] = await waiting(await city.sign_in("clerk2"))
    assert (one["name"], one["spoken"]) == ("Ayşe Kaya", "tr")


async def test_one_network_does_not_fill_the_line_and_odd_knocks_are_refused(open_city: City) -> None:
    city = open_city
    for odd in ({"name": "…"}, {"service": "gibtsnicht"}, {"phone": "x"}):
        answer = await city.client.post(DOOR, json={"service": SERVICE, "name": "Eva", **odd})
        assert answer.status == 422, odd
    for number in range(5):
        await knock(city, f"Person {number}")
    assert (await knock(city, "Noch eine", 429))["type"].endswith("too-many-knocks")


async def test_the_line_is_no_longer_than_the_time_that_is_left(city: City) -> None:
    city.clock.set(today_at(10, 46))  # three ticks: one conversation each for two clerks
    await knock(city, "Ada Eins")
    await knock(city, "Bob Zwei")
    assert (await door(city))["open"] is False
    await knock(city, "Carla Drei", 409)


@pytest.mark.criterion("C25")
async def test_the_pages_work_without_script_up_to_the_room(open_city: City) -> None:
    city = open_city
    page = await get(city.client, "/knock")
    assert "gerade frei" in page.text
    form = page.form("/knock")
    wrong = await send(city.client, form, status=422, name="")
    assert "Bitte wählen Sie ein Anliegen." in wrong.text
    answer = await city.client.post("/knock", data={"service": SERVICE, "name": "Ada Eins", "spoken": ""})
    mine = await read(answer)
    assert "Sie sind als Nächstes an der Reihe." in mine.text
    assert 'http-equiv="refresh"' in mine.html
    assert "eine Person wartet" in (await get(city.client, "/knock")).text
    clerk = await city.sign_in("clerk1")
    day = await get(clerk, "/office/day")
    room = await clerk.post(day.form("/take").action, data=dict(day.form("/take").fields))
    assert room.status == 200
    assert room.url.path.endswith("/room")
    called = await get(city.client, answer.url.path)
    assert "Der Raum braucht Kamera, Mikrofon und JavaScript." in called.text
    assert (await city.client.get(called.links["In den Raum gehen"])).status == 200
    city.clock.set(today_at(11, 30))
    shut = await get(city.client, "/knock")
    assert "wieder frei:" in shut.text


async def test_a_place_can_be_given_up_on_the_page(open_city: City) -> None:
    city = open_city
    answer = await city.client.post("/knock", data={"service": SERVICE, "name": "Ada Eins"})
    mine = await read(answer)
    gone = await send(city.client, mine.form("/leave"))
    assert "Sie warten nicht mehr" in gone.text
    assert await names_left(city) == 0
    async with city.office.db.read() as tx:
        assert (await tx.execute(select(AppointmentRow.id))).all() == []
        assert (await tx.execute(select(ClaimRow.tick))).all() == []
