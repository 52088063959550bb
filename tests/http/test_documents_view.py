"""Who sees a document: its citizen and the clerk of the appointment; it is saved, never shown, and staff access is kept."""

import os
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData
from sqlalchemy import select, update

from server.audit import AuditRow
from server.booking.model import AppointmentRow
from tests.office.city import City, Client
from tests.office.papers import a_pdf

PDF = a_pdf(os.urandom(300_000))


async def sent(
    city: City, booked: dict[str, Any], name: str = "plan.pdf", data: bytes = PDF
) -> dict[str, Any]:
    form = FormData(quote_fields=False)
    form.add_field("item", "lageplan")
    form.add_field("file", data, filename=name)
    answer = await city.client.post(own(booked), data=form)
    assert answer.status == 201, await answer.text()
    document: dict[str, Any] = await answer.json()
    return document


def own(booked: dict[str, Any], document: dict[str, Any] | None = None) -> str:
    path = f"/api/v1/appointments/{booked['token']}/documents"
    return f"{path}/{document['id']}" if document else path


async def office_path(city: City, booked: dict[str, Any], document: dict[str, Any] | None = None) -> str:
    async with city.office.db.read() as tx:
        id_ = await tx.scalar(select(AppointmentRow.id).where(AppointmentRow.number == booked["number"]))
    path = f"/api/v1/office/appointments/{id_}/documents"
    return f"{path}/{document['id']}" if document else path


async def clerk_of(city: City, booked: dict[str, Any], login: str = "clerk1") -> Client:
    """Gives the appointment to a duty of clerk1, whoever got it, and signs `login` in."""
    async with city.office.db.write() as tx:
        await tx.execute(
            update(AppointmentRow).where(AppointmentRow.number == booked["number"]).values(duty_id=1)
        )
    return await city.sign_in(login)


async def assert_missing(answer: ClientResponse) -> None:
    assert answer.status == 404
    assert (await answer.json(content_type="application/problem+json"))["type"].endswith("not-found")


async def test_the_clerk_of_the_appointment_sees_and_downloads_it(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    document = await sent(city, booked)
    clerk = await clerk_of(city, booked)
    listed = await (await clerk.get(await office_path(city, booked))).json()
    assert [(one["id"], one["name"]) for one in listed] == [(document["id"], "plan.pdf")]
    answer = await clerk.get(await office_path(city, booked, document))
    assert answer.status == 200
    assert await answer.read() == PDF


async def test_staff_access_is_recorded_by_ids_alone(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    document = await sent(city, booked)
    clerk = await clerk_of(city, booked)
    await (await clerk.get(await office_path(city, booked, document))).read()
    await (await city.client.get(own(booked, document))).read()
    async with city.office.db.read() as tx:
        rows = (await tx.execute(select(AuditRow).where(AuditRow.action == "document.opened"))).all()
    assert [(row.actor, row.object_id) for row in rows] == [("staff/1", document["id"])]
    assert "plan" not in str([row.detail for row in rows])


@pytest.mark.parametrize(
    ("login", "status"), [("clerk3", 404), ("scheduler", 403), ("dpo", 403), ("admin", 403)]
)
async def test_other_staff_see_nothing(city: City, login: str, status: int) -> None:
    booked = await city.book("bauberatung", "video")
    document = await sent(city, booked)
    other = await clerk_of(city, booked, login)
    for path in (await office_path(city, booked), await office_path(city, booked, document)):
        assert (await other.get(path)).status == status
    assert (await city.client.get(await office_path(city, booked, document))).status == 401


async def test_another_appointment_s_link_or_page_does_not_open_it(city: City) -> None:
    mine = await city.book("bauberatung", "video")
    other = await city.book("bauberatung", "video")
    document = await sent(city, mine)
    await assert_missing(await city.client.get(own(other, document)))
    await assert_missing(await city.client.delete(own(other, document)))
    clerk = await clerk_of(city, other)
    await clerk_of(city, mine)
    await assert_missing(await clerk.get(await office_path(city, other, document)))
    await assert_missing(await city.client.get(own(mine, {"id": "..%2f..%2fetc%2fpasswd"})))


async def test_a_download_is_saved_and_can_run_nothing(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    document = await sent(city, booked)
    headers = (await city.client.get(own(booked, document))).headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("plan.pdf", "attachment; filename=\"plan.pdf\"; filename*=UTF-8''plan.pdf"),
        ("Größe.pdf", "attachment; filename=\"Gr__e.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf"),
        ("a%22b;c'.pdf", "attachment; filename=\"a\"b;c'.pdf\"; filename*=UTF-8''a%2522b%3Bc%27.pdf"),
    ],
)
async def test_names_travel_as_the_standard_says(city: City, name: str, header: str) -> None:
    booked = await city.book("bauberatung", "video")
    document = await sent(city, booked, name)
    given = (await city.client.get(own(booked, document))).headers["Content-Disposition"]
    if "%" not in name:
        assert given == header
    assert given.count('"') == 2
    assert "\r" not in given


@pytest.mark.criterion("D06")
async def test_a_swapped_or_changed_file_is_refused_in_words(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    first, second = await sent(city, booked), await sent(city, booked, data=PDF[::1] + b"\n%%EOF")
    folder = city.settings.store
    one, two = (folder / f"{document['id']}.sealed" for document in (first, second))
    kept = one.read_bytes()
    one.write_bytes(two.read_bytes())
    assert (await city.client.get(own(booked, first))).status == 410
    one.write_bytes(kept[:100] + bytes([kept[100] ^ 1]) + kept[101:])
    assert (await city.client.get(own(booked, first))).status == 410
    one.unlink()
    assert (await city.client.get(own(booked, first))).status == 410
    assert (await city.client.get(own(booked, second))).status == 200
