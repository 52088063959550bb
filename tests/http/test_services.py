"""What the city offers, by the API, and the scheduler's switch for video."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff
from server.catalog.model import Catalogue
from server.catalog.services import load_catalogue, set_online_capable
from tests.office.city import City, only_sqlite

SHAPE = {
    "id",
    "name",
    "leika",
    "unit",
    "minutes",
    "modes",
    "fee_cents",
    "checklist",
    "stations",
    "sites",
    "max_count",
}


async def services(city: City, **query: str) -> dict[str, dict[str, Any]]:
    answer = await city.client.get("/api/v1/services", params=query)
    assert answer.status == 200, await answer.text()
    return {one["id"]: one for one in await answer.json()}


async def video_times(city: City, service: str) -> list[dict[str, Any]]:
    return [slot for slot in await city.free(service, "video") if slot["mode"] == "video"]


@only_sqlite()
@pytest.mark.criterion("B05")
async def test_sites_tell_address_and_hours(city: City) -> None:
    sites = await (await city.client.get("/api/v1/sites")).json()
    assert [site["id"] for site in sites] == ["rathausplatz", "kronenstrasse"]
    assert set(sites[0]) == {"id", "name", "address", "hours"}
    assert sites[0]["hours"]["mon"] == [["07:30", "17:00"]]
    assert sites[0]["hours"]["fri"] == [["07:30", "13:00"]]
    assert "sat" not in sites[0]["hours"]


@pytest.mark.criterion("A01")
async def test_a_service_tells_what_it_is_and_what_it_needs(city: City) -> None:
    card = (await services(city))["personalausweis"]
    assert set(card) == SHAPE | {"why_no_video"}
    assert (card["leika"], card["minutes"], card["fee_cents"]) == ("99008001000000", 15, 3700)
    assert card["checklist"] == [{"key": "alt", "name": "Alter Ausweis", "when": "bring", "required": False}]
    assert card["stations"] == [{"key": "photo", "name": "Fotostation", "fee_cents": 600}]
    assert card["sites"] == ["rathausplatz"]


@only_sqlite()
@pytest.mark.criterion("A04")
async def test_why_no_video_is_said_only_where_there_is_none(city: City) -> None:
    offered = await services(city)
    assert offered["personalausweis"]["modes"] == ["onsite"]
    assert "Fingerabdrücke" in offered["personalausweis"]["why_no_video"]
    assert offered["bauberatung"]["modes"] == ["video", "onsite"]
    assert set(offered["bauberatung"]) == SHAPE


@only_sqlite()
async def test_names_come_in_the_asked_language(city: City) -> None:
    card = (await services(city, lang="en"))["personalausweis"]
    assert card["name"] == "Personalausweis (en)"
    assert card["unit"] == "Residents' registration"
    assert card["why_no_video"] == "We take fingerprints."


@only_sqlite()
@pytest.mark.criterion("A02")
async def test_everyday_words_and_typos_find_the_service(city: City) -> None:
    for words in ("Perso", "persoo", "neuer Ausweis", "Personalauswies"):
        assert next(iter(await services(city, q=words))) == "personalausweis", words
    assert await services(city, q="Quantenphysik") == {}


@only_sqlite()
async def test_odd_questions_are_refused_or_answered_never_a_crash(city: City) -> None:
    for query, status in (
        ({"q": "x" * 201}, 422),
        ({"lang": "<script>"}, 422),
        ({"limit": "1"}, 422),
        ({"q": "%' OR 1=1 --"}, 200),
        ({"q": "🙂"}, 200),
        ({"lang": "xx"}, 200),
    ):
        answer = await city.client.get("/api/v1/services", params=query)
        assert answer.status == status, query


@pytest.mark.criterion("A04")
async def test_the_scheduler_takes_a_service_off_video_and_puts_it_back(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    assert await video_times(city, "bauberatung")
    off = await scheduler.patch("/api/v1/office/services/bauberatung", json={"online_capable": False})
    assert (await off.json())["online_capable"] is False
    offered = (await services(city))["bauberatung"]
    assert offered["modes"] == ["onsite"]
    assert offered["why_no_video"]
    assert await video_times(city, "bauberatung") == []
    await scheduler.patch("/api/v1/office/services/bauberatung", json={"online_capable": True})
    assert await video_times(city, "bauberatung")


@only_sqlite()
async def test_what_is_changed_while_somebody_asks_counts_for_whoever_asks_next(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question has read the offer of before and has no answer yet."""
    has_read, may_answer = asyncio.Event(), asyncio.Event()

    async def slowly(tx: AsyncConnection) -> Catalogue:
        read = await load_catalogue(tx)
        has_read.set()
        await may_answer.wait()
        return read

    monkeypatch.setattr("server.booking.availability.load_catalogue", slowly)
    monkeypatch.setattr("server.booking.availability.LOOK_EVERY_S", 30.0)  # all of this is quicker
    asking = asyncio.create_task(services(city))
    await has_read.wait()
    scheduler = Staff(5, "scheduler", "Scheduler", frozenset({"scheduler"}), "")
    await set_online_capable(city.office.db, scheduler, "bauberatung", False, city.now)
    city.office.calendar.catalogue_changed()
    may_answer.set()
    assert (await asking)["bauberatung"]["modes"] == ["video", "onsite"]
    assert (await services(city))["bauberatung"]["modes"] == ["onsite"]


@only_sqlite()
async def test_what_needs_presence_cannot_be_switched_to_video(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    answer = await scheduler.patch("/api/v1/office/services/personalausweis", json={"online_capable": True})
    assert answer.status == 422
    problem = await answer.json()
    assert problem["type"].endswith("no-video")
    assert "Fingerabdrücke" in problem["detail"]
    assert (await services(city))["personalausweis"]["modes"] == ["onsite"]


@only_sqlite()
async def test_an_unknown_service_and_a_wrong_body_are_refused(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    path = "/api/v1/office/services"
    assert (await scheduler.patch(f"{path}/nichts", json={"online_capable": True})).status == 404
    wrong: tuple[Any, ...] = (
        {},
        {"online_capable": "ja"},
        {"online_capable": 1},
        {"online_capable": True, "x": 1},
        [],
    )
    for body in wrong:
        assert (await scheduler.patch(f"{path}/bauberatung", json=body)).status == 422, body


@only_sqlite()
async def test_only_schedulers_and_admins_see_and_move_the_switch(city: City) -> None:
    path = "/api/v1/office/services"
    assert (await city.client.get(path)).status == 401
    for login, status in (("clerk1", 403), ("hotline", 403), ("gate", 403), ("dpo", 403), ("admin", 200)):
        client = await city.sign_in(login)
        assert (await client.get(path)).status == status, login
        switched = await client.patch(f"{path}/bauberatung", json={"online_capable": True})
        assert switched.status == status, login


@only_sqlite()
async def test_without_the_sessions_token_nothing_is_switched(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    scheduler.session.headers["X-CSRF-Token"] = "wrong"
    answer = await scheduler.patch("/api/v1/office/services/bauberatung", json={"online_capable": False})
    assert answer.status == 403
    assert "video" in (await services(city))["bauberatung"]["modes"]


@only_sqlite()
async def test_the_scheduler_sees_every_service_with_its_switch(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    rows = {one["id"]: one for one in await (await scheduler.get("/api/v1/office/services")).json()}
    assert rows["personalausweis"]["video_possible"] is False
    assert rows["bauberatung"]["online_capable"] is True
