"""The check before the appointment is kept with it: what it means, who reads it in which words, and when it is refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.documents.delete import close_due_cases
from server.rooms.check import checks_of
from tests.http.described import check as described
from tests.http.reading import get
from tests.office.city import City, MakeCity
from tests.office.outbox import mails

PATH = "/api/v1/appointments/{token}/check"
WELL: dict[str, Any] = {
    "camera": "ok",
    "microphone": "ok",
    "loudspeaker": "heard",
    "signaling": True,
    "media": "direct",
    "turn": None,
    "upload_kbit": 1900,
}


async def report(city: City, token: str, status: int = 201, **changes: Any) -> Any:
    answer = await city.client.post(PATH.format(token=token), json={**WELL, **changes})
    assert answer.status == status, await answer.text()
    return await described(answer, PATH)


@pytest.mark.criterion("C02")
@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "ready"),
        ({"loudspeaker": "skipped", "turn": True, "upload_kbit": None, "media": "relay"}, "ready"),
        ({"camera": "denied"}, "limited"),
        ({"microphone": "failed"}, "limited"),
        ({"loudspeaker": "not-heard"}, "limited"),
        ({"turn": False}, "limited"),
        ({"upload_kbit": 300}, "limited"),
        ({"signaling": False}, "not-ready"),
        ({"media": "none"}, "not-ready"),
    ],
)
async def test_what_was_found_says_whether_one_is_ready(
    city: City, changes: dict[str, Any], verdict: str
) -> None:
    booked = await city.book("bauberatung", "video")
    assert await report(city, booked["token"], **changes) == {"verdict": verdict}


@pytest.mark.criterion("C02")
async def test_the_clerk_reads_that_the_technique_was_checked_and_the_newest_result_counts(
    city: City,
) -> None:
    offered = await city.free("bauberatung", "video")
    tomorrow = next(n for n, slot in enumerate(offered) if slot["start"][:10] > f"{city.now.date()}")
    booked = await city.book("bauberatung", "video", nth=tomorrow)
    await report(city, booked["token"], media="none")
    await report(city, booked["token"])
    city.clock.set(datetime.fromisoformat(booked["start"]) - timedelta(hours=1))
    clerk = await city.sign_in("clerk1")
    words = "Technik geprüft: gestern, alles bereit"
    day = await get(clerk, "/office/day")
    assert words in day.text
    case = await get(clerk, f"/office/appointments/{await city.id_of(booked)}")
    assert words in case.text
    await report(city, booked["token"], camera="denied", upload_kbit=120)
    day = await get(clerk, "/office/day")
    limited = "Technik geprüft: heute, eingeschränkt (keine Kamera, Verbindung reicht nur für Ton)"
    assert limited in day.text


@pytest.mark.criterion("C02")
async def test_the_citizen_reads_the_last_result_and_is_invited_by_mail(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    page = await get(city.client, f"/a/{booked['token']}")
    assert "Zuletzt geprüft" not in page.text
    await report(city, booked["token"])
    for path in ("", "/check"):
        page = await get(city.client, f"/a/{booked['token']}{path}")
        assert "Zuletzt geprüft: heute, 08:00 Uhr. Alles bereit." in page.text, page.text
    [mail] = await mails(city)
    body = mail.get_body()
    assert body is not None
    assert f"{booked['links']['manage']}/check" in str(body.get_content())


async def test_the_page_gets_the_relay_and_the_last_result(make_city: MakeCity) -> None:
    city = await make_city(turn_urls="turn:turn.example:3478", turn_secret="geheim" * 8)
    booked = await city.book("bauberatung", "video")
    path = PATH.format(token=booked["token"])
    setup = await described(await city.client.get(path), PATH)
    [server] = setup["ice"]
    assert server["urls"] == ["turn:turn.example:3478"]
    expiry = int(server["username"].split(":")[0])
    assert 0 < expiry - city.now.timestamp() <= 600
    assert "last" not in setup
    await report(city, booked["token"])
    assert (await described(await city.client.get(path), PATH))["last"]["verdict"] == "ready"


async def test_without_a_relay_there_is_nothing_to_try(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    assert await described(await city.client.get(PATH.format(token=booked["token"])), PATH) == {}


async def test_on_site_over_and_odd_checks_are_refused(city: City) -> None:
    onsite = await city.book("personalausweis")
    problem = await report(city, onsite["token"], 409)
    assert problem["type"].endswith("not-video")
    booked = await city.book("bauberatung", "video")
    for odd in ({"camera": "maybe"}, {"upload_kbit": -1}, {"signaling": "yes"}, {"note": "x"}):
        await report(city, booked["token"], 422, **odd)
    city.clock.set(datetime.fromisoformat(booked["end"]))
    problem = await report(city, booked["token"], 409)
    assert problem["type"].endswith("too-late")


async def test_with_its_case_the_check_is_gone(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    await report(city, booked["token"])
    id_ = await city.id_of(booked)
    async with city.office.db.read() as tx:
        assert id_ in await checks_of(tx, [id_])
    await close_due_cases(city.office.db, city.now + timedelta(days=40))
    async with city.office.db.read() as tx:
        assert await checks_of(tx, [id_]) == {}
