"""Free times: who can take what where, in which order, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.clock import BERLIN
from tests.office.city import City, only_sqlite

MONDAY = "2027-03-01"
TUESDAY = "2027-03-02"
FRIDAY = "2027-03-05"


async def ask(city: City, service: str, **query: str) -> dict[str, Any]:
    asked = {"service": service, "from": MONDAY, "to": MONDAY, **query}
    answer = await city.client.get("/api/v1/availability", params=asked)
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


def local_times(found: dict[str, Any], mode: str) -> list[str]:
    slots = [slot for day in found["days"] for slot in day["slots"] if slot["mode"] == mode]
    starts = [datetime.fromisoformat(slot["start"]).astimezone(BERLIN) for slot in slots]
    return [f"{start:%H:%M}" for start in starts]


@pytest.mark.criterion("B01", "B03", "B04")
async def test_video_comes_from_home_and_from_desks_that_take_video(city: City) -> None:
    found = await ask(city, "bauberatung", mode="video")
    assert local_times(found, "video") == ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30"]
    assert local_times(found, "onsite") == []
    assert found["reasons"] == []


@pytest.mark.criterion("A04", "B01")
async def test_what_needs_presence_is_offered_at_a_desk_with_the_reason(city: City) -> None:
    found = await ask(city, "personalausweis", mode="any", **{"to": TUESDAY, "from": TUESDAY})
    assert local_times(found, "video") == []
    assert local_times(found, "onsite")[:2] == ["08:00", "08:15"]
    assert {slot["site"] for day in found["days"] for slot in day["slots"]} == {"rathausplatz"}
    reason = found["reasons"][0]
    assert reason["code"] == "in-person-only"
    assert "Fingerabdrücke" in reason["text"]


@pytest.mark.criterion("A04")
async def test_the_reason_is_given_in_the_askers_language(city: City) -> None:
    headers = {"Accept-Language": "en"}
    query = {"service": "personalausweis", "from": MONDAY, "to": MONDAY}
    answer = await city.client.get("/api/v1/availability", params=query, headers=headers)
    assert (await answer.json())["reasons"][0]["text"] == "We take fingerprints."


@pytest.mark.criterion("B02")
async def test_when_no_home_office_time_is_left_the_desk_is_offered_and_says_why(city: City) -> None:
    day = {"from": TUESDAY, "to": TUESDAY}
    for _ in range(18):  # twelve times of clerk1, six of clerk2
        found = await ask(city, "meldebescheinigung", mode="video", **day)
        slot = found["days"][0]["slots"][0]
        assert slot["mode"] == "video"
        held = await city.hold("meldebescheinigung", slot)
        assert held.status == 201
        assert (await city.confirm((await held.json())["hold"])).status == 201
    found = await ask(city, "meldebescheinigung", mode="video", **day)
    assert local_times(found, "video") == []
    assert len(local_times(found, "onsite")) == 24
    assert [reason["code"] for reason in found["reasons"]] == ["no-video-left"]
    assert "1. März 2027, 09:00 Uhr" in found["reasons"][0]["text"]


@pytest.mark.criterion("A06")
async def test_the_next_time_is_named_for_video_and_for_each_site(city: City) -> None:
    found = await ask(city, "bauberatung", **{"from": FRIDAY, "to": FRIDAY})
    assert found["days"] == []
    assert found["next"]["video"].startswith("2027-03-01T08:00")
    assert set(found["next"]["onsite"]) == {"kronenstrasse"}
    assert found["reasons"][-1]["code"] == "nothing-free"


@pytest.mark.criterion("A06", "B03")
async def test_times_over_several_weeks(city: City) -> None:
    found = await ask(city, "personalausweis", to="2027-03-28")
    assert len(found["days"]) == 16
    assert [day["date"] for day in found["days"]][:5] == [
        "2027-03-01", "2027-03-02", "2027-03-03", "2027-03-04", "2027-03-08",
    ]  # fmt: skip


@pytest.mark.criterion("A05")
async def test_several_people_add_up_and_the_desk_must_know_every_service(city: City) -> None:
    query = [
        ("service", "personalausweis"), ("service", "meldebescheinigung"), ("count", "2"), ("count", "1"),
        ("from", TUESDAY), ("to", TUESDAY),
    ]  # fmt: skip
    answer = await city.client.get("/api/v1/availability", params=query)
    slots = (await answer.json())["days"][0]["slots"]
    lengths = {datetime.fromisoformat(slot["end"]) - datetime.fromisoformat(slot["start"]) for slot in slots}
    assert lengths == {timedelta(minutes=40)}
    assert {slot["mode"] for slot in slots} == {"onsite"}


@pytest.mark.criterion("A05")
async def test_services_that_exclude_each_other_are_refused(city: City) -> None:
    query = [("service", "beglaubigung"), ("service", "bauberatung")]
    answer = await city.client.get("/api/v1/availability", params=query)
    assert answer.status == 422
    assert (await answer.json())["type"].endswith("services-exclude")


@pytest.mark.criterion("B05", "B06")
async def test_nothing_is_offered_on_holidays_and_outside_function_times(city: City) -> None:
    city.clock.set(datetime(2027, 3, 22, 6, 0, tzinfo=UTC))
    found = await ask(city, "meldebescheinigung", mode="any", **{"from": "2027-03-22", "to": "2027-03-28"})
    assert [day["date"] for day in found["days"]] == ["2027-03-22", "2027-03-23", "2027-03-24", "2027-03-25"]


async def test_a_time_that_has_begun_is_not_offered(city: City) -> None:
    city.clock.set(datetime(2027, 3, 1, 9, 1, tzinfo=UTC))
    assert local_times(await ask(city, "bauberatung", mode="video"), "video") == ["10:15", "10:30"]


async def test_a_language_leads_to_clerks_who_speak_it(city: City) -> None:
    found = await ask(city, "meldebescheinigung", mode="video", lang="tr")
    assert local_times(found, "video") == ["10:00", "10:10", "10:20", "10:30", "10:40", "10:50"]


@only_sqlite()
@pytest.mark.parametrize(
    "query",
    [
        {"service": "gibtsnicht"},
        {"service": "bauberatung", "count": "0"},
        {"service": "bauberatung", "count": "7"},
        {"service": "bauberatung", "from": "2027-03-01", "to": "2027-08-01"},
        {"service": "bauberatung", "from": "2027-03-02", "to": "2027-03-01"},
        {"service": "bauberatung", "mode": "hologramm"},
        {"service": "bauberatung", "site": "gibtsnicht"},
        {"service": "personalausweis", "site": "kronenstrasse"},
        {"service": "bauberatung", "unbekannt": "1"},
        {},
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(city: City, query: dict[str, str]) -> None:
    answer = await city.client.get("/api/v1/availability", params=query)
    assert answer.status == 422
    assert answer.content_type == "application/problem+json"
    assert (await answer.json())["title"] == "Eingabe nicht verstanden"
