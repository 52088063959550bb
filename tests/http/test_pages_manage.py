"""The citizen's page of one appointment: confirmation, documents, room, move and cancel."""

import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import FormData

from tests.http.reading import Reading, get, read, send
from tests.office.city import City, only_sqlite
from tests.office.papers import a_pdf

pytestmark = only_sqlite()
PDF = a_pdf()


async def manage(city: City, booked: dict[str, Any], status: int = 200) -> Reading:
    return await get(city.client, f"/a/{booked['token']}", status)


async def upload(
    city: City, booked: dict[str, Any], content: bytes, status: int = 200, **headers: str
) -> Any:
    form = FormData(quote_fields=False)
    form.add_field("item", "lageplan")
    form.add_field("file", content, filename="Plan Süd.pdf", content_type="application/pdf")
    answer = await city.client.post(f"/a/{booked['token']}/documents", data=form, headers=headers)
    assert answer.status == status, await answer.text()
    return answer


@pytest.mark.criterion("A12")
async def test_the_page_has_number_time_place_and_calendar(city: City) -> None:
    booked = await city.book("personalausweis")
    page = await manage(city, booked)
    for words in (
        booked["number"],
        "Montag, 1. März 2027",
        "Rathausplatz 22",
        "Alter Ausweis",
        "Erika Musterfrau",
    ):
        assert words in page.text
    assert (await city.client.get(page.links["In den Kalender eintragen"])).content_type == "text/calendar"


async def test_a_foreign_link_shows_nothing(city: City) -> None:
    booked = await city.book("personalausweis")
    foreign = booked["token"][:-1] + ("y" if booked["token"].endswith("x") else "x")
    for path in ("", "/move", "/cancel", "/check", "/room"):
        page = await get(city.client, f"/a/{foreign}{path}", 404)
        assert booked["number"] not in page.text


@pytest.mark.criterion("D08")
async def test_a_document_is_listed_with_its_state_and_can_be_taken_back(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    assert (await manage(city, booked)).text.count("Noch nicht gesendet") == 2
    page = await read(await upload(city, booked, PDF))
    assert "Plan Süd.pdf" in page.text
    assert "Angekommen" in page.text
    assert page.text.count("Noch nicht gesendet") == 1
    page = await send(city.client, page.form("/delete"))
    assert "Ihre Datei ist gelöscht" in page.text
    assert "Plan Süd.pdf" not in page.text


async def test_a_refused_file_is_explained_beside_the_form(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    page = await read(await upload(city, booked, b"GIF89a no plan", 415), 415)
    assert "PDF-Datei oder ein Bild" in page.text
    assert page.of_level("h1") == ["Ihr Termin"]


async def test_a_script_gets_the_refusal_as_problem(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    answer = await upload(city, booked, b"GIF89a", 415, Accept="text/html, application/problem+json")
    assert answer.content_type == "application/problem+json"
    assert "PDF" in (await answer.json())["detail"]


@pytest.mark.criterion("C01")
async def test_the_room_is_offered_when_it_opens_and_not_before_or_after(city: City) -> None:
    booked = await city.book("bauberatung", "video", nth=-1)
    page = await manage(city, booked)
    assert "Der Warteraum öffnet am" in page.text
    assert "Warteraum betreten" not in page.links
    early = await get(city.client, f"/a/{booked['token']}/room", 403)
    assert re.search(r"Der Warteraum öffnet am \w+, \d", early.text)
    assert early.links["Zurück zum Termin"] == f"/a/{booked['token']}"
    start = next(iter(await city.free("bauberatung", "video", days=28)), None)
    assert start
    async with city.office.db.read() as tx:
        from server.access import appointment_by_token

        appointment = await appointment_by_token(tx, booked["token"])
    city.clock.set(appointment.starts_at - timedelta(minutes=15))
    page = await manage(city, booked)
    room = await get(city.client, page.links["Warteraum betreten"])
    assert f'entry="/api/v1/appointments/{booked["token"]}/entry"' in room.html
    assert "JavaScript" in room.html
    city.clock.set(appointment.ends_at + timedelta(minutes=61))
    assert "Warteraum betreten" not in (await manage(city, booked)).links
    over = await get(city.client, f"/a/{booked['token']}/room", 410)
    assert over.links["Zurück zum Termin"] == f"/a/{booked['token']}"


async def test_an_appointment_on_site_has_no_room_and_no_check(city: City) -> None:
    booked = await city.book("personalausweis")
    assert "Warteraum" not in (await manage(city, booked)).text
    for path in ("room", "check"):
        await get(city.client, f"/a/{booked['token']}/{path}", 409)


@pytest.mark.criterion("A14")
async def test_moving_to_a_time_that_has_gone_keeps_the_old_one(city: City) -> None:
    booked = await city.book("personalausweis", nth=8)
    page = await get(city.client, f"/a/{booked['token']}/move")
    slot = page.slots[3]
    times = await get(city.client, "/times", service="personalausweis")
    await send(city.client, times.form("/holds"), ("slot", slot))
    taken = await send(city.client, page.form("/move"), ("slot", slot), status=409)
    assert "Ihr bisheriger Termin bleibt bestehen." in taken.text
    moved = await send(city.client, taken.form("/move"), ("slot", taken.slots[0]))
    assert "Ihr Termin ist verschoben" in moved.text


@pytest.mark.criterion("A15")
async def test_a_cancelled_appointment_offers_a_new_one_only(city: City) -> None:
    booked = await city.book("personalausweis", nth=8)
    asked = await get(city.client, f"/a/{booked['token']}/cancel")
    page = await send(city.client, asked.form("/cancel"))
    assert "Dieser Termin ist abgesagt" in page.text
    assert "Termin verschieben" not in page.links
    await get(city.client, f"/a/{booked['token']}/move", 409)


async def test_what_has_begun_is_neither_moved_nor_cancelled_here(city: City) -> None:
    booked = await city.book("personalausweis", nth=8)
    asked = await get(city.client, f"/a/{booked['token']}/cancel")
    city.clock.advance(timedelta(days=1))
    refused = await send(city.client, asked.form("/cancel"), status=409)
    assert city.settings.phone in refused.text
    assert "Termin absagen" not in (await manage(city, booked)).links
