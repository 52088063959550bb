"""The city's documents for the citizen: fetched with the appointment's link, for a time, then gone with their bytes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import FormData

from recordings_policy.classes import CONTACT
from server.access import appointment_by_id
from server.documents import delete
from server.errors import Refusal, TypeNotAllowed
from tests.http.reading import get, read, send
from tests.http.test_documents_view import clerk_of, office_path
from tests.neighbours.clamav import CURSED, ClamdServer
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.outbox import mails
from tests.office.papers import a_pdf, a_png

NOTICE = a_pdf(b"the notice of the city")
DAY = timedelta(days=1)


async def put_in(city: City, booked: dict[str, Any], content: bytes = NOTICE, **more: Any) -> Any:
    async with city.office.db.read() as tx:
        appointment = await appointment_by_id(tx, await city.id_of(booked))
    chosen = {"name": "Bescheid.pdf", "by": "staff/1", "now": city.now, **more}
    return await city.office.sending.put_in(appointment, content, **chosen)


def page(booked: dict[str, Any], document: Any = None) -> str:
    path = f"/api/v1/appointments/{booked['token']}/documents"
    return f"{path}/{document.id}" if document else path


@pytest.mark.criterion("D10")
async def test_the_citizen_fetches_it_until_the_end_and_then_it_is_gone(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    document = await put_in(city, booked, expires_at=city.now + DAY)
    assert document.state == "accepted"
    answer = await city.client.get(page(booked, document))
    assert (answer.status, await answer.read()) == (200, NOTICE)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Bescheid.pdf"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    city.clock.advance(DAY)
    over = await city.client.get(page(booked, document))
    assert over.status in (404, 410)
    assert "vorbei" in await over.text() or over.status == 404
    await delete.sweep(city.office.db, city.office.store, city.now)
    assert (await city.client.get(page(booked, document))).status == 404
    assert list(city.settings.store.iterdir()) == []


@pytest.mark.criterion("D10")
async def test_it_never_outlives_its_case(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    until = datetime.fromisoformat(booked["end"]) + CONTACT.period
    assert (await put_in(city, booked)).expires_at == until
    assert (await put_in(city, booked, expires_at=city.now + 300 * DAY)).expires_at == until


@only_sqlite()
async def test_it_is_no_document_of_the_citizen_s(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    document = await put_in(city, booked, item="lageplan")
    assert (await city.client.delete(page(booked, document))).status == 404
    checklist = (await (await city.client.get(page(booked)[: -len("/documents")])).json())["checklist"]
    assert {"key": "lageplan", "state": "missing"} in checklist


@only_sqlite()
async def test_a_mail_tells_of_it_and_not_what_it_is(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    await mails(city)  # those of one instant have no order
    await put_in(city, booked)
    mail = (await mails(city))[-1]
    assert mail["Subject"].startswith("Ein Dokument liegt für Sie bereit")
    text = mail.get_content()
    assert f"/a/{booked['token']}" in text
    assert "Bescheid" not in text


@only_sqlite()
async def test_what_is_no_such_file_is_not_entered(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    with pytest.raises(TypeNotAllowed):
        await put_in(city, booked, a_png(), name="Bescheid.png", media_type="application/pdf")
    with pytest.raises(Refusal):
        await put_in(city, booked, b"<html>")
    assert list(city.settings.store.iterdir()) == []


@only_sqlite()
async def test_it_is_scanned_like_all_that_comes_in(make_city: MakeCity, shared_clamd: ClamdServer) -> None:
    city = await make_city(clamd=shared_clamd.address)
    booked = await city.book("bauberatung", "video")
    with pytest.raises(Refusal, match="Schadsoftware"):
        await put_in(city, booked, a_pdf(CURSED))
    assert list(city.settings.store.iterdir()) == []


@only_sqlite()
async def test_it_waits_in_quarantine_and_its_mail_with_it(make_city: MakeCity) -> None:
    city = await make_city(clamd="tcp://127.0.0.1:9")
    booked = await city.book("bauberatung", "video")
    document = await put_in(city, booked)
    assert document.state == "quarantine"
    assert (await city.client.get(page(booked, document))).status == 404
    assert "Dokument" not in (await mails(city))[-1]["Subject"]


def a_form(csrf: str = "", data: bytes = NOTICE, **fields: str) -> FormData:
    form = FormData()
    for name, value in {"csrf": csrf, **fields}.items():
        form.add_field(name, value)
    form.add_field("file", data, filename="Bescheid.pdf", content_type="application/pdf")
    return form


@pytest.mark.criterion("D10")
async def test_the_clerk_sends_and_withdraws_it_by_the_api(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    clerk = await clerk_of(city, booked)
    answer = await clerk.post(await office_path(city, booked), data=a_form(days="3"))
    assert answer.status == 201, await answer.text()
    made = await answer.json()
    assert datetime.fromisoformat(made["expires_at"]) == city.now + 3 * DAY
    mine = f"{page(booked)}/{made['id']}"
    assert (await city.client.get(mine)).status == 200
    assert (await city.client.delete(mine)).status == 404
    decision = f"{await office_path(city, booked, made)}/decision"
    assert (await clerk.post(decision, json={"decision": "accepted"})).status == 409
    assert (await clerk.delete(await office_path(city, booked, made))).status == 204
    assert (await city.client.get(mine)).status == 404
    for days in ("0", "181", "-1", "x", "9999"):
        wrong = await clerk.post(await office_path(city, booked), data=a_form(days=days))
        assert wrong.status == 422


@only_sqlite()
@pytest.mark.criterion("D10")
async def test_without_script_it_is_sent_found_fetched_and_over(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    clerk = await clerk_of(city, booked)
    case = f"/office/appointments/{await city.id_of(booked)}"
    csrf = dict((await get(clerk, case)).form("/documents").fields)["csrf"]
    foreign = await clerk.post(f"{case}/documents", data=a_form("guessed"))
    assert foreign.status == 403
    wrong = await read(await clerk.post(f"{case}/documents", data=a_form(csrf, b"<html>")), 415)
    assert "PDF-Datei" in wrong.text
    assert wrong.form("/documents").action == f"{case}/documents"
    there = await read(await clerk.post(f"{case}/documents", data=a_form(csrf, days="3")))
    assert "Das Dokument liegt bereit" in there.text
    own_page = await get(city.client, f"/a/{booked['token']}")
    assert "abrufbar bis Donnerstag, 4. März 2027" in own_page.text
    link = own_page.links["Herunterladen : Bescheid.pdf"]
    assert await (await city.client.get(link)).read() == NOTICE
    city.clock.advance(3 * DAY)
    over = await city.client.get(link)
    assert (over.status in (404, 410), over.content_type) == (True, "text/html")
    assert "Bescheid.pdf" not in (await get(city.client, f"/a/{booked['token']}")).text


@only_sqlite()
async def test_what_was_sent_can_be_withdrawn_without_script(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    clerk = await clerk_of(city, booked)
    document = await put_in(city, booked)
    case = await get(clerk, f"/office/appointments/{await city.id_of(booked)}")
    after = await send(clerk, case.form("/withdraw"))
    assert "Das Dokument ist zurückgezogen" in after.text
    assert (await city.client.get(page(booked, document))).status == 404
