"""Answers about free times are kept, and yet whatever changes them is seen at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.booking.answers import MOST_BYTES, Answers
from tests.office.city import City, only_sqlite


async def shown(city: City) -> list[dict[str, Any]]:
    """Asked twice, so that the second answer is one that was kept."""
    first = await city.free("personalausweis")
    assert await city.free("personalausweis") == first
    return first


@pytest.mark.criterion("A07")
async def test_what_is_held_booked_or_given_back_is_seen_at_once(city: City) -> None:
    slot = (await shown(city))[0]
    held = await (await city.hold("personalausweis", slot)).json()
    assert slot not in await shown(city)
    booked = await (await city.confirm(held["hold"])).json()
    assert slot not in await shown(city)
    assert (await city.client.delete(f"/api/v1/appointments/{booked['token']}")).status == 204
    assert slot in await shown(city)


@pytest.mark.criterion("A08")
async def test_the_end_of_a_hold_is_seen_in_its_second(city: City) -> None:
    city.clock.advance(timedelta(seconds=17))
    slot = (await shown(city))[0]
    assert (await city.hold("personalausweis", slot)).status == 201
    city.clock.advance(timedelta(minutes=9, seconds=59))
    assert slot not in await shown(city)
    city.clock.advance(timedelta(seconds=1))
    assert slot in await shown(city)


@pytest.mark.criterion("A08")
async def test_a_hold_that_goes_on_longer_is_not_offered_when_it_would_have_ended(city: City) -> None:
    slot = (await shown(city))[-1]
    held = await (await city.hold("personalausweis", slot)).json()
    city.clock.advance(timedelta(minutes=9))
    assert slot not in await shown(city)
    done = await city.client.post(f"/holds/{held['hold']}/extend")
    assert done.status == 200
    city.clock.advance(timedelta(minutes=5))
    assert slot not in await shown(city)
    city.clock.advance(timedelta(minutes=6))
    assert slot in await shown(city)


@only_sqlite()
async def test_time_goes_by_also_for_what_was_kept(city: City) -> None:
    first = (await shown(city))[0]
    city.clock.advance(timedelta(days=3))
    later = await shown(city)
    assert first not in later
    assert later


@pytest.mark.criterion("A04")
async def test_what_the_scheduler_switches_off_is_seen_at_once(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    before = await city.free("bauberatung", "any")
    assert any(slot["mode"] == "video" for slot in before)
    body = {"online_capable": False}
    switched = await scheduler.patch("/api/v1/office/services/bauberatung", json=body)
    assert switched.status == 200, await switched.text()
    assert not any(slot["mode"] == "video" for slot in await city.free("bauberatung", "any"))


@only_sqlite()
async def test_each_language_has_its_own_answer(city: City) -> None:
    query = {"service": "personalausweis", "from": "2027-03-01", "to": "2027-03-01"}
    texts = []
    for language in ("de", "en", "de", "en"):
        headers = {"Accept-Language": language}
        answer = await city.client.get("/api/v1/availability", params=query, headers=headers)
        texts.append((await answer.json())["reasons"][0]["text"])
    assert texts[0] == texts[2] != texts[1] == texts[3]


def test_many_questions_take_no_more_memory_than_allowed() -> None:
    answers, now = Answers(), datetime(2027, 3, 1, 9, tzinfo=UTC)
    body = b"x" * (MOST_BYTES // 3)
    for number in range(20):
        answers.keep(number, body, 1, now, None)
    found = [number for number in range(20) if answers.find(number, 1, now)]
    assert 19 in found
    assert len(found) <= 3
