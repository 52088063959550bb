"""B10: what citizens really send. Every one of them is taken and can be looked at."""

import io
import zlib
from collections.abc import Iterator
from functools import cache, partial

import pikepdf
from PIL import Image

from tests.corpus.active import saved
from tests.corpus.metadata import exif
from tests.corpus.paper import deflated, paper, picture_object, with_picture
from tests.corpus.picture import encoded, flat_jpeg, flat_png, heic, photo, scene
from tests.corpus.sample import HEIC, JPEG, PDF, PNG, Sample, always

A0 = (2384, 3370)
A0_AT_600 = (19_866, 28_087)
SCAN_PAGES = 30


def samples() -> Iterator[Sample]:
    yield from photos()
    yield from shots()
    yield from plans()
    yield from writings()


def photos() -> Iterator[Sample]:
    yield Sample("a photo of 12 MPx", lambda: photo(4032, 3024, exif=exif(6)), JPEG, shape="high")
    yield Sample(
        "a photo of 12 MPx in passes", lambda: photo(4032, 3024, progressive=True), JPEG, shape="wide"
    )
    yield Sample("a photo of 48 MPx", lambda: photo(8064, 6048), JPEG, shape="wide")
    yield Sample("a photo of 200 MPx", lambda: flat_jpeg(16_320, 12_240), JPEG, shape="wide")
    yield Sample("a panorama", lambda: photo(12_000, 1_200), JPEG, shape="wide")
    yield Sample("a HEIC of 3 MPx", lambda: heic(2016, 1512), HEIC, shape="wide")
    yield Sample("a grey photo", lambda: encoded(scene(400, 300, "L"), "JPEG"), JPEG, shape="wide")
    yield Sample("a photo for printing", lambda: encoded(scene(400, 300, "CMYK"), "JPEG"), JPEG, shape="wide")
    yield Sample("a photo in full colour", lambda: photo(subsampling=0, quality=98), JPEG, shape="wide")


def shot(mode: str) -> bytes:
    return encoded(scene(585, 1_266, mode), "PNG")


def shots() -> Iterator[Sample]:
    for mode in ("RGBA", "RGB", "LA", "L", "P", "1"):
        make = partial(shot, mode)
        yield Sample(f"a screenshot in {mode}", make, PNG, shape="high")
    yield Sample(
        "a PNG of sixteen bits",
        lambda: encoded(Image.new("I;16", (300, 400), 9_000), "PNG"),
        PNG,
        shape="high",
    )
    yield Sample("a woven PNG", lambda: flat_png(30, 40, bits=8, interlaced=0), PNG, shape="high")
    yield Sample("a plan of A0 at 300 dpi as PNG", lambda: flat_png(9_933, 14_043, bits=1), PNG, shape="high")


def plans() -> Iterator[Sample]:
    yield Sample("a plan of A0 in lines", always(drawn_plan()), PDF, shape="high")
    yield Sample("a plan of A0, scanned at 600 dpi", scanned_plan, PDF, shape="high")
    yield Sample("a plan of A0, grey at 600 dpi", grey_plan, PDF, shape="high")
    yield Sample("a plan of A0 as JPEG", lambda: flat_jpeg(*A0_AT_600), JPEG, shape="high")


def scanned_plan() -> bytes:
    width, height = A0_AT_600
    packed = zlib.compress(bytes((width + 7) // 8 * height), 1)
    return with_picture(picture_object(width, height, packed, bits=1), A0)


def grey_plan() -> bytes:
    return with_picture(picture_object(*A0_AT_600, flat_jpeg(*A0_AT_600), filters=b"/DCTDecode"), A0)


@cache
def drawn_plan() -> bytes:
    """Twenty thousand lines, as programs for architects write them."""
    lines = [b"%d %d m %d %d l S" % (n % 2384, n % 3370, n * 7 % 2384, n * 13 % 3370) for n in range(20_000)]
    return paper(box=A0, content=deflated(b"0.5 w\n" + b"\n".join(lines)))


@cache
def scan() -> bytes:
    """Thirty pages of grey pictures, as a scanner in a copy shop makes them."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for number in range(SCAN_PAGES):
            page = photo(1_654, 2_339, quality=30 + number % 3)
            with pikepdf.open(io.BytesIO(with_picture(picture_object(
                1_654, 2_339, page, filters=b"/DCTDecode", colours=b"RGB"), (595, 842)))) as one:  # fmt: skip
                pdf.pages.extend(one.pages)
        pdf.save(out)
    return out.getvalue()


def writings() -> Iterator[Sample]:
    yield Sample("a scan of thirty pages", scan, PDF, pages=SCAN_PAGES, shape="high")
    for version in (b"1.3", b"1.4", b"1.5", b"1.6", b"2.0"):
        yield Sample(f"a PDF {version.decode()}", always(paper(version=version)), PDF)
    yield Sample(
        "a PDF of packed objects", lambda: saved(object_stream_mode=pikepdf.ObjectStreamMode.generate), PDF
    )
    yield Sample("a PDF for the web", lambda: saved(linearize=True), PDF)
    yield Sample(
        "a page lying on its side", always(paper(page=b"/Rotate 90", box=(595, 842))), PDF, shape="wide"
    )
    yield Sample("a wide page", always(paper(box=(842, 595))), PDF, shape="wide")
    yield Sample("a receipt", always(paper(box=(200, 2_000))), PDF, shape="high")
    yield Sample("a PDF changed afterwards", always(paper() + saved()), PDF)
    yield Sample("a PDF with lines of Windows", always(paper() + b"\r\n\r\n"), PDF)
