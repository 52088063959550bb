"""B4, on the line: bodies that lie about themselves, dawdle, or would never end. Refused in words, or cut, and nothing is left."""

import asyncio
import contextlib
from typing import Any

import pytest

from server.documents import content, routes, routes_stream
from tests.corpus.paper import paper
from tests.corpus.picture import heic
from tests.office.city import City, only_sqlite

pytestmark = only_sqlite()
GIGABYTE = 1_000_000_000
MARK = "mark-5512"
HEAD = f'--{MARK}\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n'
FORM = HEAD.encode() + b"\r\n" + paper() + f"\r\n--{MARK}--\r\n".encode()


async def spoken(
    city: City, booked: dict[str, Any], head: str, *body: bytes, pause_s: float = 0.0
) -> tuple[int, str]:
    """What is answered to a request written by hand: status and body; 0 when the line is just closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", city.settings.port)
    first = (
        f"POST /api/v1/appointments/{booked['token']}/documents HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    )
    writer.write(f"{first}Content-Type: multipart/form-data; boundary={MARK}\r\n{head}\r\n".encode())
    answering = asyncio.create_task(heard(reader))
    try:
        async with asyncio.timeout(60):
            for part in body:
                writer.write(part)
                await asyncio.wait({answering}, timeout=pause_s)
                if answering.done():
                    break
            answer = (await answering).decode("utf-8", "replace")
    except ConnectionError:
        return 0, ""
    finally:
        answering.cancel()
        writer.close()
    return (int(answer.split()[1]), answer.partition("\r\n\r\n")[2]) if answer else (0, "")


async def heard(reader: asyncio.StreamReader) -> bytes:
    """All until the line is closed, politely or not."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := await reader.read(65_536):
            parts.append(part)
    return b"".join(parts)


def length(size: int) -> str:
    return f"Content-Length: {size}\r\n"


LYING = {
    "longer than it says": (length(len(FORM) - 40), FORM),
    "far shorter": (length(60), FORM),
    "nothing at all": (length(0), FORM),
    "no length, no chunks": ("", FORM),
    "less than nothing": (length(-5), FORM),
    "not a number": ("Content-Length: viele\r\n", FORM),
    "two lengths": (length(len(FORM)) + length(5), FORM),
    "a length and chunks": (length(len(FORM)) + "Transfer-Encoding: chunked\r\n", FORM),
    "chunks without form": ("Transfer-Encoding: chunked\r\n", b"zz\r\n" + FORM),
    "a chunk without end": ("Transfer-Encoding: chunked\r\n", b"fffffffffffffffff\r\n" + FORM),
    "said to be packed": (length(len(FORM)) + "Content-Encoding: gzip\r\n", FORM),
}


@pytest.mark.criterion("D03")
async def test_a_body_that_lies_about_itself_is_refused_and_leaves_nothing(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    wrong = {}
    for name, (head, body) in LYING.items():
        status, said = await spoken(city, booked, head, body)
        if not (status == 0 or 400 <= status < 500):
            wrong[name] = status, said[:200]
    assert wrong == {}
    assert list(city.settings.store.iterdir()) == []
    assert (await city.client.get("/healthz")).status == 200


@pytest.mark.parametrize(
    "said",
    ["Content-Type: image/png", "Content-Type: text/html", "Content-Length: 7", "Content-Length: 9999999"],
)
async def test_what_a_part_says_of_itself_is_not_asked(city: City, said: str) -> None:
    booked = await city.book("bauberatung", "video")
    form = FORM.replace(HEAD.encode(), HEAD.encode() + said.encode() + b"\r\n")
    status, body = await spoken(city, booked, length(len(form)), form)
    if said.startswith("Content-Length"):
        assert status in (201, 422)
    else:
        assert status == 201
        assert '"media_type":"application/pdf"' in body.replace(" ", "")


@pytest.mark.criterion("D03")
async def test_five_gigabytes_are_refused_before_they_are_sent(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    status, said = await spoken(city, booked, length(5 * GIGABYTE))
    assert (status, "zu groß" in said) == (413, True), said
    announced = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(5 * GIGABYTE),
        "Upload-Metadata": "filename cGxhbi5wZGY=",
    }
    path = f"/api/v1/appointments/{booked['token']}/documents"
    assert (await city.client.post(path, headers=announced)).status == 413
    assert list(city.settings.store.iterdir()) == []


@pytest.mark.criterion("D03")
@pytest.mark.parametrize(
    "beginning", [b"", HEAD.encode() + b"\r\n%PDF-1.7\n"], ids=["before the file", "in the file"]
)
async def test_a_byte_at_a_time_is_cut(city: City, beginning: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert routes_stream.PACE_S <= 60
    for module in (routes, routes_stream):
        monkeypatch.setattr(module, "PACE_S", 0.5)
    booked = await city.book("bauberatung", "video")
    drops = [bytes([byte]) for byte in HEAD.encode() * 9]
    status, said = await spoken(city, booked, length(100_000), beginning, *drops, pause_s=0.05)
    assert (status, "zu langsam" in said) == (422, True), said
    assert list(city.settings.store.iterdir()) == []


@pytest.mark.criterion("D09")
async def test_without_the_library_a_heic_is_refused_with_the_way_out(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "heic_is_read", lambda: False)
    booked = await city.book("bauberatung", "video")
    form = FORM.replace(paper(), heic()).replace(b"plan.pdf", b"IMG_0001.HEIC")
    status, said = await spoken(city, booked, length(len(form)), form)
    assert status == 415
    assert "JPEG" in said
    assert "Maximale Kompatibilität" in said
