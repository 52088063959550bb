"""Single duties: planned, refused where somebody is already busy, shown with what doesn't fit, removed while unused."""

from typing import Any

import pytest

from tests.http.reading import get, read, send
from tests.http.test_pages_office import signed_in
from tests.office.city import City, Client, only_sqlite

DUTIES = "/api/v1/office/duties"
HOME = {"login": "clerk2", "start": "2027-03-02T13:00:00+01:00", "end": "2027-03-02T15:00:00+01:00"}
AT_ONE = "2027-03-02T12:00:00Z"
DESK = {**HOME, "site": "rathausplatz", "desk": "7"}


async def post(scheduler: Client, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = await scheduler.post(DUTIES, json=body)
    assert answer.status == status, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def week(scheduler: Client, day: str = "2027-03-02") -> list[dict[str, Any]]:
    answer = await scheduler.get(DUTIES, params={"week": day})
    assert answer.status == 200, await answer.text()
    found: list[dict[str, Any]] = await answer.json()
    return found


@pytest.mark.criterion("B11")
async def test_a_new_duty_is_offered_at_once_and_gone_when_it_is_removed(city: City) -> None:
    async def offered() -> bool:
        slots = await city.free("meldebescheinigung", "video", days=2)
        return AT_ONE in {slot["start"] for slot in slots if slot["mode"] == "video"}

    assert not await offered()
    scheduler = await city.sign_in("scheduler")
    made = await post(scheduler, HOME)
    assert await offered()
    assert (await scheduler.delete(f"{DUTIES}/{made['id']}")).status == 204
    assert not await offered()
    assert (await scheduler.delete(f"{DUTIES}/{made['id']}")).status == 404


@pytest.mark.criterion("B11")
async def test_a_duty_with_an_appointment_stays_and_one_with_a_cancelled_one_goes(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    made = await post(scheduler, HOME)
    slots = await city.free("meldebescheinigung", "video", days=2)
    at_one = next(slot for slot in slots if slot["start"] == AT_ONE)
    held = await (await city.hold("meldebescheinigung", at_one)).json()
    confirmed = await city.confirm(held["hold"])
    assert confirmed.status == 201, await confirmed.text()
    booked = await confirmed.json()
    answer = await scheduler.delete(f"{DUTIES}/{made['id']}")
    assert answer.status == 409
    assert (await answer.json())["type"].endswith("duty-in-use")
    assert next(d for d in await week(scheduler) if d["id"] == made["id"])["appointments"] == 1
    await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    assert (await scheduler.delete(f"{DUTIES}/{made['id']}")).status == 204
    assert made["id"] not in {duty["id"] for duty in await week(scheduler)}
    later = await city.free("meldebescheinigung", "video", days=2)
    assert at_one["start"] not in {slot["start"] for slot in later}
    await post(scheduler, HOME)


@only_sqlite()
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"start": "2027-03-02T10:30:00+01:00"}, "überschneiden"),
        ({"start": "2027-03-02T15:00:00+01:00"}, "später enden"),
        ({"start": "2027-03-02T13:01:00+01:00"}, "Fünf-Minuten"),
        ({"start": "2027-03-02T13:00:00"}, "Zeitzonenversatz"),
        ({"login": "nobody"}, "nobody"),
        ({"login": "scheduler"}, "scheduler"),
        ({"site": "nirgends", "desk": "1"}, "nirgends"),
        ({"site": "rathausplatz"}, "Schalter"),
        ({"start": "2027-02-01T13:00:00+01:00", "end": "2027-02-01T14:00:00+01:00"}, "vorbei"),
        ({"start": "0001-01-01T00:00:00+14:00", "end": "0001-01-01T05:00:00+14:00"}, "400 Tage"),
        ({"start": "9999-12-31T20:00:00-12:00", "end": "9999-12-31T23:55:00-12:00"}, "400 Tage"),
        ({"end": "2027-03-09T13:00:00+01:00"}, "24 Stunden"),
    ],
)
async def test_what_can_not_be_served_is_refused_with_the_reason(
    city: City, change: dict[str, str], word: str
) -> None:
    scheduler = await city.sign_in("scheduler")
    before = await week(scheduler)
    assert word in (await post(scheduler, {**HOME, **change}, 422))["detail"]
    assert await week(scheduler) == before


@only_sqlite()
@pytest.mark.criterion("I02")
async def test_the_week_names_what_does_not_fit(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    assert all(duty["faults"] == [] for duty in await week(scheduler))
    await post(scheduler, DESK)
    warned = await post(scheduler, {**DESK, "login": "clerk1"})
    assert warned["warnings"]
    late = {"start": "2027-03-02T16:00:00+01:00", "end": "2027-03-02T18:00:00+01:00"}
    await post(scheduler, {**DESK, **late, "login": "clerk4"})
    told = {d["start"][:16] + d["login"]: " ".join(d["faults"]) for d in await week(scheduler) if d["faults"]}
    assert set(told) == {f"2027-03-02T{at}" for at in ("12:00clerk2", "12:00clerk1", "15:00clerk4")}
    assert "Schalter" in told["2027-03-02T12:00clerk1"]
    assert "Öffnungszeiten" in told["2027-03-02T15:00clerk4"]


@only_sqlite()
@pytest.mark.criterion("I02", "B11")
async def test_the_pages_plan_show_and_remove_a_duty(city: City) -> None:
    scheduler = await signed_in(city, "scheduler")
    page = await get(scheduler, "/office/roster", week="2027-03-03", site="")
    assert page.of_level("h1") == ["Woche vom Montag, 1. März 2027"]
    assert "Lücke" in page.text
    form = (await get(scheduler, "/office/roster/duty")).form("/office/roster/duty")
    typed: dict[str, Any] = {
        "login": "clerk2",
        "day": "2027-03-02",
        "from": "13:00",
        "to": "15:00",
        "place": "home",
    }
    wrong = await send(scheduler, form, status=422, **{**typed, "from": "10:30"})
    assert "überschneiden sich: Dienstag, 2. März 2027" in wrong.text
    done = await send(scheduler, form, **typed)
    assert "Der Dienst ist geplant." in done.text
    made = next(d for d in await week(scheduler) if d["start"] == "2027-03-02T12:00:00Z")
    answer = await scheduler.post(
        f"/office/roster/duties/{made['id']}/remove", data={"csrf": form.filled()[0][1], "week": "2027-03-01"}
    )
    assert "Der Dienst ist gestrichen." in (await read(answer)).text


@only_sqlite()
async def test_the_roster_shows_one_site_alone_and_bears_any_address(city: City) -> None:
    scheduler = await signed_in(city, "scheduler")
    page = await get(scheduler, "/office/roster", week="2027-03-03", site="kronenstrasse")
    assert "Clerk4" in page.text
    assert "Clerk3" not in page.text
    for odd in ("9999-12-31", "0001-01-01", "x", ""):
        await get(scheduler, "/office/roster", week=odd, site=odd)
        answer = await scheduler.get(DUTIES, params={"week": odd or "2027-01-01"})
        assert answer.status in (200, 422)
