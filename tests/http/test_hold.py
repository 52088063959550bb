"""Holding a time: once for each time, once for each key, for a while, and never a senseless one."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.office.city import City, MakeCity, only_sqlite


async def post(city: City, **changes: Any) -> tuple[int, dict[str, Any]]:
    slot = (await city.free("bauberatung", "video"))[0]
    body = {
        "services": [{"id": "bauberatung", "count": 1}],
        "mode": "video",
        "start": slot["start"],
        **changes,
    }
    answer = await city.client.post("/api/v1/holds", json=body)
    return answer.status, await answer.json()


@pytest.mark.criterion("A07", "A08")
async def test_what_is_offered_can_be_held_and_is_gone_then(city: City) -> None:
    offered = await city.free("personalausweis")
    held = await city.hold("personalausweis", offered[0])
    assert held.status == 201
    answer = await held.json()
    assert (
        answer["start"] == offered[0]["start"].replace("Z", "+00:00")
        or answer["start"] == offered[0]["start"]
    )
    expires = datetime.fromisoformat(answer["expires_at"])
    assert expires - city.now == timedelta(minutes=10)
    assert offered[0] not in await city.free("personalausweis")


@pytest.mark.criterion("A11")
async def test_a_taken_time_is_refused_with_three_near_alternatives(city: City) -> None:
    slot = (await city.free("personalausweis"))[0]
    assert (await city.hold("personalausweis", slot)).status == 201
    refused = await city.hold("personalausweis", slot)
    assert refused.status == 409
    problem = await refused.json()
    assert problem["type"].endswith("slot-taken")
    assert len(problem["alternatives"]) >= 3
    for other in problem["alternatives"][:3]:
        assert (await city.hold("personalausweis", other)).status == 201


@pytest.mark.criterion("A10")
async def test_the_same_key_holds_once(city: City) -> None:
    slot = (await city.free("bauberatung", "video"))[0]
    first = await city.hold("bauberatung", slot, key="doppelklick")
    again = await city.hold("bauberatung", slot, key="doppelklick")
    assert (first.status, again.status) == (201, 201)
    assert await first.json() == await again.json()


@pytest.mark.criterion("A10")
async def test_the_same_key_at_the_same_moment_holds_once(city: City) -> None:
    slot = (await city.free("bauberatung", "video"))[0]
    answers = await asyncio.gather(*(city.hold("bauberatung", slot, key="eifrig") for _ in range(8)))
    assert {answer.status for answer in answers} == {201}
    assert len({(await answer.json())["hold"] for answer in answers}) == 1


@pytest.mark.criterion("A10")
async def test_a_key_stands_for_one_request_only(city: City) -> None:
    first, second = (await city.free("bauberatung", "video"))[:2]
    assert (await city.hold("bauberatung", first, key="eins")).status == 201
    refused = await city.hold("bauberatung", second, key="eins")
    assert refused.status == 422
    assert (await refused.json())["type"].endswith("idempotency-key-reused")


@pytest.mark.criterion("A08")
async def test_an_expired_hold_is_offered_again_without_any_job(city: City) -> None:
    slot = (await city.free("personalausweis"))[4]
    held = await city.hold("personalausweis", slot)
    token = (await held.json())["hold"]
    city.clock.advance(timedelta(minutes=10, seconds=1))
    assert slot in await city.free("personalausweis")
    assert (await city.hold("personalausweis", slot)).status == 201
    late = await city.confirm(token)
    assert late.status == 410
    assert (await late.json())["type"].endswith("hold-expired")


@pytest.mark.criterion("A08")
async def test_a_released_time_is_free_at_once(city: City) -> None:
    slot = (await city.free("personalausweis"))[0]
    token = (await (await city.hold("personalausweis", slot)).json())["hold"]
    assert (await city.client.delete(f"/api/v1/holds/{token}")).status == 204
    assert (await city.client.delete(f"/api/v1/holds/{token}")).status == 204
    assert slot in await city.free("personalausweis")
    assert (await city.confirm(token)).status == 410


async def test_only_so_many_holds_for_one_client(make_city: MakeCity) -> None:
    city = await make_city(max_holds=2)
    slots = await city.free("personalausweis")
    assert [(await city.hold("personalausweis", slot)).status for slot in slots[:3]] == [201, 201, 429]


@only_sqlite()
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"start": "2027-02-26T09:00:00+01:00"}, "past"),
        ({"start": "2027-03-02T09:02:00+01:00"}, "off-grid"),
        ({"start": "2029-03-05T09:00:00+01:00"}, "too-far"),
        ({"start": "2027-03-02T09:00:00"}, "invalid"),
        ({"start": "morgen"}, "invalid"),
        ({"mode": "onsite"}, "invalid"),
        ({"mode": "onsite", "site": "rathausplatz"}, "invalid"),
        ({"services": []}, "invalid"),
        ({"services": [{"id": "bauberatung", "count": 2}]}, "invalid"),
        ({"services": [{"id": "bauberatung", "count": "1"}]}, "invalid"),
        ({"services": [{"id": "personalausweis", "count": 1}]}, "invalid"),
        ({"services": [{"id": "bauberatung"}, {"id": "beglaubigung"}]}, "services-exclude"),
        ({"heimlich": True}, "invalid"),
    ],
)
async def test_a_senseless_hold_is_refused(city: City, changes: dict[str, Any], problem: str) -> None:
    status, answer = await post(city, **changes)
    assert status == 422, answer
    assert answer["type"] == f"urn:sprechzeit:problem:{problem}"


@only_sqlite()
@pytest.mark.parametrize("start", ["2027-03-02T09:05:00+01:00", "2027-03-02T13:00:00+01:00"])
async def test_a_time_between_the_offers_or_without_a_duty_is_not_to_be_had(city: City, start: str) -> None:
    status, answer = await post(city, start=start)
    assert status == 409
    assert len(answer["alternatives"]) >= 3


async def test_overlapping_times_of_one_duty_are_held_once(city: City) -> None:
    answers = [
        (await post(city, start=f"2027-03-02T{start}:00+01:00"))[0]
        for start in ("09:00", "09:15", "09:15", "09:30", "09:30")
    ]
    # clerk1 and clerk4 take video: two at 09:00–09:45, each of them free again at 09:30 or 09:45
    assert answers == [201, 201, 409, 201, 409]


@only_sqlite()
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"services":' * 2000])
async def test_garbage_is_refused(city: City, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await city.client.post("/api/v1/holds", data=body, headers=headers)
    assert answer.status == 422


async def test_a_body_that_is_too_large_is_refused(city: City) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await city.client.post("/api/v1/holds", data=b" " * 300_000, headers=headers)
    assert answer.status == 413


async def test_a_foreign_site_can_not_hold_in_a_visitors_name(city: City) -> None:
    slot = (await city.free("bauberatung", "video"))[0]
    body = {"services": [{"id": "bauberatung", "count": 1}], "mode": "video", "start": slot["start"]}
    headers = {"Origin": "https://boese.example", "Sec-Fetch-Site": "cross-site"}
    answer = await city.client.post("/api/v1/holds", json=body, headers=headers)
    assert answer.status == 403
