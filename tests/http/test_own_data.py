"""A citizen sees and takes along all that is stored about them, and nothing of anybody else."""

import io
import json
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import LargeBinary

from recordings_policy.classes import CLASSES
from server.app import make_app
from server.db import Base
from server.privacy.collect import MOST_AN_HOUR, STAFF
from server.privacy.labels import TECHNICAL, WORDS
from server.privacy.reach import BEYOND, LOOSE, ties
from server.privacy.register import holdings
from server.privacy.unseal import OPENERS, WITHHELD
from tests.http.described import check
from tests.http.reading import get
from tests.office.canaries import Canaries
from tests.office.city import City, only_sqlite
from tests.office.papers import a_pdf

MODELS = make_app
REACHED = {table.name for table in ties()}
PERSONAL = {
    (table, column): {one.persons for one in classes}
    for table, _, holding in holdings()
    for classes, columns in holding.parts
    for column in columns
    if classes
}


async def data(city: City, booked: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/v1/appointments/{booked['token']}/data"
    answer = await check(await city.client.get(path), "/api/v1/appointments/{token}/data")
    found: dict[str, Any] = answer
    return found


@pytest.mark.criterion("J12")
def test_every_table_with_data_of_citizens_is_reached_or_says_why_not() -> None:
    citizens = {table for (table, _), persons in PERSONAL.items() if "citizens" in persons}
    assert citizens - REACHED == set(BEYOND)
    ids = {"case_id", "appointment_id", "object_id"}
    named = {name for name, table in Base.metadata.tables.items() if ids & set(table.columns.keys())}
    assert named <= REACHED
    assert set(LOOSE) <= named


@pytest.mark.criterion("J12")
def test_every_sealed_column_is_opened_or_says_why_not_and_every_column_can_be_read() -> None:
    for table, column in PERSONAL:
        if table not in REACHED:
            continue
        kind = Base.metadata.tables[table].columns[column].type
        if isinstance(kind, LargeBinary):
            assert ((table, column) in OPENERS) != ((table, column) in WITHHELD), (table, column)
        assert (column in WORDS) != (column in TECHNICAL), column


def the_same(told: Any, stored: Any) -> bool:
    if isinstance(stored, datetime):
        return isinstance(told, str) and datetime.fromisoformat(told) == stored
    if isinstance(stored, date):
        return bool(told == stored.isoformat())
    if isinstance(stored, dict) and "what" in stored and isinstance(told, dict):
        return bool(told) and all(one in stored.values() for one in told.values())
    return bool(told == stored)


@pytest.mark.criterion("J12")
async def test_the_export_has_every_word_about_its_citizen_and_none_about_another(city: City) -> None:
    booked = [await city.book("bauberatung", "video", nth=nth) for nth in (0, 1)]
    own, other = Canaries(city, booked[0]), Canaries(city, booked[1])
    await own.fill()
    await other.fill()
    found = await data(city, booked[0])
    told: dict[tuple[str, str], list[Any]] = {}
    for kind in found["kinds"]:
        for entry in kind["entries"]:
            for column, value in entry["values"].items():
                told.setdefault((entry["table"], column), []).append(value)
    staff = {
        (table.name, key.parent.name) for table in ties() for key in table.foreign_keys
        if key.column.table.name == "staff"
    }  # fmt: skip
    for table, column in PERSONAL:
        stored = own.rows.get(table, {}).get(column)
        if stored is None or (table, column) in WITHHELD or (table, column) == ("audit", "once"):
            continue
        if table == "form" and column in ("pdf_sealed", "sealed_pdf"):
            stored = f"formular-{own.rows['form']['id'][:8]}.pdf"
        wanted = STAFF if (table, column) in staff else stored
        assert any(the_same(one, wanted) for one in told[table, column]), (table, column, wanted)
    text = json.dumps(found)
    assert len(own.words()) > 60
    assert not [word for word in other.words() if word in text]
    assert not [word for key in WITHHELD if (word := own.rows[key[0]][key[1]]) and word in text]
    assert {(one["table"], one["column"]) for one in found["withheld"]} == set(WITHHELD)
    page = await get(city.client, f"/a/{booked[0]['token']}/data")
    assert own.rows["case"]["contact_sealed"]["answers"]["a"] in page.text
    assert not [word for word in other.words() if word in page.text]


@only_sqlite()
@pytest.mark.criterion("J12")
async def test_each_kind_says_what_for_and_until_which_day(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    end = datetime.fromisoformat(booked["end"])
    kinds = {kind["kind"]: kind for kind in (await data(city, booked))["kinds"]}
    known = {one.key: one for one in CLASSES}
    assert {"booking", "contact", "notice", "audit"} <= set(kinds)
    for key, kind in kinds.items():
        assert (kind["purpose"], kind["legal_basis"]) == (known[key].purpose, known[key].legal_basis)
    assert datetime.fromisoformat(kinds["contact"]["until"]) == end + known["contact"].period
    assert datetime.fromisoformat(kinds["booking"]["until"]) == end + known["booking"].period
    await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    kinds = {kind["kind"]: kind for kind in (await data(city, booked))["kinds"]}
    assert datetime.fromisoformat(kinds["cancelled"]["until"]) == city.now + timedelta(days=2)


@only_sqlite()
@pytest.mark.criterion("J12", "J13")
async def test_a_case_that_must_be_kept_says_so_and_no_end(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    await Canaries(city, booked).fill()
    found = await data(city, booked)
    assert found["kept_by_law"] is True
    assert "until" not in next(kind for kind in found["kinds"] if kind["kind"] == "contact")
    assert (
        "Wir müssen Ihre Daten zurzeit aufbewahren"
        in (await get(city.client, f"/a/{booked['token']}/data")).text
    )


@only_sqlite()
@pytest.mark.criterion("J12")
@pytest.mark.parametrize("code", ["de", "en", "de_LS"])
async def test_all_of_it_with_the_documents_comes_as_one_file(city: City, code: str) -> None:
    booked = await city.book("bauberatung", "video", name="Ärmel Öztürk")
    await city.client.get(f"/language?to={code}")
    form = FormData(quote_fields=False)
    form.add_field("file", paper := a_pdf(), filename="Plan Süd.pdf")
    sent = await city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=form)
    assert sent.status == 201
    answer = await city.client.get(f"/api/v1/appointments/{booked['token']}/data.zip")
    assert answer.status == 200, await answer.text()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["daten.json", "daten.pdf", "unterlagen/01-Plan Süd.pdf"]
        assert archive.read("unterlagen/01-Plan Süd.pdf") == paper
        assert "Ärmel Öztürk" in archive.read("daten.json").decode()
        pdf = archive.read("daten.pdf")
    assert pdf.startswith(b"%PDF-1.7")
    assert text_of(pdf).count("Öztürk") == 1
    assert tags_of(pdf) >= {"H1", "H2", "P", "Table", "TR", "TH", "TD"}


def text_of(pdf: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def tags_of(pdf: bytes) -> set[str]:
    """What a screen reader is told; that it is PDF/UA-1 with a language and a title is looked at here."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang)[:2] in ("de", "en")
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as facts:
            assert (facts["pdfuaid:part"], bool(facts["dc:title"])) == ("1", True)
        kinds, waiting = set(), [document.Root.StructTreeRoot]
        while waiting:
            node = waiting.pop()
            if isinstance(node, pikepdf.Array):
                waiting += list(node)
            elif isinstance(node, pikepdf.Dictionary):
                kinds |= {str(node.S)[1:]} if "/S" in node else set()
                waiting += [node.K] if "/K" in node else []
        return kinds


@only_sqlite()
@pytest.mark.criterion("J12", "J13")
async def test_right_after_an_erasure_the_page_still_opens_and_has_no_name(city: City) -> None:
    """The last mail's address lies under a fresh key, while rows of documents wait to be removed."""
    booked = await city.book("bauberatung", "video", name="Ada Eins")
    form = FormData(quote_fields=False)
    form.add_field("file", a_pdf(), filename="Plan.pdf")
    await city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=form)
    erased = await city.client.post(f"/api/v1/appointments/{booked['token']}/erasure", json={"sure": True})
    assert erased.status == 202
    found = json.dumps(await data(city, booked))
    assert "Ada Eins" not in found
    assert "Plan.pdf" not in found
    assert (await city.client.get(f"/a/{booked['token']}/data")).status == 200


@only_sqlite()
@pytest.mark.criterion("J12")
async def test_it_can_not_be_asked_for_without_end(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    path = f"/api/v1/appointments/{booked['token']}/data"
    for _ in range(MOST_AN_HOUR):
        assert (await city.client.get(path)).status == 200
    refused = await city.client.get(path)
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0
    city.clock.advance(timedelta(hours=1, seconds=1))
    assert (await city.client.get(path)).status == 200
