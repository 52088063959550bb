"""The scheduler's pages of absences, and what of the form or the API's body makes no sense."""

from typing import Any

import pytest

from tests.http.reading import get, send
from tests.http.test_absence import ABSENCES, DAY, book_at, events
from tests.office.city import City, MakeCity, only_sqlite


@only_sqlite()
@pytest.mark.parametrize(
    "body",
    [
        {"staff_id": 1, "starts_at": DAY["ends_at"], "ends_at": DAY["starts_at"]},
        {"staff_id": 1, "starts_at": "2027-02-01T08:00:00Z", "ends_at": "2027-02-01T09:00:00Z"},
        {"staff_id": 1, "starts_at": "2027-03-02T08:00:00Z", "ends_at": "2029-03-02T08:00:00Z"},
        {"staff_id": 5, **DAY},
        {"staff_id": 999, **DAY},
        {"staff_id": 1, "site": "rathausplatz", **DAY},
        {"site": "nowhere", **DAY},
        DAY,
        {"staff_id": 1, "starts_at": "0001-01-01T00:00:00+01:00", "ends_at": "9999-12-31T23:59:00-01:00"},
    ],
)
async def test_what_makes_no_sense_is_refused(city: City, body: dict[str, Any]) -> None:
    answer = await (await city.sign_in("scheduler")).post(ABSENCES, json=body)
    assert answer.status == 422, await answer.text()


@only_sqlite()
@pytest.mark.criterion("B09")
async def test_the_pages_show_who_is_concerned_before_anything_changes(make_city: MakeCity) -> None:
    city = await make_city()
    await book_at(city, "bauberatung", "09:00")
    await book_at(city, "personalausweis", "09:00", mode="onsite")
    scheduler = await city.sign_in("scheduler")
    before = await events(city)
    asked = {"who": "clerk:1", "kind": "days", "first": "2027-03-02", "last": "2027-03-02"}
    page = await get(scheduler, "/office/absences/preview?" + "&".join(f"{k}={v}" for k, v in asked.items()))
    assert "Ein Termin ist betroffen" in page.text
    assert "1 übernehmen Kolleginnen und Kollegen" in page.text
    assert await (await scheduler.get(ABSENCES)).json() == []
    assert await events(city) == before
    done = await send(scheduler, page.form("/office/absences"))
    assert done.of_level("h1") == ["Ausfall: Clerk1"]
    assert "übernimmt Clerk4" in done.text
    (made,) = await (await scheduler.get(ABSENCES)).json()
    ended = await send(scheduler, done.form(f"/office/absences/{made['id']}/end"))
    assert "Doch da?" not in ended.text
