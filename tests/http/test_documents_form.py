"""What is no form with a file, or trickles in, is refused in words and leaves nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData

from server.documents import routes_stream
from tests.office.city import City


def path_of(appointment: dict[str, Any]) -> str:
    return f"/api/v1/appointments/{appointment['token']}/documents"


async def refused(answer: ClientResponse) -> str:
    assert answer.status == 422, await answer.text()
    problem = await answer.json(content_type="application/problem+json")
    assert problem["type"].endswith(":invalid")
    return str(problem["detail"])


def stored(city: City) -> list[str]:
    return sorted(path.name for path in city.settings.store.iterdir())


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"--y\r\n" * 100),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n%PDF-1.7'),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="item"\r\n\r\n\xff\xfe\r\n--x--\r\n'),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--\r\n'),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="item"\r\n\r\n' + b"a" * 5000 + b"\r\n--x--\r\n"),
    ],
)  # fmt: skip
async def test_what_is_no_form_with_a_file_is_refused(city: City, content_type: str, body: bytes) -> None:
    booked = await city.book("bauberatung", "video")
    answer = await city.client.post(path_of(booked), data=body, headers={"Content-Type": content_type})
    await refused(answer)
    assert stored(city) == []


async def test_a_form_sent_without_choosing_a_file_says_so(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert "wählen" in await refused(await city.client.post(path_of(booked), data=body, headers=headers))


async def test_an_upload_that_trickles_is_ended(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes_stream, "PACE_S", 0.3)
    booked = await city.book("bauberatung", "video")

    async def trickling() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7\n"
        for _ in range(100):
            await asyncio.sleep(0.02)
            yield b"x"

    form = FormData()
    form.add_field("file", trickling(), filename="plan.pdf")
    assert "langsam" in await refused(await city.client.post(path_of(booked), data=form))
    assert stored(city) == []
