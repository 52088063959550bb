"""A citizen sends documents ahead: what is taken, what is refused and why, and that a refused one leaves nothing."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientResponse, FormData

from tests.office.city import City, MakeCity
from tests.office.disk import contents_of
from tests.office.papers import a_jpeg, a_pdf

PDF = a_pdf()
JPEG = a_jpeg()
PIECE = 64 * 1024


def form(data: Any, name: str = "plan.pdf", item: str | None = "lageplan") -> FormData:
    filled = FormData(quote_fields=False)  # as browsers do
    if item is not None:
        filled.add_field("item", item)
    filled.add_field("file", data, filename=name, content_type="application/octet-stream")
    return filled


def path_of(appointment: dict[str, Any]) -> str:
    return f"/api/v1/appointments/{appointment['token']}/documents"


async def send(city: City, appointment: dict[str, Any], data: bytes, **more: Any) -> ClientResponse:
    return await city.client.post(path_of(appointment), data=form(data, **more))


async def refusal(answer: ClientResponse, status: int, kind: str) -> dict[str, Any]:
    assert answer.status == status, await answer.text()
    problem: dict[str, Any] = await answer.json(content_type="application/problem+json")
    assert problem["type"].endswith(f":{kind}")
    return problem


def stored(city: City) -> list[str]:
    return sorted(path.name for path in city.settings.store.iterdir())


@pytest.mark.criterion("D01")
async def test_a_document_is_taken_and_its_item_no_longer_missing(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    assert {"key": "lageplan", "state": "missing"} in booked["checklist"]
    answer = await send(city, booked, PDF)
    assert answer.status == 201
    sent = await answer.json()
    assert (sent["item"], sent["state"], sent["size"]) == ("lageplan", "checking", len(PDF))
    assert sent["media_type"] == "application/pdf"
    assert [one["id"] for one in await (await city.client.get(path_of(booked))).json()] == [sent["id"]]
    shown = await (await city.client.get(f"/api/v1/appointments/{booked['token']}")).json()
    assert {"key": "lageplan", "state": "checking"} in shown["checklist"]
    assert {"key": "skizze", "state": "missing"} in shown["checklist"]


@pytest.mark.criterion("D06", "D12")
async def test_neither_content_nor_name_can_be_read_on_disk(city: City, tmp_path: Path) -> None:
    booked = await city.book("bauberatung", "video")
    canary = b"canary-5931" * 20_000
    answer = await send(city, booked, a_pdf(canary), name="kanarienvogel.pdf")
    assert answer.status == 201
    assert found(tmp_path, b"canary-5931") == []
    assert found(tmp_path, b"kanarienvogel") == []


def found(folder: Path, canary: bytes) -> list[str]:
    return [path.name for path, data in contents_of(folder).items() if canary in data]


@pytest.mark.parametrize(
    ("name", "data", "status", "kind"),
    [
        ("plan.pdf", b"", 422, "invalid"),
        ("plan.pdf", b"MZ\x90\x00" * 4000, 415, "type-not-allowed"),
        ("plan.pdf", b"<html><script>alert(1)</script></html>", 415, "type-not-allowed"),
        ("plan.exe", PDF, 415, "type-not-allowed"),
        ("plan.html", PDF, 415, "type-not-allowed"),
        ("plan.pdf", PDF[:-7], 422, "invalid"),
        ("foto.jpg", JPEG[:-1], 422, "invalid"),
        ("plan.pdf", b"%", 415, "type-not-allowed"),
    ],
)
@pytest.mark.criterion("D03")
async def test_a_refused_file_says_why_and_leaves_nothing(
    city: City, name: str, data: bytes, status: int, kind: str
) -> None:
    booked = await city.book("bauberatung", "video")
    problem = await refusal(await send(city, booked, data, name=name), status, kind)
    assert problem["detail"] != ""
    assert stored(city) == []
    assert await (await city.client.get(path_of(booked))).json() == []


async def test_a_picture_with_another_picture_s_ending_is_taken_for_what_it_is(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    sent = await (await send(city, booked, JPEG, name="foto.png")).json()
    assert (sent["media_type"], sent["name"]) == ("image/jpeg", "foto.jpg")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/plan.pdf", "plan.pdf"),
        ("C:\\plan.pdf", "plan.pdf"),
        ("平面图 مخطط план 🏠.pdf", "平面图 مخطط план 🏠.pdf"),
        ("ü" * 300 + ".pdf", "ü" * 196 + ".pdf"),
        ("plan\u202efdp.pdf", "planfdp.pdf"),
    ],
)
async def test_names_of_any_script_and_length_are_kept_harmless(city: City, name: str, kept: str) -> None:
    booked = await city.book("bauberatung", "video")
    answer = await send(city, booked, PDF, name=name)
    assert answer.status == 201, await answer.text()
    assert (await answer.json())["name"] == kept


@pytest.mark.parametrize("item", ["alt", "nonsense", "x" * 900, "' OR 1=1"])
async def test_an_item_that_is_not_on_the_list_is_refused(city: City, item: str) -> None:
    booked = await city.book("bauberatung", "video")
    await refusal(await send(city, booked, PDF, item=item), 422, "invalid")
    assert stored(city) == []


@pytest.mark.parametrize("item", ["other", None])
async def test_something_else_may_always_be_sent(city: City, item: str | None) -> None:
    booked = await city.book("meldebescheinigung", "video")
    answer = await send(city, booked, PDF, item=item)
    assert (await answer.json())["item"] == "other"


async def test_somebody_else_s_link_leads_nowhere(city: City) -> None:
    await refusal(await city.client.post(path_of({"token": "x" * 28}), data=form(PDF)), 404, "not-found")


async def test_a_cancelled_appointment_takes_no_documents(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    await refusal(await send(city, booked, PDF), 409, "too-late")


async def test_an_appointment_cancelled_during_the_upload_keeps_nothing(city: City) -> None:
    booked = await city.book("bauberatung", "video")

    async def slow() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7\n"
        await city.client.delete(f"/api/v1/appointments/{booked['token']}")
        yield b"%%EOF"

    await refusal(await city.client.post(path_of(booked), data=form(slow())), 409, "too-late")
    assert stored(city) == []


async def test_more_than_twenty_files_are_refused(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    for _ in range(20):
        assert (await send(city, booked, PDF)).status == 201
    problem = await refusal(await send(city, booked, PDF), 409, "conflict")
    assert "20" in problem["detail"]
    assert len(stored(city)) == 20


async def test_twenty_files_at_once_and_one_more_make_twenty(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    answers = await asyncio.gather(*(send(city, booked, PDF) for _ in range(24)))
    assert sorted(answer.status for answer in answers) == [201] * 20 + [409] * 4
    assert len(stored(city)) == 20


async def filler(megabytes: int) -> AsyncIterator[bytes]:
    yield b"%PDF-1.7\n"
    for _ in range(megabytes * 16):
        yield bytes(PIECE)
    yield b"\n%%EOF\n"


async def large(megabytes: int) -> AsyncIterator[bytes]:
    """A real PDF with so much in it that nothing refers to."""
    before, after = a_pdf(b"?" * 9).split(b"?" * 9)
    yield before
    for _ in range(megabytes * 16):
        yield bytes(PIECE)
    yield after


@pytest.mark.criterion("D03")
async def test_200_megabytes_are_refused_on_the_way_and_leave_nothing(make_city: MakeCity) -> None:
    city = await make_city(upload_limit_mb=5)
    booked = await city.book("bauberatung", "video")
    with contextlib.suppress(aiohttp.ClientConnectionError):
        answer = await city.client.post(path_of(booked), data=form(filler(200)))
        problem = await refusal(answer, 413, "too-large")
        assert problem["limit"] == 5_000_000
        assert "5 MB" in problem["detail"]
    assert stored(city) == []


async def test_what_says_it_is_too_large_is_refused_before_it_is_read(make_city: MakeCity) -> None:
    city = await make_city(upload_limit_mb=1)
    booked = await city.book("bauberatung", "video")
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "200000000"}
    reader, writer = await asyncio.open_connection("127.0.0.1", city.settings.port)
    lines = [
        f"POST {path_of(booked)} HTTP/1.1",
        "Host: localhost",
        *(f"{k}: {v}" for k, v in headers.items()),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    async with asyncio.timeout(10):
        assert b"413" in await reader.readline()
    writer.close()


def memory_peak_kb() -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


async def test_100_megabytes_pass_through_a_few(make_city: MakeCity) -> None:
    city = await make_city(upload_limit_mb=120)
    booked = await city.book("bauberatung", "video")
    assert (await send(city, booked, PDF)).status == 201
    Path("/proc/self/clear_refs").write_text("5")
    before = memory_peak_kb()
    answer = await city.client.post(path_of(booked), data=form(large(100)))
    assert answer.status == 201
    assert memory_peak_kb() - before < 32 * 1024
    assert (await answer.json())["size"] > 100 * 1024 * 1024


@pytest.mark.criterion("D12")
@pytest.mark.parametrize("pieces", [0, 1, 2, 5, 16, 17, 33])
async def test_an_upload_broken_off_anywhere_leaves_no_plain_byte(
    city: City, tmp_path: Path, pieces: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    booked = await city.book("bauberatung", "video")
    canary = (b"canary-8812 " * (PIECE // 12 + 1))[:PIECE]

    async def breaking() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7\n"
        for _ in range(pieces):
            yield canary
        await asyncio.sleep(0.05)
        assert found(tmp_path, b"canary-8812") == []
        raise ConnectionResetError

    with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
        await city.client.post(path_of(booked), data=form(breaking()))
    async with asyncio.timeout(10):
        while stored(city):  # noqa: ASYNC110  the server notices in its own time
            await asyncio.sleep(0.02)
    assert found(tmp_path, b"canary-8812") == []
    assert await (await city.client.get(path_of(booked))).json() == []
