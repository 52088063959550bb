"""Anybody can ask whether the city sealed a file: by page and by API; and so can programs of others."""

import asyncio
import io
import subprocess
from pathlib import Path

import pytest
from aiohttp import FormData
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from server.signing.own_seal import make_seal
from server.signing.seal import stamped
from tests.http.signing import begin, sealed_pdf, sealing_city
from tests.office.city import City, MakeCity, only_sqlite

pytestmark = only_sqlite()


@pytest.fixture
async def city(make_city: MakeCity, tmp_path: Path) -> City:
    return await sealing_city(make_city, tmp_path)


def a_form(pdf: bytes) -> FormData:
    form = FormData()
    form.add_field("file", pdf, filename="brief.pdf", content_type="application/pdf")
    return form


async def answer(city: City, pdf: bytes) -> str:
    reply = await city.client.post("/api/v1/seal-checks", data=a_form(pdf))
    body = await reply.json()
    assert reply.status in (200, 422), body
    return str(body.get("answer", "broken"))


@pytest.mark.criterion("C24")
async def test_a_sealed_form_is_told_from_a_changed_one(city: City, tmp_path: Path) -> None:
    signing = await begin(city)
    await signing.read()
    unsealed = await (await city.client.get(f"{signing.own}/pdf")).read()
    assert (await signing.sign(await signing.code())).status == 200
    pdf = await sealed_pdf(signing)
    await others_agree(pdf, tmp_path)
    assert await answer(city, pdf) == "sealed"
    page = await (await city.client.post("/pruefen", data=a_form(pdf))).text()
    assert "Das Siegel stimmt" in page
    assert await answer(city, pdf + b"\n% mehr\n") == "changed"
    assert await answer(city, with_more_to_read(pdf)) == "changed"
    hole = pdf.index(b"/Contents <")
    for at in (100, hole // 2, hole - 20, len(pdf) - 40):
        assert await answer(city, pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]) != "sealed", at
    assert await answer(city, unsealed) == "none"


async def others_agree(pdf: bytes, folder: Path) -> None:
    """pyHanko's validation, and Poppler's pdfsig."""
    seal = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    status = await async_validate_pdf_signature(
        seal, ValidationContext(trust_roots=[seal.signer_cert], allow_fetching=False)
    )
    assert status.bottom_line
    assert seal.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    file = folder / "besiegelt.pdf"
    file.write_bytes(pdf)
    pdfsig = await asyncio.create_subprocess_exec("pdfsig", "-nocert", str(file), stdout=subprocess.PIPE)
    said, _ = await pdfsig.communicate()
    assert b"Signature is Valid" in said
    assert b"Total document signed" in said


def with_more_to_read(pdf: bytes) -> bytes:
    """An update appended as PDF allows it, that shows another first page."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


async def test_somebody_elses_seal_is_foreign_until_it_is_known_as_an_earlier_one(
    city: City, make_city: MakeCity, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    from server.signing.desk import Sheet, print_pdf
    from server.signing.show import page

    sheet = Sheet("Brief", (), ("Guten Tag.",), "Max", "1", "Anderswo")
    printed = await print_pdf(page(sheet), "Unterschrift: Max")
    pdf = await stamped(city.office.signing, printed.pdf)
    other = tmp_path / "anderes.p12"
    make_seal(other, "Anderes Siegel", "geheim", city.now)
    elsewhere = await make_city(seal_file=other, seal_password="geheim")
    assert await answer(elsewhere, pdf) == "foreign"
    certificate = load_pkcs12((tmp_path / "siegel.p12").read_bytes(), b"geheim").cert
    assert certificate
    known = tmp_path / "frueher.pem"
    known.write_bytes(certificate.certificate.public_bytes(Encoding.PEM))
    later = await make_city(seal_file=other, seal_password="geheim", seal_earlier=known)
    assert await answer(later, pdf) == "sealed"


@pytest.mark.parametrize(
    "data", [b"", b"no PDF", b"%PDF-1.7\n" + b"\xff" * 4_000, b"%PDF-1.7\ntrailer<</Root 1 0 R>>"]
)
async def test_what_is_no_pdf_is_told_in_words(city: City, data: bytes) -> None:
    reply = await city.client.post("/api/v1/seal-checks", data=a_form(data))
    assert reply.status == 422
    shown = await city.client.post("/pruefen", data=a_form(data))
    assert shown.status == 422
    assert "Das ist keine PDF-Datei" in await shown.text()


async def test_a_file_that_is_too_large_is_refused(city: City) -> None:
    reply = await city.client.post("/api/v1/seal-checks", data=a_form(b"%PDF-1.7\n" + bytes(10_000_001)))
    assert reply.status == 413
