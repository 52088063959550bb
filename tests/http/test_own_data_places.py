"""Who waits on the list or in the line sees what is stored, takes it along, and has it deleted; a booked one by the appointment's link alone."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from recordings_policy.classes import KNOCK, WAITING
from server.booking.model import CaseRow
from server.booking.model_knock import KnockRow
from server.booking.model_waiting import WaitingRow
from server.booking.offer import offer_times
from tests.http.described import check as described
from tests.http.reading import get
from tests.http.test_knock import SERVICE as VIDEO
from tests.http.test_knock import knock, today_at
from tests.office.city import City, only_sqlite

pytestmark = only_sqlite()
LIST, LINE = "/api/v1/waiting-list", "/api/v1/knock"


async def waits(city: City, name: str = "Ada Eins") -> str:
    wish = {
        "services": [{"id": "bauberatung"}],
        "to": "2027-03-20",
        "name": name,
        "email": f"{name[:3]}@example.org",
    }
    answer = await city.client.post(LIST, json=wish)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["token"])


async def told(city: City, api: str, token: str) -> dict[str, Any]:
    place = "{entry}" if api == LIST else "{knock}"
    answer = await city.client.get(f"{api}/{token}/data")
    found: dict[str, Any] = await described(answer, f"{api}/{place}/data")
    assert answer.headers["Cache-Control"] == "no-store"
    return found


def kind(found: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in found["kinds"] if one["kind"] == key)


@pytest.mark.criterion("J12")
async def test_a_place_on_the_list_shows_all_of_it_until_when_and_nothing_of_others(city: City) -> None:
    token, _ = await waits(city), await waits(city, "Bodo Zwei")
    found = await told(city, LIST, token)
    contact = kind(found, "contact")
    assert contact["entries"][0]["values"]["contact_sealed"]["name"] == "Ada Eins"
    assert "Bodo" not in str(found)
    assert {"contact", "waiting", "audit"} <= {one["kind"] for one in found["kinds"]}
    after_the_last_day = "2027-03-21T00:00:00+01:00"
    for key in ("contact", "waiting"):
        assert _at(kind(found, key)["until"]) == _at(after_the_last_day) + WAITING.period
    page = await get(city.client, f"/w/{token}/data")
    assert "Ada Eins" in page.text
    assert "Meine Daten" in (await get(city.client, f"/w/{token}")).text
    for end, start in ((".pdf", b"%PDF-1.7"), (".zip", b"PK")):
        answer = await city.client.get(f"{LIST}/{token}/data{end}")
        assert (answer.status, (await answer.read()).startswith(start)) == (200, True)


@pytest.mark.criterion("J13")
async def test_leaving_the_list_deletes_name_address_and_check_sums(city: City) -> None:
    token = await waits(city)
    page = await get(city.client, f"/w/{token}/data")
    assert "Ja, alles löschen" in page.text
    await city.client.post(f"/w/{token}/leave")
    assert "Ada Eins" not in str(await told(city, LIST, token))
    assert "Ihre Angaben sind gelöscht." in (await get(city.client, f"/w/{token}/data")).text
    async with city.office.db.read() as tx:
        case = (await tx.execute(select(CaseRow.wrapped_key, CaseRow.contact_sealed))).one()
        keys = (await tx.execute(select(WaitingRow.client_key, WaitingRow.contact_key))).one()
    assert (tuple(case), tuple(keys)) == ((None, None), ("", None))


@pytest.mark.criterion("J13")
async def test_a_place_that_is_over_can_be_deleted_before_its_day(city: City) -> None:
    token = await waits(city)
    city.clock.set(_at("2027-03-22T08:00:00+01:00"))
    office = city.office
    await offer_times(office.db, office.calendar, city.settings, city.now)
    assert (await (await city.client.get(f"{LIST}/{token}")).json())["state"] == "over"
    assert "Ada Eins" in str(await told(city, LIST, token))
    assert (await city.client.delete(f"{LIST}/{token}")).status == 204
    assert "Ada Eins" not in str(await told(city, LIST, token))


@pytest.mark.criterion("J12")
async def test_once_it_is_an_appointment_the_older_link_shows_its_own_row_alone(city: City) -> None:
    token = await waits(city)
    office = city.office
    assert await offer_times(office.db, office.calendar, city.settings, city.now)
    accepted = await city.client.post(f"{LIST}/{token}/accept")
    assert accepted.status == 201
    found = await told(city, LIST, token)
    assert {row["table"] for one in found["kinds"] for row in one["entries"]} == {"waiting", "audit"}
    assert "Ada Eins" not in str(found)
    assert "Daraus ist ein Termin geworden" in (await get(city.client, f"/w/{token}/data")).text
    appointment = (await accepted.json())["token"]
    own = await (await city.client.get(f"/api/v1/appointments/{appointment}/data")).json()
    assert "Ada Eins" in str(own)


@pytest.mark.criterion("J12")
@pytest.mark.criterion("J13")
async def test_who_knocked_sees_the_same_until_they_leave(city: City) -> None:
    city.clock.set(today_at(9, 3))
    token = (await knock(city, "Ada Eins", service=VIDEO))["token"]
    found = await told(city, LINE, token)
    assert kind(found, "contact")["entries"][0]["values"]["contact_sealed"]["name"] == "Ada Eins"
    assert _at(kind(found, "knock")["until"]) - city.now <= KNOCK.period
    assert "Ada Eins" in (await get(city.client, f"/k/{token}/data")).text
    await city.client.post(f"/k/{token}/leave")
    assert "Ada Eins" not in str(await told(city, LINE, token))
    async with city.office.db.read() as tx:
        assert await tx.scalar(select(KnockRow.client_key)) == ""


@pytest.mark.criterion("J12")
async def test_who_was_called_in_has_it_with_the_appointment(city: City) -> None:
    city.clock.set(today_at(9, 3))
    token = (await knock(city, "Ada Eins", service=VIDEO))["token"]
    clerk = await city.sign_in("clerk1")
    (one,) = (await (await clerk.get("/api/v1/office/knocks")).json())["knocks"]
    assert (await clerk.post(f"/api/v1/office/knocks/{one['knock']}/take")).status == 200
    found = await told(city, LINE, token)
    assert {row["table"] for kind in found["kinds"] for row in kind["entries"]} == {"knock", "audit"}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
