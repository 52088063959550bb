"""Figures for the operator: on a port of their own, by route pattern, without anything personal."""

import aiohttp

from tests.neighbours.process import free_port
from tests.office.city import MakeCity, only_sqlite


@only_sqlite()
async def test_answers_are_counted_by_pattern_and_no_token_is_shown(make_city: MakeCity) -> None:
    port = free_port()
    city = await make_city(metrics_port=port)
    booked = await city.book("bauberatung", "video")
    await city.client.get(f"/api/v1/appointments/{booked['token']}")
    await city.client.get("/nirgendwo")
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        text = await answer.text()
    assert 'route="/api/v1/appointments/{token}",status="200"' in text
    assert 'status="404"' in text
    assert "sprechzeit_seconds_bucket" in text
    assert booked["token"] not in text
    assert "nirgendwo" not in text
    assert (await city.client.get("/metrics")).status == 404
