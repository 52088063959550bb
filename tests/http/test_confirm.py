"""From a hold to an appointment: once, complete, with a number for the telephone, in any script."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from server.booking.number import read_number
from tests.office.city import City, only_sqlite


@pytest.mark.criterion("A12", "C01")
async def test_an_appointment_says_all_a_citizen_needs(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    assert booked["state"] == "confirmed"
    assert booked["mode"] == "video"
    assert read_number(booked["number"]) == booked["number"]
    assert len(booked["token"]) >= 22
    assert booked["services"] == [{"id": "bauberatung", "count": 1, "name": "Bauberatung"}]
    assert {"key": "lageplan", "state": "missing"} in booked["checklist"]
    assert booked["links"]["manage"].endswith(f"/a/{booked['token']}")
    assert booked["links"]["room"].startswith(booked["links"]["manage"])
    again = await city.client.get(f"/api/v1/appointments/{booked['token']}")
    assert await again.json() == booked


@pytest.mark.criterion("A05")
async def test_fee_and_stations_add_up_for_a_family(city: City) -> None:
    slot = (await city.free("personalausweis", count="2"))[0]
    body = {
        "services": [{"id": "personalausweis", "count": 2}],
        "mode": "onsite",
        "site": "rathausplatz",
        "start": slot["start"],
    }
    hold = (await (await city.client.post("/api/v1/holds", json=body)).json())["hold"]
    booked = await (await city.confirm(hold)).json()
    assert booked["fee"] == 7400
    assert [station["key"] for station in booked["stations"]] == ["photo"]


@pytest.mark.criterion("A10")
async def test_the_same_key_confirms_once_and_sends_one_mail(city: City) -> None:
    slot = (await city.free("bauberatung", "video"))[0]
    hold = (await (await city.hold("bauberatung", slot)).json())["hold"]
    first = await city.confirm(hold, key="einmal")
    again = await city.confirm(hold, key="einmal")
    assert (first.status, again.status) == (201, 201)
    assert await first.json() == await again.json()
    async with city.office.db.read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM outbox")) == 1
    without = await city.confirm(hold)
    assert without.status == 410


@pytest.mark.criterion("A03")
async def test_neither_account_nor_mail_address_is_needed(city: City) -> None:
    booked = await city.book("personalausweis", name="Ömer", email=None)
    assert booked["state"] == "confirmed"


@only_sqlite()
@pytest.mark.parametrize(
    "name",
    ["Αθηνά Παπαδοπούλου", "محمد بن سلمان", "李小龍", "O'Brien-Şahin", "Дмитро", "👩‍🦰 Anna", "x" * 200],
)
async def test_names_in_any_script_are_kept_as_they_are(city: City, name: str) -> None:
    booked = await city.book("personalausweis", name=name)
    clerk = await city.sign_in("clerk3")
    page = await clerk.get("/office/day")
    assert page.status == 200
    assert booked["state"] == "confirmed"


@only_sqlite()
@pytest.mark.parametrize(
    "person",
    [
        {"name": "x" * 300},
        {"name": ""},
        {"name": "   "},
        {"name": "Erika\nBcc: alle@example.org"},
        {"name": "…"},
        {"email": "keine"},
        {"email": "a@b.de\r\nBcc: x@y.de"},
        {"email": "a" * 300 + "@example.org"},
        {"phone": "ruf mich an"},
        {"phone": "1" * 60},
        {"language": "../../etc"},
        {"answers": {"frage": "x" * 5000}},
        {"geheim": "ja"},
    ],
)
async def test_bad_details_are_refused_and_the_hold_stays(city: City, person: dict[str, Any]) -> None:
    slot = (await city.free("bauberatung", "video"))[0]
    hold = (await (await city.hold("bauberatung", slot)).json())["hold"]
    refused = await city.confirm(hold, **person)
    assert refused.status == 422
    assert "example" not in await refused.text()
    assert (await city.confirm(hold)).status == 201


@only_sqlite()
@pytest.mark.parametrize("hold", ["gibtsnicht", "x" * 100, "../..", "\u0000"])
async def test_an_unknown_hold_is_not_found(city: City, hold: str) -> None:
    refused = await city.confirm(hold)
    assert refused.status in (404, 422)


async def test_the_last_second_counts_and_the_next_does_not(city: City) -> None:
    slots = await city.free("personalausweis")
    first = (await (await city.hold("personalausweis", slots[8])).json())["hold"]
    second = (await (await city.hold("personalausweis", slots[9])).json())["hold"]
    city.clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
    assert (await city.confirm(first)).status == 201
    city.clock.advance(timedelta(seconds=1))
    assert (await city.confirm(second)).status == 410


@pytest.mark.criterion("D12")
async def test_nothing_personal_stands_in_the_open_in_the_database(city: City) -> None:
    await city.book("bauberatung", "video", name="Zzyzx-Kanarienvogel", email="zzyzx@example.org")
    async with city.office.db.read() as tx:
        rows = []
        for table in ("appointment", '"case"', "outbox", "audit", "idempotency", "claim"):
            rows += [str(tuple(row)) for row in await tx.execute(text(f"SELECT * FROM {table}"))]
    assert rows
    assert not [row for row in rows if "zzyzx" in row.lower()]
