"""Files are told by what is in them, not by what they are called."""

import struct
import zlib

import pytest

from server.documents.content import Inspector
from server.documents.names import clean_name, named_truly, refuse_foreign_extension
from server.errors import BadInput, TypeNotAllowed

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)
_THUMBNAIL = b"\xff\xd8\xff\xd9"
JPEG = (
    b"\xff\xd8\xff\xe1"
    + struct.pack(">H", 2 + len(_THUMBNAIL))
    + _THUMBNAIL
    + b"\xff\xda\x00\x04\x01\x00"
    + b"\x12\xff\x00\x34\xff\xd0\x56"
    + b"\xff\xff\xd9"
)
GOOD = {"application/pdf": PDF, "image/png": PNG, "image/jpeg": JPEG}


def inspected(data: bytes, step: int) -> str:
    inspector = Inspector()
    for start in range(0, len(data), step):
        inspector.feed(data[start : start + step])
    return inspector.finish()


@pytest.mark.criterion("D03")
@pytest.mark.parametrize("step", [1, 2, 3, 7, 10_000])
@pytest.mark.parametrize(("media_type", "data"), GOOD.items())
def test_allowed_kinds_are_recognised_however_they_are_cut_up(
    media_type: str, data: bytes, step: int
) -> None:
    assert inspected(data, step) == media_type


@pytest.mark.parametrize("step", [1, 3, 10_000])
@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD)
def test_a_file_cut_anywhere_is_refused(data: bytes, step: int) -> None:
    for end in range(len(data) - 6):
        with pytest.raises((BadInput, TypeNotAllowed)):
            inspected(data[:end], step)


def test_what_a_camera_appends_to_a_photo_is_accepted() -> None:
    assert inspected(JPEG + b"ftypmp42" * 1000, 999) == "image/jpeg"


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0" * 100,
        b"<html><script>alert(1)</script>" + PDF,
        b"GIF89a" + b"\0" * 50,
        b"PK\x03\x04" + b"\0" * 50,
        b"%PDF",
        b"%PDF-x.y" + b"\0" * 50,
        b"\n" + PDF,
        PDF + b"PK\x05\x06" + b"\0" * 18,
        b"\0",
    ],
)
@pytest.mark.criterion("D03")
def test_other_kinds_are_refused_whatever_they_hold(data: bytes) -> None:
    with pytest.raises(TypeNotAllowed):
        inspected(data, 1000)


def test_an_empty_file_is_refused_in_words_of_its_own() -> None:
    with pytest.raises(BadInput, match="leer"):
        inspected(b"", 1)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\plan.pdf", "plan.pdf"),
        ("%2e%2e%2fplan.pdf", "%2e%2e%2fplan.pdf"),
        ("plan\0.pdf\r\nSet-Cookie: x=1", "plan.pdfSet-Cookie_ x=1"),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("CON.pdf", "_CON.pdf"),
        ("..", "Datei"),
        ("", "Datei"),
        (" . ", "Datei"),
        ("Grundriß 2. OG.pdf", "Grundriß 2. OG.pdf"),
        ("Gru\u0308n.pdf", "Grün.pdf"),
        ("平面图.pdf", "平面图.pdf"),
        ("می‌خواهم.pdf", "می‌خواهم.pdf"),
        ("plan\ud800.pdf", "plan.pdf"),
        ('a<b>"c|?*.pdf', "a_b__c___.pdf"),
    ],
)
def test_names_of_any_script_become_harmless(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


@pytest.mark.parametrize("letter", ["a", "ü", "图", "🏠", "ب"])
def test_a_name_of_4000_letters_is_shortened_with_its_extension(letter: str) -> None:
    name = clean_name(letter * 4000 + ".pdf")
    assert len(name) == 200
    assert name.endswith(f"{letter}.pdf")


@pytest.mark.parametrize(
    "name", ["plan.exe", "plan.html", "plan.pdf.JS", "plan.svg", "plan.zip", "plan.tar.gz"]
)
def test_a_name_that_claims_a_foreign_type_is_refused(name: str) -> None:
    with pytest.raises(TypeNotAllowed):
        refuse_foreign_extension(name)


@pytest.mark.parametrize(
    ("name", "media_type", "true"),
    [
        ("plan.pdf", "application/pdf", "plan.pdf"),
        ("PLAN.PDF", "application/pdf", "PLAN.PDF"),
        ("foto.jpg", "image/png", "foto.png"),
        ("foto.JPEG", "image/jpeg", "foto.JPEG"),
        ("scan", "application/pdf", "scan.pdf"),
        ("Plan 1.2", "application/pdf", "Plan 1.2.pdf"),
        ("x" * 200, "image/png", "x" * 196 + ".png"),
    ],
)
def test_a_stored_name_fits_the_content(name: str, media_type: str, true: str) -> None:
    refuse_foreign_extension(name)
    assert named_truly(name, media_type) == true
