"""Staff look at pictures of pages, drawn anew without anything that could run or tell more than is seen."""

import io
from typing import Any

import pytest
from aiohttp import FormData
from PIL import Image
from sqlalchemy import select

from server.audit import AuditRow
from tests.office.city import City, only_sqlite
from tests.office.papers import a_jpeg, a_pdf

pytestmark = only_sqlite()
CANARY = b"canary-2208"


async def sent(city: City, data: bytes, name: str = "plan.pdf") -> tuple[dict[str, Any], str]:
    booked = await city.book("bauberatung", "video")
    form = FormData(quote_fields=False)
    form.add_field("file", data, filename=name, content_type="application/octet-stream")
    answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=form)
    assert answer.status == 201, await answer.text()
    return booked, (await answer.json())["id"]


def address(booked: dict[str, Any], document: str, page: str = "0") -> str:
    return f"/api/v1/appointments/{booked['token']}/documents/{document}/pages/{page}"


@pytest.mark.criterion("D05")
async def test_a_page_is_a_picture_that_can_run_nothing(city: City) -> None:
    booked, document = await sent(city, a_pdf(b"<</S/JavaScript/JS(app.alert(1))>>" + CANARY))
    answer = await city.client.get(address(booked, document))
    assert (answer.status, answer.content_type) == (200, "image/png")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    data = await answer.read()
    picture = Image.open(io.BytesIO(data))
    assert picture.size == (1200, 1200)
    assert CANARY not in data
    assert len(set(picture.convert("L").tobytes())) > 1


@pytest.mark.criterion("D05", "D09")
async def test_a_photo_is_shown_upright_and_without_where_and_when_it_was_taken(city: City) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (47.0, 43.0, 33.0)
    booked, document = await sent(city, a_jpeg(400, 300, exif=exif.tobytes(), comment=CANARY), "foto.jpg")
    data = await (await city.client.get(address(booked, document))).read()
    picture = Image.open(io.BytesIO(data))
    assert picture.width < picture.height
    assert not picture.getexif()
    assert CANARY not in data


@pytest.mark.parametrize("page", ["1", "-1", "01e", "99999", "x", "٠"])
async def test_a_page_that_is_not_there_is_not_found(city: City, page: str) -> None:
    booked, document = await sent(city, a_pdf())
    assert (await city.client.get(address(booked, document, page))).status == 404


async def test_a_foreign_document_has_no_pages_here(city: City) -> None:
    _, foreign = await sent(city, a_pdf())
    booked, _ = await sent(city, a_pdf())
    assert (await city.client.get(address(booked, foreign))).status == 404


async def test_a_damaged_file_is_told_in_words(city: City) -> None:
    booked, document = await sent(city, a_pdf())
    file = city.settings.store / f"{document}.sealed"
    file.write_bytes(file.read_bytes()[:-1])
    answer = await city.client.get(address(booked, document))
    assert answer.status == 410


@pytest.mark.criterion("D05")
async def test_each_look_of_the_clerk_is_recorded_and_the_original_is_a_step_of_its_own(city: City) -> None:
    booked, document = await sent(city, a_pdf())
    clerk = await city.sign_in("clerk1")
    day = await (await clerk.get("/office/day", params={"date": booked["start"][:10]})).text()
    case = day.split('href="/office/appointments/')[1].split('"')[0].split("/")[0]
    page = await (await clerk.get(f"/office/appointments/{case}/documents/{document}")).text()
    picture = f"/api/v1/office/appointments/{case}/documents/{document}/pages/0"
    assert f'src="{picture}"' in page
    assert page.index("<details") < page.index(f'href="{picture.removesuffix("/pages/0")}"')
    assert (await clerk.get(picture)).status == 200
    async with city.office.db.read() as tx:
        actions = list(await tx.scalars(select(AuditRow.action).where(AuditRow.object_id == document)))
    assert actions[-1] == "document.looked-at"
    assert "document.opened" not in actions
