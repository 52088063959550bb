"""Moving an appointment: one step, never two times held, and the old one stays when the new one is gone."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from tests.office.city import City, only_sqlite


async def claims(city: City) -> int:
    async with city.office.db.read() as tx:
        return await tx.scalar(text("SELECT count(*) FROM claim")) or 0


@pytest.mark.criterion("A14")
async def test_the_new_time_is_taken_and_the_old_one_free_in_one_step(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    old = await city.free("bauberatung", "video")
    wanted = old[5]
    answer = await city.client.post(
        f"/api/v1/appointments/{booked['token']}/move", json={"start": wanted["start"], "mode": "video"}
    )
    assert answer.status == 200
    moved = await answer.json()
    assert datetime.fromisoformat(moved["start"]) == datetime.fromisoformat(wanted["start"])
    assert moved["number"] == booked["number"]
    assert await claims(city) == 6
    starts = {datetime.fromisoformat(slot["start"]) for slot in await city.free("bauberatung", "video")}
    assert datetime.fromisoformat(booked["start"]) in starts


@pytest.mark.criterion("A14")
async def test_a_taken_time_leaves_the_old_appointment_as_it_was(city: City) -> None:
    mine = await city.book("personalausweis", nth=4)
    other = await city.book("personalausweis", nth=4)
    body = {"start": other["start"], "mode": "onsite", "site": "rathausplatz"}
    refused = await city.client.post(f"/api/v1/appointments/{mine['token']}/move", json=body)
    assert refused.status == 409
    assert len((await refused.json())["alternatives"]) >= 3
    again = await city.client.get(f"/api/v1/appointments/{mine['token']}")
    assert await again.json() == mine
    assert await claims(city) == 6


@pytest.mark.criterion("A14")
async def test_a_move_may_overlap_the_appointments_own_time(city: City) -> None:
    booked = await city.book("personalausweis", nth=4)
    later = datetime.fromisoformat(booked["start"]) + timedelta(minutes=15)
    body = {"start": later.isoformat(), "mode": "onsite", "site": "rathausplatz"}
    for start in (later, later - timedelta(minutes=15)):
        body["start"] = start.isoformat()
        answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/move", json=body)
        assert answer.status == 200
    assert await claims(city) == 3


async def test_a_video_appointment_can_become_a_visit(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    slot = (await city.free("bauberatung", "onsite"))[3]
    body = {"start": slot["start"], "mode": "onsite", "site": "kronenstrasse"}
    answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/move", json=body)
    moved = await answer.json()
    assert (moved["mode"], moved["site"]) == ("onsite", "kronenstrasse")
    assert "room" not in moved["links"]


async def test_two_moves_at_once_end_in_one_place(city: City) -> None:
    booked = await city.book("personalausweis", nth=4)
    slots = (await city.free("personalausweis"))[4:8]
    bodies = [{"start": slot["start"], "mode": "onsite", "site": "rathausplatz"} for slot in slots]
    url = f"/api/v1/appointments/{booked['token']}/move"
    answers = await asyncio.gather(*(city.client.post(url, json=body) for body in bodies))
    assert {answer.status for answer in answers} == {200}
    assert await claims(city) == 3


async def test_what_has_begun_can_not_be_moved(city: City) -> None:
    booked = await city.book("personalausweis", nth=4)
    later = (await city.free("personalausweis"))[-1]
    city.clock.set(datetime.fromisoformat(booked["start"]))
    body = {"start": later["start"], "mode": "onsite", "site": "rathausplatz"}
    answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/move", json=body)
    assert answer.status == 409
    assert (await answer.json())["type"].endswith("too-late")


@only_sqlite()
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"start": "2027-03-02T09:02:00+01:00", "mode": "video"}, 422),
        ({"start": "2027-02-02T09:00:00+01:00", "mode": "video"}, 422),
        ({"start": "2027-03-02T09:00:00+01:00", "mode": "onsite", "site": "rathausplatz"}, 422),
        ({"start": "2027-03-02T09:00:00+01:00"}, 422),
        ({"start": "2027-03-02T03:00:00+01:00", "mode": "video"}, 409),
    ],
)
async def test_a_senseless_move_changes_nothing(city: City, body: dict[str, str], status: int) -> None:
    booked = await city.book("bauberatung", "video")
    answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/move", json=body)
    assert answer.status == status
    assert await claims(city) == 6


async def test_somebody_elses_token_moves_nothing(city: City) -> None:
    await city.book("bauberatung", "video")
    body = {"start": "2027-03-02T09:00:00+01:00", "mode": "video"}
    answer = await city.client.post(f"/api/v1/appointments/{'A' * 28}/move", json=body)
    assert answer.status == 404
