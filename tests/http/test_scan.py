"""What arrives is looked at before anybody opens it: decoded in a child, scanned by a real clamd; it fails closed."""

import asyncio
import io
import struct
import zipfile
import zlib
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData

from tests.neighbours.clamav import CURSED, EICAR, ClamdServer
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.papers import a_jpeg, a_pdf, a_png, png_chunk

pytestmark = only_sqlite()


async def send(city: City, booked: dict[str, Any], data: bytes, name: str = "plan.pdf") -> ClientResponse:
    form = FormData(quote_fields=False)
    form.add_field("item", "lageplan")
    form.add_field("file", data, filename=name, content_type="application/octet-stream")
    return await city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=form)


async def state_of(city: City, booked: dict[str, Any]) -> list[str]:
    answer = await city.client.get(f"/api/v1/appointments/{booked['token']}/documents")
    return [one["state"] for one in await answer.json()]


def kept(city: City) -> list[str]:
    return [path.name for path in city.settings.store.iterdir()]


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.com", data)
    return out.getvalue()


@pytest.fixture
async def guarded(make_city: MakeCity, shared_clamd: ClamdServer) -> City:
    return await make_city(clamd=shared_clamd.address)


@pytest.mark.criterion("D04")
@pytest.mark.parametrize(
    "data",
    [
        a_pdf(EICAR),
        a_pdf(CURSED),
        a_pdf(zipped(EICAR) + b"x" * 4_000),
        a_pdf(b"x" * 2_000_000 + CURSED),
        a_jpeg(comment=CURSED),
        a_jpeg(exif=b"Exif\0\0" + CURSED),
        a_jpeg() + CURSED,
        a_png() + CURSED,
    ],
    ids=["plain", "our own", "in a ZIP", "far inside", "comment", "exif", "behind a JPEG", "behind a PNG"],
)
async def test_what_is_infected_is_refused_in_words_and_leaves_nothing(guarded: City, data: bytes) -> None:
    booked = await guarded.book("bauberatung", "video")
    answer = await send(guarded, booked, data)
    assert answer.status == 422, await answer.text()
    problem = await answer.json(content_type="application/problem+json")
    assert problem["type"].endswith(":infected")
    assert "Schadsoftware" in problem["detail"]
    assert kept(guarded) == []
    assert await state_of(guarded, booked) == []


async def test_clean_files_pass_the_scanner(guarded: City) -> None:
    booked = await guarded.book("bauberatung", "video")
    for data in (a_pdf(), a_jpeg(800, 600), a_png()):
        answer = await send(guarded, booked, data)
        assert answer.status == 201, await answer.text()
    assert await state_of(guarded, booked) == ["checking"] * 3


@pytest.mark.criterion("D04")
async def test_with_the_scanner_away_files_wait_in_quarantine_until_it_is_back(
    make_city: MakeCity, own_clamd: ClamdServer
) -> None:
    city = await make_city(clamd=own_clamd.address)
    booked = await city.book("bauberatung", "video")
    clean, cursed = await send(city, booked, a_pdf()), await send(city, booked, a_pdf(CURSED))
    assert (clean.status, cursed.status) == (201, 201)
    assert await state_of(city, booked) == ["quarantine", "quarantine"]
    clerk = await city.sign_in("clerk1")
    document = (await clean.json())["id"]
    address = f"/api/v1/appointments/{booked['token']}/documents/{document}"
    assert (await city.client.get(address)).status == 404
    await asyncio.to_thread(own_clamd.start)
    city.clock.advance(timedelta(minutes=1))
    await city.work()
    assert await state_of(city, booked) == ["checking"]
    assert (await city.client.get(address)).status == 200
    assert len(kept(city)) == 1
    await clerk.close()


@pytest.mark.criterion("D03", "D05")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n", "beschädigt"),
        (a_pdf().replace(b"/Count 1", b"/Count 9").replace(b"[3 0 R]", b"[]"), "beschädigt"),
        (a_png(400, 300)[:60] + a_png()[-12:], "beschädigt"),
        (a_pdf().replace(b"[0 0 200 200]", b"[0 0 9000000 9]"), "zu groß"),
    ],
    ids=["empty", "no pages", "cut PNG", "endless page"],
)
async def test_what_can_not_be_shown_is_refused_in_words(city: City, data: bytes, words: str) -> None:
    booked = await city.book("bauberatung", "video")
    answer = await send(city, booked, data)
    assert answer.status == 422
    assert words in (await answer.json(content_type="application/problem+json"))["detail"]
    assert kept(city) == []


def bomb_png(side: int) -> bytes:
    """Some kilobytes that want to be `side` × `side` pixels."""
    packer = zlib.compressobj(9)
    row = b"\0" + bytes(side // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, part) for name, part in parts)


@pytest.mark.criterion("D03")
async def test_a_picture_that_would_burst_the_memory_is_refused_before_it_is_unpacked(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    bomb = bomb_png(40_000)
    assert len(bomb) < 300_000
    answer = await send(city, booked, bomb, "klein.png")
    assert answer.status == 422
    assert "zu groß" in (await answer.json(content_type="application/problem+json"))["detail"]


async def test_a_pdf_that_unfolds_without_end_is_cut_off(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    inner = zlib.compress(zlib.compress(b"0 0 m 9 9 l S\n" * 1_500_000, 9), 9)
    stream = b"4 0 obj<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n" % len(inner) + inner
    paper = a_pdf()
    start = paper.index(b"4 0 obj")
    end = paper.index(b"trailer")
    answer = await send(city, booked, paper[:start] + stream + b"\nendstream endobj\n" + paper[end:])
    assert answer.status in (201, 422)
    assert (await city.client.get("/")).status == 200
