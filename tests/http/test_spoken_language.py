"""Who needs another language than German is led to a clerk who speaks it, or told that nobody does just now."""

import re
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from server.booking.model import AppointmentRow, DutyRow
from server.clock import berlin
from server.people.model import StaffRow
from tests.office.city import City, only_sqlite

SPOKEN = {"en": 1, "tr": 2, "uk": 3, "ar": 3}
"""Language ► the clerk of the small city who speaks it."""
OWN_NAMES = {"en": "English", "tr": "Türkçe", "uk": "Українська", "ar": "العربية"}


async def teach(city: City) -> None:
    """The clerk at the desk speaks Ukrainian and Arabic."""
    async with city.office.db.write() as tx:
        one = update(StaffRow).where(StaffRow.id == 3)
        await tx.execute(one.values(languages=["de", "uk", "ar"]))
    city.office.calendar.catalogue_changed()
    city.office.calendar._snapshot = None


async def clerk_of(city: City, number: str) -> tuple[int, str | None, str]:
    """Clerk, spoken language and language of mails of an appointment."""
    query = select(DutyRow.staff_id, AppointmentRow.spoken, AppointmentRow.language)
    query = query.join(AppointmentRow, AppointmentRow.duty_id == DutyRow.id)
    async with city.office.db.read() as tx:
        row = (await tx.execute(query.where(AppointmentRow.number == number))).one()
    return row.staff_id, row.spoken, row.language


async def hold(city: City, slot: dict[str, Any], code: str, **more: Any) -> Any:
    wanted = {"services": [{"id": "meldebescheinigung"}], "mode": slot["mode"], "start": slot["start"]}
    wanted |= {"site": slot["site"]} if slot.get("site") else {}
    return await city.client.post("/api/v1/holds", json={**wanted, "language": code, **more})


@pytest.mark.criterion("B12")
@pytest.mark.parametrize(("code", "clerk"), SPOKEN.items())
async def test_offer_and_reserved_clerk_match_and_a_move_keeps_the_language(
    city: City, code: str, clerk: int
) -> None:
    await teach(city)
    slots = await city.free("meldebescheinigung", lang=code)
    held = await hold(city, slots[0], code, must_speak=True)
    assert held.status == 201, await held.text()
    answer = await city.confirm((await held.json())["hold"], language="de")
    booked = await answer.json()
    assert await clerk_of(city, booked["number"]) == (clerk, code, "de")
    target = slots[-1]
    asked = {key: target[key] for key in ("start", "mode", "site") if target.get(key)}
    moved = await city.client.post(f"/api/v1/appointments/{booked['token']}/move", json=asked)
    assert moved.status == 200
    assert await clerk_of(city, booked["number"]) == (clerk, code, "de")


@pytest.mark.criterion("B12")
async def test_where_nobody_speaks_it_all_times_are_offered_and_the_reason_says_so(city: City) -> None:
    query = {"service": "meldebescheinigung", "lang": "uk"}
    answer = await (await city.client.get("/api/v1/availability", params=query)).json()
    assert answer["days"]
    [reason] = [one for one in answer["reasons"] if one["code"] == "language-not-spoken"]
    assert "Ukrainisch" in reason["text"]
    held = await hold(city, answer["days"][0]["slots"][0], "uk")
    assert held.status == 201


@pytest.mark.criterion("B12")
@only_sqlite()
async def test_the_next_time_with_a_match_is_told(city: City) -> None:
    query = {"service": "meldebescheinigung", "lang": "tr", "from": "2027-03-05", "to": "2027-03-07"}
    answer = await (await city.client.get("/api/v1/availability", params=query)).json()
    [reason] = [one for one in answer["reasons"] if one["code"] == "language-not-spoken"]
    assert "1. März 2027, 10:00" in reason["text"]


@pytest.mark.criterion("B12")
@only_sqlite()
async def test_a_match_that_was_promised_is_never_replaced_by_another_clerk(city: City) -> None:
    [slot, *_] = await city.free("meldebescheinigung", "video", lang="tr")
    assert (await hold(city, slot, "tr", must_speak=True)).status == 201
    refused = await hold(city, slot, "tr", must_speak=True)
    assert refused.status == 409
    for near in (await refused.json())["alternatives"]:
        assert berlin(datetime.fromisoformat(near["start"])).hour == 10
    assert (await hold(city, slot, "tr")).status == 201


@pytest.mark.criterion("B12")
@only_sqlite()
async def test_the_page_offers_what_is_really_spoken_and_the_clerk_sees_it(city: City) -> None:
    await teach(city)
    page = await (await city.client.get("/times?service=meldebescheinigung")).text()
    for code, name in OWN_NAMES.items():
        assert f'<option value="{code}" lang="{code}">{name}</option>' in page
    assert "Français" not in page
    page = await (await city.client.get("/times?service=meldebescheinigung&spoken=tr")).text()
    assert '<input type="hidden" name="spoken" value="tr">' in page
    assert "spoken=tr" in page.partition('class="weeks"')[2]
    slot = re.findall(r'name="slot" value="([^"]+)"', page)[0]
    form = {"service": "meldebescheinigung", "count": "1", "slot": slot, "spoken": "tr", "must_speak": "1"}
    held = await city.client.post("/holds", data=form, allow_redirects=False)
    path = f"{held.headers['Location']}/confirm"
    who = {"name": "Ayşe Yılmaz", "language": "en"}
    done = await city.client.post(path, data=who, allow_redirects=False)
    assert done.status == 303
    clerk = await city.sign_in("clerk2")
    day = await (await clerk.get("/office/day?date=2027-03-01")).text()
    assert "Spricht: Türkçe" in day


@only_sqlite()
@pytest.mark.parametrize(
    "code", ["xx", "de", "de_LS", "%00", "1", "Türkisch", "tr-TR'--", "zzzzzzzzzzzzzzzzzz"]
)
async def test_odd_languages_do_no_harm(city: City, code: str) -> None:
    answer = await city.client.get("/times", params={"service": "meldebescheinigung", "spoken": code})
    assert answer.status in (200, 404)
