"""Free times as a list of days and times that works with keyboard alone and without script."""

from datetime import timedelta
from typing import Any

import pytest

from tests.http.reading import get, send
from tests.office.city import City, only_sqlite

pytestmark = only_sqlite()
FIRST_WEEK: dict[str, Any] = {"from": "2027-03-01"}
ID_CARD: dict[str, Any] = {"service": "personalausweis"}


@pytest.mark.criterion("A06")
async def test_a_week_is_shown_as_days_with_times_as_buttons(city: City) -> None:
    page = await get(city.client, "/times", **ID_CARD)
    assert page.of_level("h2")[:2] == ["Montag, 1. März 2027", "Dienstag, 2. März 2027"]
    assert {value.split(".")[1] for value in page.slots} == {"onsite"}
    assert page.links["Spätere Zeiten"].endswith("from=2027-03-08")
    assert "Frühere Zeiten" not in page.links
    later = await get(city.client, page.links["Spätere Zeiten"])
    assert later.of_level("h2")[0] == "Montag, 8. März 2027"
    assert later.links["Frühere Zeiten"].endswith("from=2027-03-01")


@pytest.mark.criterion("A06", "B13")
async def test_the_next_free_date_stands_there_for_video_and_for_each_site(city: City) -> None:
    page = await get(city.client, "/times", service="bauberatung")
    video = next(href for words, href in page.links.items() if words.startswith("Per Video"))
    site = next(href for words, href in page.links.items() if words.startswith("Bürger-Service-Bauen Montag"))
    assert "mode=video" in video
    assert "site=kronenstrasse" in site
    assert {value.split(".")[1] for value in (await get(city.client, video)).slots} == {"video"}


async def test_a_full_day_shows_a_selection_and_leads_to_all(city: City) -> None:
    page = await get(city.client, "/times", service="meldebescheinigung", mode="onsite")
    words, href = next((words, href) for words, href in page.links.items() if words.startswith("Alle "))
    day = await get(city.client, href)
    assert len(day.slots) == int(words.split()[1])
    assert len(day.slots) > len([slot for slot in page.slots if slot in day.slots])
    assert day.links["Mehrere Tage zeigen"].endswith("from=2027-03-01")


@pytest.mark.criterion("A05")
async def test_several_services_and_people_make_one_longer_visit(city: City) -> None:
    query = [("service", "personalausweis"), ("count", "2"), ("also-meldebescheinigung", "1")]
    answer = await city.client.get("/times", params=query)
    text = await answer.text()
    assert "für 2 Personen" in text
    assert "Dauer: 40 Minuten" in text
    assert "84,00 €" in text


@pytest.mark.criterion("A05")
async def test_services_that_exclude_each_other_are_refused_in_words(city: City) -> None:
    answer = await city.client.get("/times", params=[("service", "bauberatung"), ("service", "beglaubigung")])
    assert answer.status == 422
    assert "getrennte Termine" in await answer.text()


@pytest.mark.criterion("B02")
async def test_where_no_video_is_free_the_page_offers_the_site_and_says_so(city: City) -> None:
    while (slot := (await city.free("meldebescheinigung", "video", days=6))[0])["mode"] == "video":
        assert (await city.hold("meldebescheinigung", slot)).status == 201
    page = await get(city.client, "/times", service="meldebescheinigung", mode="video", **FIRST_WEEK)
    assert {value.split(".")[1] for value in page.slots} == {"onsite"}
    assert "keine Videozeit frei, die nächste am Montag, 8. März 2027" in page.text


@pytest.mark.criterion("A04")
async def test_the_reason_for_presence_stands_beside_the_times(city: City) -> None:
    page = await get(city.client, "/times", **ID_CARD)
    assert "Für den Ausweis nehmen wir Fingerabdrücke." in page.text


@pytest.mark.criterion("A03", "A07")
async def test_every_time_that_is_shown_can_be_taken(city: City) -> None:
    page = await get(city.client, "/times", **ID_CARD)
    for slot in page.slots[:5]:
        held = await send(city.client, page.form("/holds"), ("slot", slot))
        assert held.of_level("h1") == ["Ihre Angaben"]


@pytest.mark.criterion("A11")
async def test_a_time_that_has_just_gone_leads_to_near_ones_with_one_press(city: City) -> None:
    page = await get(city.client, "/times", **ID_CARD)
    form, slot = page.form("/holds"), page.slots[0]
    await send(city.client, form, ("slot", slot))
    late = await get(city.client, "/times", **ID_CARD)
    taken = await send(city.client, late.form("/holds"), ("slot", slot), status=409)
    assert len(taken.slots) >= 3
    held = await send(city.client, taken.form("/holds"), ("slot", taken.slots[0]))
    assert held.of_level("h1") == ["Ihre Angaben"]


@pytest.mark.criterion("A10")
async def test_pressing_twice_holds_once(city: City) -> None:
    page = await get(city.client, "/times", **ID_CARD)
    fields = [*page.form("/holds").fields, ("slot", page.slots[0])]
    answers = [await city.client.post("/holds", data=fields, allow_redirects=False) for _ in range(2)]
    assert len({answer.headers["Location"] for answer in answers}) == 1


@pytest.mark.parametrize("days", [-400, 4000])
async def test_a_far_day_in_the_address_is_no_error(city: City, days: int) -> None:
    day = city.now.date() + timedelta(days=days)
    for name in ("from", "day"):
        assert (await city.client.get("/times", params={**ID_CARD, name: f"{day}"})).status == 200


@pytest.mark.parametrize(
    "query",
    [
        "",
        "service=nichts",
        "service=personalausweis&count=99",
        "service=personalausweis&count=-1",
        "service=personalausweis&count=²",
        "service=personalausweis&site=mond",
        "service=personalausweis&also-x=1",
        "&".join(["service=personalausweis"] * 30),
    ],
)
async def test_nonsense_in_the_address_is_refused_as_a_page(city: City, query: str) -> None:
    page = await get(city.client, f"/times?{query}", 422)
    assert city.settings.phone in page.text


@pytest.mark.parametrize(
    "slot", ["", "x", "1.video", "99999999999.video.", "1.onsite.mond", "1772000000.telepathy.", "²³.video."]
)
async def test_a_made_up_time_is_refused_as_a_page(city: City, slot: str) -> None:
    fields = [("service", "personalausweis"), ("count", "1"), ("slot", slot)]
    answer = await city.client.post("/holds", data=fields)
    assert answer.status in (409, 422)
    assert answer.content_type == "text/html"
