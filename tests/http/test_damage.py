"""Sealed data that somebody changed, exchanged or took away: refused in words, counted for the operator, never a fault of ours."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import FormData
from sqlalchemy import select, text, update

from server.booking.model import AppointmentRow, CaseRow
from server.documents.model import DocumentRow
from server.documents.pieces import AROUND, HEAD, PIECE
from tests.http.tus import Upload, pdf
from tests.neighbours.process import free_port
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.papers import a_pdf

SEALED = PIECE + AROUND


async def sent(city: City, booked: dict[str, Any], data: bytes) -> str:
    form = FormData(quote_fields=False)
    form.add_field("file", data, filename="plan.pdf")
    answer = await city.client.post(documents(booked), data=form)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["id"])


def documents(booked: dict[str, Any]) -> str:
    return f"/api/v1/appointments/{booked['token']}/documents"


async def seals_broken(port: int) -> float:
    """What the operator's figures say."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return float(next(line for line in lines if line.startswith("sprechzeit_seals_broken_total")).split()[1])


class Files:
    """Two large documents of one case and one of another case, and what can be done to the first."""

    def __init__(self, city: City, ids: list[str]) -> None:
        self.paths = [city.settings.store / f"{id_}.sealed" for id_ in ids]
        self.kept = [path.read_bytes() for path in self.paths]

    def piece(self, file: int, number: int) -> bytes:
        start = HEAD + number * SEALED
        return self.kept[file][start : start + SEALED]

    def with_piece(self, number: int, piece: bytes) -> bytes:
        start = HEAD + number * SEALED
        return self.kept[0][:start] + piece + self.kept[0][start + len(piece) :]


TAMPERED: dict[str, Callable[[Files], bytes]] = {
    "another document of the case": lambda files: files.kept[1],
    "a document of another case": lambda files: files.kept[2],
    "its first piece from another document": lambda files: files.with_piece(0, files.piece(1, 0)),
    "its first piece from another case": lambda files: files.with_piece(0, files.piece(2, 0)),
    "its second piece in front": lambda files: files.with_piece(0, files.piece(0, 1)),
    "another file's name": lambda files: files.kept[1][:HEAD] + files.kept[0][HEAD:],
    "a changed bit": lambda files: files.with_piece(
        0, bytes([files.piece(0, 0)[99] ^ 1]) + files.piece(0, 0)[1:]
    ),
    "the first version's mark": lambda files: b"SZD1" + files.kept[0][4:],
    "nothing but a head": lambda files: files.kept[0][:HEAD],
    "nothing": lambda _files: b"",
    "noise": lambda files: os.urandom(len(files.kept[0])),
}
LATER: dict[str, Callable[[Files], bytes]] = {
    "a later piece from another document": lambda files: files.with_piece(20, files.piece(1, 20)),
    "two pieces exchanged": lambda files: files.with_piece(20, files.piece(0, 21) + files.piece(0, 20)),
    "a piece twice": lambda files: files.with_piece(21, files.piece(0, 20)),
    "a cut end": lambda files: files.kept[0][: HEAD + 22 * SEALED],
}


@only_sqlite()
@pytest.mark.criterion("D06")
async def test_files_that_were_exchanged_are_noticed(make_city: MakeCity) -> None:
    city = await make_city(metrics_port=(port := free_port()))
    one, other = await city.book("bauberatung", "video"), await city.book("bauberatung", "video")
    data = [pdf(24 * PIECE) for _ in range(3)]
    ids = [await sent(city, one, data[0]), await sent(city, one, data[1]), await sent(city, other, data[2])]
    files, before = Files(city, ids), await seals_broken(port)
    address = f"{documents(one)}/{ids[0]}"
    for what, tampered in TAMPERED.items():
        files.paths[0].write_bytes(tampered(files))
        answer = await city.client.get(address)
        problem = await answer.json(content_type="application/problem+json")
        assert (answer.status, problem["type"]) == (410, "urn:sprechzeit:problem:damaged"), what
        assert "noch einmal" in problem["detail"]
    assert await seals_broken(port) == before + len(TAMPERED)
    for what, tampered in LATER.items():
        files.paths[0].write_bytes(tampered(files))
        with pytest.raises(aiohttp.ClientError):
            await (await city.client.get(address)).read()
            pytest.fail(what)
        assert (await city.client.get(f"{address}/pages/0")).status == 410, what
    assert await seals_broken(port) == before + len(TAMPERED) + 2 * len(LATER)
    files.paths[0].write_bytes(files.kept[0])
    assert await (await city.client.get(address)).read() == data[0]
    assert await (await city.client.get(f"{documents(one)}/{ids[1]}")).read() == data[1]


@pytest.mark.criterion("D06")
@pytest.mark.parametrize("column", ["wrapped_key", "contact_sealed"])
async def test_keys_and_contacts_that_were_exchanged_between_cases_are_noticed(
    city: City, column: str
) -> None:
    booked = [await city.book("bauberatung", "video", nth=n) for n in range(2)]
    await sent(city, booked[0], a_pdf())
    async with city.office.db.write() as tx:
        await tx.execute(update(AppointmentRow).values(duty_id=1))
        values = {
            row.id: row.value
            for row in await tx.execute(select(CaseRow.id, getattr(CaseRow, column).label("value")))
        }
        for id_, other in zip(values, reversed(values.values()), strict=True):
            await tx.execute(update(CaseRow).where(CaseRow.id == id_).values({column: other}))
    answer = await city.client.get(documents(booked[0]))
    assert (answer.status, (await answer.json(content_type=None))["type"].split(":")[-1]) == (410, "damaged")
    page = await city.client.get(f"/a/{booked[0]['token']}")
    assert page.status == 410
    assert "beschädigt" in await page.text()
    clerk = await city.sign_in("clerk1")
    day = await clerk.get("/office", params={"day": booked[0]["start"][:10]})
    assert day.status == 200
    assert "Angaben beschädigt" in await day.text()


@only_sqlite()
async def test_names_that_were_exchanged_between_documents_are_noticed(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    first, second = await sent(city, booked, a_pdf()), await sent(city, booked, a_pdf())
    async with city.office.db.write() as tx:
        other = await tx.scalar(select(DocumentRow.name_sealed).where(DocumentRow.id == second))
        await tx.execute(update(DocumentRow).where(DocumentRow.id == first).values(name_sealed=other))
    for path in (documents(booked), f"{documents(booked)}/{first}"):
        assert (await city.client.get(path)).status == 410
    assert (await city.client.get(f"{documents(booked)}/{second}")).status == 200


@only_sqlite()
async def test_an_earlier_state_of_an_upload_that_is_put_back_is_noticed(city: City) -> None:
    upload = Upload(city, await city.book("bauberatung", "video"))
    data = pdf(4 * PIECE)
    await upload.create(len(data))
    await upload.patch(data[:PIECE], 0)
    part = city.settings.store / f"{upload.id}.part"
    earlier = part.read_bytes()
    await upload.patch(data[PIECE : 2 * PIECE], PIECE)
    part.write_bytes(earlier)
    answer = await upload.patch(data[2 * PIECE :], 2 * PIECE)
    assert (answer.status, (await answer.json(content_type=None))["type"].split(":")[-1]) == (
        410,
        "upload-over",
    )


@only_sqlite()
async def test_an_upload_that_was_exchanged_half_way_never_comes_in_and_holds_nothing_up(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    uploads = [Upload(city, booked), Upload(city, booked)]
    data = pdf(3 * PIECE)
    for upload in uploads:
        await upload.create(len(data))
        await upload.patch(data[:PIECE], 0)
    parts: list[Path] = [city.settings.store / f"{upload.id}.part" for upload in uploads]
    parts[0].write_bytes(parts[1].read_bytes())
    answer = await uploads[0].patch(data[PIECE:], PIECE)
    assert (answer.status, (await answer.json(content_type=None))["type"].split(":")[-1]) == (410, "damaged")
    assert (await city.client.get(uploads[0].address)).status == 404
    assert (await uploads[1].patch(data[PIECE:], PIECE)).status == 204
    async with city.office.db.write() as tx:
        await tx.execute(text("UPDATE document SET expires_at = created_at WHERE state = 'receiving'"))
        await tx.execute(text("UPDATE job SET due_at = '2000-01-01 00:00:00', locked_until = NULL"))
    await city.work()
    assert await uploads[0].state() is None
    assert await uploads[1].content() == data
    assert [path.stem for path in city.settings.store.iterdir()] == [uploads[1].id]
