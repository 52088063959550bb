"""Staff sign in and out; guessing is slowed down; each role gets its own pages only."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from tests.office.city import City, only_sqlite
from tests.office.small_city import PASSWORD


async def attempt(city: City, name: str, password: str) -> int:
    answer = await city.client.post("/api/v1/session", json={"name": name, "password": password})
    return answer.status


async def test_a_clerk_signs_in_and_out(city: City) -> None:
    clerk = await city.sign_in("clerk1")
    assert (await (await clerk.get("/api/v1/session")).json())["roles"] == ["clerk"]
    assert (await clerk.delete("/api/v1/session")).status == 204
    assert (await clerk.get("/api/v1/session")).status == 401


async def test_wrong_names_and_wrong_passwords_look_the_same(city: City) -> None:
    answers = []
    for name in ("clerk1", "niemand"):
        answer = await city.client.post("/api/v1/session", json={"name": name, "password": "falsch"})
        answers.append((answer.status, await answer.json()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 401


async def test_guessing_is_slowed_down_for_that_name_only(city: City) -> None:
    statuses = [await attempt(city, "clerk1", f"falsch{n}") for n in range(11)]
    assert statuses == [401] * 10 + [429]
    assert await attempt(city, "clerk1", PASSWORD) == 429
    assert await attempt(city, "clerk2", PASSWORD) == 200
    city.clock.advance(timedelta(minutes=6))
    assert await attempt(city, "clerk1", PASSWORD) == 200


@only_sqlite()
async def test_many_guesses_at_once_are_no_more_than_one_after_the_other(city: City) -> None:
    answers = await asyncio.gather(*(attempt(city, "clerk1", f"falsch{n}") for n in range(30)))
    assert Counter(answers) == {401: 10, 429: 20}


async def test_a_session_that_is_not_used_ends(city: City) -> None:
    clerk = await city.sign_in("clerk1")
    city.clock.advance(timedelta(minutes=29))
    assert (await clerk.get("/api/v1/session")).status == 200
    city.clock.advance(timedelta(minutes=29))
    assert (await clerk.get("/api/v1/session")).status == 200
    city.clock.advance(timedelta(minutes=31))
    assert (await clerk.get("/api/v1/session")).status == 401


async def test_the_cookie_is_kept_from_scripts_and_other_sites(city: City) -> None:
    answer = await city.client.post("/api/v1/session", json={"name": "clerk1", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_a_change_needs_the_sessions_token(city: City) -> None:
    clerk = await city.sign_in("clerk1")
    del clerk.session.headers["X-CSRF-Token"]
    assert (await clerk.delete("/api/v1/session")).status == 403


@pytest.mark.parametrize("path", ["/api/v1/office/arrivals", "/api/v1/office/services"])
async def test_office_routes_want_somebody_signed_in_with_the_right_role(city: City, path: str) -> None:
    assert (await city.client.get(path)).status == 401
    gate = await city.sign_in("gate")
    assert (await gate.get(path)).status == 403
