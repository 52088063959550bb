"""Capacity is shared among online, telephone, counter and door; and released in stages."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse

from tests.office.city import City, Client

PHONE_HALF = [{"share": 50, "channel": "online", "days": 92}, {"share": 50, "channel": "phone", "days": 92}]
STAGED = [
    {"share": 40, "channel": "online", "days": 92},
    {"share": 40, "channel": "online", "days": 3},
    {"share": 20, "channel": "walk-in", "days": 0},
]
SERVICE = "personalausweis"


async def plan(city: City, parts: list[dict[str, Any]], scope: str = "rathausplatz") -> None:
    scheduler = await city.sign_in("scheduler")
    answer = await scheduler.put(f"/api/v1/office/release/{scope}", json={"parts": parts})
    assert answer.status == 200, await answer.text()


async def shown(city: City, client: Client, day: str, channel: str | None) -> list[dict[str, Any]]:
    path = "/api/v1/office/availability" if channel else "/api/v1/availability"
    query = {"service": SERVICE, "from": day, "to": day, **({"channel": channel} if channel else {})}
    answer = await client.get(path, params=query)
    assert answer.status == 200, await answer.text()
    return [slot for found in (await answer.json())["days"] for slot in found["slots"]]


async def take(city: City, client: Client, slot: dict[str, Any], channel: str | None) -> ClientResponse:
    body = {"services": [{"id": SERVICE}], **{key: slot[key] for key in ("mode", "start", "site")}}
    if channel is None:
        return await client.post("/api/v1/holds", json=body)
    return await client.post("/api/v1/office/holds", json={**body, "channel": channel})


async def take_all(city: City, client: Client, day: str, channel: str | None) -> int:
    count = 0
    while slots := await shown(city, client, day, channel):
        answer = await take(city, client, slots[0], channel)
        assert answer.status == 201, "what is shown can be had"
        count += 1
    return count


@pytest.mark.criterion("B07")
async def test_the_telephone_keeps_its_share_when_online_is_full(city: City) -> None:
    await plan(city, PHONE_HALF)
    hotline = await city.sign_in("hotline")
    online = await take_all(city, city.client, "2027-03-02", None)
    left = await shown(city, hotline, "2027-03-02", "phone")
    assert online > 0
    assert left
    refused = await take(city, city.client, left[0], None)
    assert refused.status == 409, "asking for it directly does not help"
    for other in (await refused.json())["alternatives"]:
        assert other["start"] not in {slot["start"] for slot in left}, "nor is it shown as an alternative"
    phone = await take_all(city, hotline, "2027-03-02", "phone")
    assert online + phone <= 16
    assert phone >= 6


async def test_staff_channels_may_use_what_is_open_to_all(city: City) -> None:
    await plan(city, PHONE_HALF)
    clerk = await city.sign_in("clerk3")
    same = [slot["start"] for slot in await shown(city, clerk, "2027-03-02", "onsite")]
    assert same == [slot["start"] for slot in await shown(city, city.client, "2027-03-02", None)]


async def test_who_may_book_on_which_channel(city: City) -> None:
    for login, channel, status in (
        ("hotline", "walk-in", 403),
        ("gate", "phone", 403),
        ("gate", "walk-in", 200),
        ("clerk1", "onsite", 200),
        ("scheduler", "phone", 403),
    ):
        client = await city.sign_in(login)
        query = {"service": SERVICE, "channel": channel}
        assert (await client.get("/api/v1/office/availability", params=query)).status == status, login


async def test_a_booking_by_telephone_is_confirmed_like_any_other(city: City) -> None:
    hotline = await city.sign_in("hotline")
    slot = (await shown(city, hotline, "2027-03-02", "phone"))[0]
    held = await (await take(city, hotline, slot, "phone")).json()
    assert (await city.confirm(held["hold"], email=None)).status == 201


@pytest.mark.criterion("A21")
async def test_times_are_released_in_stages_and_what_is_shown_can_be_had(city: City) -> None:
    await plan(city, STAGED)
    day = "2027-03-11"
    counts = []
    for before in (9, 3, 2, 0):
        city.clock.set(datetime.fromisoformat(f"{day}T05:30+01:00") - timedelta(days=before))
        slots = await shown(city, city.client, day, None)
        counts.append(len(slots))
        if slots and before == 2:
            assert (await take(city, city.client, slots[-1], None)).status == 201
    far, three, two, same_day = counts
    assert 0 < far < two
    assert three <= two
    gate = await city.sign_in("gate")
    assert len(await shown(city, gate, day, "walk-in")) > same_day - 1


async def test_nothing_now_but_more_later_is_said(city: City) -> None:
    await plan(city, [{"share": 100, "channel": "online", "days": 3}])
    query = {"service": SERVICE, "from": "2027-03-11", "to": "2027-03-11"}
    found = await (await city.client.get("/api/v1/availability", params=query)).json()
    assert found["days"] == []
    assert "more-later" in [reason["code"] for reason in found["reasons"]]


async def test_a_plan_is_for_its_place_alone_and_can_be_taken_away(city: City) -> None:
    await plan(city, [{"share": 100, "channel": "online", "days": 0}], scope="kronenstrasse")
    everything = await shown(city, city.client, "2027-03-02", None)
    assert len(everything) == 16
    await plan(city, [{"share": 100, "channel": "online", "days": 0}])
    assert await shown(city, city.client, "2027-03-02", None) == []
    await plan(city, [])
    assert await shown(city, city.client, "2027-03-02", None) == everything


async def test_a_plan_that_does_not_add_up_is_refused(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    for parts in (STAGED[:1], [{"share": 100, "channel": "phone", "days": 1}]):
        answer = await scheduler.put("/api/v1/office/release/home", json={"parts": parts})
        assert answer.status == 422
    answer = await scheduler.put("/api/v1/office/release/atlantis", json={"parts": []})
    assert answer.status == 404
