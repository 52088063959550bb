"""B1: EICAR's test file in the open and in what it may be packed into. None of it may be there to download."""

import base64
import binascii
import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator

from tests.corpus.paper import deflated, paper, stream, with_attachment
from tests.corpus.picture import heic, photo, small_png
from tests.corpus.sample import FOREIGN, HEIC, INFECTED, PNG, Sample, always
from tests.neighbours.clamav import EICAR
from tests.office.papers import png_chunk

DEPTHS = range(1, 6)
FILLING = b"1 0 0 RG 4 w 20 20 m 180 180 l S\n"


def zipped(data: bytes, depth: int = 1, name: str = "a.com") -> bytes:
    for level in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name if level == 0 else "a.zip", data)
        data = out.getvalue()
    return data


def office_file(data: bytes) -> bytes:
    """A .docx with a file embedded in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
        archive.writestr("word/embeddings/oleObject1.bin", data)
    return out.getvalue()


def tarred(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("a.com")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def page_of_html(data: bytes) -> bytes:
    return b'<html><body><a href="data:application/x-msdownload;base64,%b">x</a></body></html>' % (
        base64.b64encode(data)
    )


PACKED = {
    "gzip": gzip.compress(EICAR),
    "bzip2": bz2.compress(EICAR),
    "tar": tarred(EICAR),
    "tar.gz": gzip.compress(tarred(EICAR)),
    "a .docx": office_file(EICAR),
}


def samples() -> Iterator[Sample]:
    yield Sample("EICAR plain", always(EICAR), FOREIGN, "eicar.com")
    yield Sample("EICAR called a PDF", always(EICAR), FOREIGN, "eicar.pdf")
    yield Sample("EICAR in base64 in HTML", always(page_of_html(EICAR)), FOREIGN, "seite.html")
    yield Sample("EICAR in xz", always(lzma.compress(EICAR)), FOREIGN, "a.xz")
    for depth in DEPTHS:
        packed = zipped(EICAR, depth)
        yield Sample(f"EICAR in a ZIP of depth {depth}", always(packed), FOREIGN, "a.zip")
        yield Sample(f"EICAR in a ZIP of depth {depth} called a PDF", always(packed), FOREIGN, "a.pdf")
        attached = with_attachment(deflated(packed, b"/Type/EmbeddedFile"))
        yield Sample(f"EICAR in a ZIP of depth {depth} attached to a PDF", always(attached), INFECTED)
    for name, packed in PACKED.items():
        yield Sample(f"EICAR in {name}", always(packed), FOREIGN, "a.bin")
        yield Sample(
            f"EICAR in {name} attached to a PDF", always(with_attachment(deflated(packed))), INFECTED
        )
    yield from in_papers()
    yield from in_pictures()


def in_papers() -> Iterator[Sample]:
    hexed = stream(binascii.hexlify(EICAR) + b">", b"/Filter/ASCIIHexDecode")
    a85 = stream(base64.a85encode(EICAR) + b"~>", b"/Filter/ASCII85Decode")
    yield Sample("EICAR attached to a PDF", always(with_attachment(stream(EICAR))), INFECTED)
    yield Sample("EICAR attached, packed", always(with_attachment(deflated(EICAR))), INFECTED)
    yield Sample("EICAR attached in hexadecimal", always(with_attachment(hexed)), INFECTED)
    yield Sample("EICAR attached in ASCII85", always(with_attachment(a85)), INFECTED)
    yield Sample("EICAR as a page's content", always(paper(content=stream(FILLING + b"%" + EICAR))), INFECTED)
    yield Sample("EICAR as a page's packed content", always(paper(content=deflated(EICAR))), INFECTED)
    yield Sample("EICAR between objects", always(paper(more=[b"(x)", stream(EICAR)])), INFECTED)
    yield Sample("EICAR behind a PDF", always(paper() + b"\n%" + EICAR + b"\n%%EOF\n"), INFECTED)
    for at in (65_500, 262_100, 1_048_500):  # where one piece of an upload ends and the next begins
        name = f"EICAR across a seam at {at}"
        yield Sample(name, always(paper(more=[stream(bytes(at - 420) + EICAR + bytes(900))])), INFECTED)


def in_pictures() -> Iterator[Sample]:
    yield Sample("EICAR as a JPEG's comment", lambda: photo(comment=EICAR), INFECTED, "a.jpg")
    yield Sample("EICAR in EXIF", lambda: photo(exif=b"Exif\0\0" + EICAR), INFECTED, "a.jpg")
    yield Sample("EICAR as a colour profile", lambda: photo(icc_profile=EICAR), INFECTED, "a.jpg")
    yield Sample("EICAR behind a JPEG", lambda: photo() + EICAR, INFECTED, "a.jpg")
    yield Sample("a ZIP of it behind a JPEG", lambda: photo() + zipped(EICAR), FOREIGN, "a.jpg")
    yield Sample(
        "EICAR as a PNG's text", lambda: small_png(png_chunk(b"tEXt", b"a\0" + EICAR)), INFECTED, "a.png"
    )
    yield Sample("EICAR behind a PNG", lambda: small_png() + EICAR, INFECTED, "a.png")
    yield Sample("EICAR in a HEIC's free box", lambda: with_box(heic(), EICAR), INFECTED, "a.heic")
    yield Sample("none of it in a PNG", small_png, PNG)
    yield Sample("none of it in a HEIC", lambda: with_box(heic(), b"nothing"), HEIC)


def with_box(data: bytes, inside: bytes) -> bytes:
    return data + (len(inside) + 8).to_bytes(4, "big") + b"free" + inside
