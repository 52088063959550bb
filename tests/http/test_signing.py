"""A form is read together, signed with a one-time code, and sealed: every step, and what is refused."""

import hashlib
import io
import re
from datetime import timedelta
from math import ceil, floor
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import ImageChops
from sqlalchemy import select

from server.audit import AuditRow
from server.signing.model import FormRow
from tests.http.signing import FIELDS, begin, sealed_pdf, sealing_city
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.outbox import mails

FOOT = 80  # points: the line with the number of pages


@pytest.fixture
async def city(make_city: MakeCity, tmp_path: Path) -> City:
    return await sealing_city(make_city, tmp_path)


def words_in(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))


def differences(read: bytes, sealed: bytes) -> list[str]:
    """Where pages that were read look or say otherwise once sealed; beside the signature and the number of pages."""
    before, after = pypdfium2.PdfDocument(read), pypdfium2.PdfDocument(sealed)
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        left, bottom, right, top = (float(edge) for edge in pdf.Root.AcroForm.Fields[0].Rect)
    different = []
    for number in range(len(before)):
        was, now = (document[number] for document in (before, after))
        texts = [
            re.sub(r"Seite (\d+) von \d+", r"Seite \1", page.get_textpage().get_text_range())
            for page in (was, now)
        ]
        different += [f"page {number} says otherwise"] if texts[0] != texts[1] else []
        apart = ImageChops.difference(
            was.render().to_pil().convert("RGB"), now.render().to_pil().convert("RGB")
        )
        apart.paste(0, (0, apart.height - FOOT, apart.width, apart.height))
        if number == len(before) - 1:
            apart.paste(0, (floor(left), apart.height - ceil(top), ceil(right), apart.height - floor(bottom)))
        different += [f"page {number} looks otherwise: {box}"] if (box := apart.getbbox()) else []
    return different


@pytest.mark.criterion("C24")
async def test_a_form_is_read_signed_with_a_code_and_sealed(city: City) -> None:
    signing = await begin(city)
    assert signing.form["status"] == "prepared"
    form = await signing.read()
    read = await (await city.client.get(f"{signing.own}/pdf")).read()
    assert hashlib.sha256(read).hexdigest() == form["hash"]
    assert (await (await signing.clerk.get(signing.office)).json())["status"] == "reading"
    code = await signing.code()
    told = await (await signing.clerk.get(signing.office)).json()
    assert (told["status"], told["to"]) == ("code-sent", "e•••@example.org")
    answer = await signing.sign(code)
    assert (await answer.json())["status"] == "signed", await answer.text()
    pdf = await sealed_pdf(signing)
    text = words_in(pdf)
    for said in ("DE89 3704 0044 0532 0130 00", "Protokoll der Unterschrift", "e•••@example.org"):
        assert said in text, said
    assert "nicht festgestellt" in text
    assert form["hash"] in "".join(text.split())
    assert "erika@example.org" not in text
    inside = pikepdf.open(io.BytesIO(pdf))
    assert bytes(inside.attachments["gelesen.pdf"].get_file().read_bytes()) == read
    assert differences(read, pdf) == []
    subjects = [str(mail["Subject"]) for mail in await mails(city)]
    assert len(subjects) == 3
    assert not any("SEPA" in subject for subject in subjects)


def wrong_ones(code: str) -> list[str]:
    return [f"{(int(code) + step) % 1_000_000:06d}" for step in range(1, 6)]


async def kind(answer: Any) -> tuple[int, str]:
    return answer.status, str((await answer.json())["type"]).rpartition(":")[2]


@only_sqlite()
async def test_five_wrong_codes_and_the_right_one_is_dead(city: City) -> None:
    signing = await begin(city)
    await signing.read()
    code = await signing.code()
    for wrong in wrong_ones(code):
        assert await kind(await signing.sign(wrong)) == (422, "wrong-code")
    assert await kind(await signing.sign(code)) == (410, "code-over")
    assert await kind(await signing.ask_code()) == (429, "too-many-codes")
    city.clock.advance(timedelta(seconds=31))
    fresh = await signing.code()
    assert fresh != code
    city.clock.advance(timedelta(minutes=10, seconds=1))
    assert await kind(await signing.sign(fresh)) == (410, "code-over")
    for _ in range(3):
        assert (await signing.ask_code()).status == 202
        city.clock.advance(timedelta(seconds=31))
    assert await kind(await signing.ask_code()) == (429, "too-many-codes")


@only_sqlite()
async def test_a_changed_form_is_another_one(city: City) -> None:
    signing = await begin(city)
    old = await signing.read()
    code = await signing.code()
    changed = await signing.clerk.put(signing.office, json={"fields": {**FIELDS, "purpose": "Grundsteuer"}})
    new = await changed.json()
    assert (new["version"], new["status"]) == (2, "prepared")
    assert new["hash"] != old["hash"]
    assert await kind(await signing.sign(code)) == (409, "form-changed")
    assert await kind(await signing.ask_code(version=1)) == (409, "form-changed")
    await signing.read()
    assert await kind(await signing.sign(code)) == (410, "code-over")
    city.clock.advance(timedelta(seconds=31))
    fresh = await signing.code()
    assert await kind(await signing.sign(fresh, hash=old["hash"])) == (409, "form-changed")
    assert (await signing.sign(fresh)).status == 200
    late = await signing.clerk.put(signing.office, json={"fields": FIELDS})
    assert await kind(late) == (409, "form-changed")
    assert await kind(await signing.clerk.delete(signing.office)) == (409, "form-changed")
    assert await kind(await city.client.delete(signing.own)) == (409, "form-changed")
    assert "Grundsteuer" in words_in(await sealed_pdf(signing))


@only_sqlite()
async def test_what_is_no_signature_is_refused_in_words(city: City) -> None:
    signing = await begin(city)
    await signing.read()
    code = await signing.code()
    odd: list[dict[str, Any]] = [
        {"read": False},
        {"lines": [[1, 1, 2, 2]]},
        {"lines": [[0, 0, 1501, 0]]},
        {"lines": [[0, 0, 10]]},
        {"lines": [[0, 0, 1500, 500]], "name": "Erika"},
        {"name": "12"},
        {"name": "a\u202eb"},
        {"lines": [[0, 0] * 2_001]},
        {"lines": [[0, 0, 9, 9]] * 81},
        {"code": "12345"},
        {"hash": "x"},
    ]
    for change in odd:
        assert (await signing.sign(code, **change)).status == 422, change
    assert (await signing.sign(code, name="Erika Musterfrau")).status == 200
    assert "Erika Musterfrau (mit der Tastatur eingegeben)" in words_in(await sealed_pdf(signing))


@only_sqlite()
async def test_fields_are_checked_and_each_wrong_one_is_named(city: City) -> None:
    signing = await begin(city)
    wrong = {
        "holder": "",
        "address": "x\u0007",
        "iban": "DE88370400440532013000",
        "reference": "1",
        "more": "?",
    }
    answer = await signing.clerk.post(
        f"{signing.desk}/forms", json={"blank": "sepa-lastschrift", "fields": wrong}
    )
    named = {one["field"] for one in (await answer.json())["errors"]}
    assert (answer.status, named) == (422, {"holder", "address", "iban", "purpose", "more"})
    unknown = await signing.clerk.post(f"{signing.desk}/forms", json={"blank": "nix", "fields": {}})
    assert unknown.status == 404


@only_sqlite()
async def test_who_will_not_sign_and_what_was_withdrawn(city: City) -> None:
    signing = await begin(city)
    await signing.read()
    code = await signing.code()
    assert (await city.client.delete(signing.own)).status == 204
    assert (await city.client.delete(signing.own)).status == 204
    assert (await signing.read())["status"] == "refused"
    assert await kind(await signing.sign(code)) == (409, "form-changed")
    assert (await city.client.get(f"{signing.own}/pdf")).status == 404
    made = await signing.clerk.post(
        f"{signing.desk}/forms", json={"blank": "sepa-lastschrift", "fields": FIELDS}
    )
    signing.form = await made.json()
    assert (await signing.clerk.delete(signing.office)).status == 204
    assert (await signing.read())["status"] == "withdrawn"
    made = await signing.clerk.post(
        f"{signing.desk}/forms", json={"blank": "sepa-lastschrift", "fields": FIELDS}
    )
    signing.form = await made.json()
    city.clock.advance(timedelta(days=7, seconds=1))
    assert (await signing.read())["status"] == "expired"
    assert await kind(await signing.ask_code()) == (409, "form-changed")


@only_sqlite()
async def test_the_code_goes_by_text_message_when_only_a_mobile_is_known_and_nowhere_without(
    city: City,
) -> None:
    signing = await begin(city, email=None, phone="0171 2345678")
    assert (await signing.read())["to"] == "+49 ••• 678"
    assert (await signing.ask_code()).status == 202
    await mails(city)
    texts = [path.read_text() for path in (city.settings.data_dir / "sms").glob("*.txt")]
    assert len(texts) == 1
    assert "ist Ihr Code" in texts[0]
    lost = await begin(city, email=None, phone="0831 123456")
    assert "to" not in await lost.read()
    assert await kind(await lost.ask_code()) == (409, "no-contact")


@only_sqlite()
async def test_nothing_of_form_or_code_is_in_the_open(city: City) -> None:
    """Neither in the database nor with the clerk; and the signature goes with the case."""
    signing = await begin(city)
    await signing.read()
    code = await signing.code()
    assert code not in await (await signing.clerk.get(signing.office)).text()
    assert (await signing.sign(code, name="Erika Canary")).status == 200
    file = Path(str(city.office.db.url.database))
    for beside in (file, file.with_name(f"{file.name}-wal")):
        raw = beside.read_bytes() if beside.exists() else b""
        assert not any(word in raw for word in (b"Canary", b"DE89", b"Hundesteuer", code.encode()))
    city.clock.advance(timedelta(days=60))
    from server.documents.delete import sweep

    await sweep(city.office.db, city.office.store, city.now)
    async with city.office.db.read() as tx:
        assert not list(await tx.scalars(select(FormRow.id)))
        actions = set(
            await tx.scalars(select(AuditRow.action).where(AuditRow.object_id == signing.form["id"]))
        )
    assert {"form.prepared", "form.code-sent", "form.signed"} <= actions


@only_sqlite()
async def test_without_a_seal_nothing_can_be_signed(make_city: MakeCity) -> None:
    city = await make_city()
    booked = await city.book("bauberatung", "video")
    clerk = await city.sign_in("clerk1")
    desk = f"/api/v1/office/appointments/{await city.id_of(booked)}/forms"
    answer = await clerk.post(desk, json={"blank": "sepa-lastschrift", "fields": FIELDS})
    assert await kind(answer) == (409, "no-seal")


@only_sqlite()
async def test_what_is_read_and_what_is_sealed_is_accessible_pdf(city: City) -> None:
    signing = await begin(city)
    await signing.read()
    read = await (await city.client.get(f"{signing.own}/pdf")).read()
    assert (await signing.sign(await signing.code())).status == 200
    for pdf in (read, await sealed_pdf(signing)):
        check_accessible(pikepdf.open(io.BytesIO(pdf)), figures=int(pdf is not read))


def check_accessible(pdf: pikepdf.Pdf, figures: int) -> None:
    """PDF/UA-1: tagged, with language and title, every figure and field named, every font inside."""
    root = pdf.Root
    assert (str(root.Lang), bool(root.MarkInfo.Marked)) == ("de-DE", True)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "SEPA-Lastschriftmandat"
        assert metadata["pdfuaid:part"] == "1"
    field = root.AcroForm.Fields[0]
    assert str(field.TU).startswith("Unterschrift: Erika Musterfrau")
    elements = [
        one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one and "/P" in one
    ]
    kinds = [str(one.S) for one in elements]
    assert {"/H1", "/P", "/Table", "/TH", "/Form"} <= set(kinds)
    drawings = [one for one in elements if str(one.S) == "/Figure"]
    assert [str(one.Alt) for one in drawings] == ["Unterschrift, von Hand gezeichnet"] * figures
    fonts = [
        one
        for one in pdf.objects
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
    ]
    assert fonts
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
