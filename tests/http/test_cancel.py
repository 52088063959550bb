"""Giving an appointment back: with the link, until it begins, once."""

from datetime import datetime

import pytest
from sqlalchemy import text

from tests.office.city import City


@pytest.mark.criterion("A15")
async def test_a_cancelled_time_is_free_again_and_one_mail_is_due(city: City) -> None:
    booked = await city.book("personalausweis", nth=4)
    before = len(await city.free("personalausweis"))
    url = f"/api/v1/appointments/{booked['token']}"
    assert (await city.client.delete(url)).status == 204
    assert (await city.client.delete(url)).status == 204
    assert len(await city.free("personalausweis")) > before
    assert (await (await city.client.get(url)).json())["state"] == "cancelled"
    async with city.office.db.read() as tx:
        events = list(await tx.scalars(text("SELECT event FROM outbox ORDER BY created_at")))
    assert sorted(events) == ["cancelled", "confirmed"]


async def test_what_has_begun_can_not_be_cancelled(city: City) -> None:
    booked = await city.book("personalausweis", nth=4)
    city.clock.set(datetime.fromisoformat(booked["start"]))
    answer = await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    assert answer.status == 409
    assert (await answer.json())["type"].endswith("too-late")


async def test_foreign_and_unknown_links_look_the_same(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    wrong = booked["token"][:-1] + ("y" if booked["token"].endswith("x") else "x")
    for token in (wrong, "kurz", "x" * 300):
        for method in ("GET", "DELETE"):
            answer = await city.client.request(method, f"/api/v1/appointments/{token}")
            assert answer.status == 404
            assert (await answer.json())["type"].endswith("not-found")
