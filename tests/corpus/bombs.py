"""B2 and B3: small files that want to be very large, or to take for ever. Refused before anything bursts."""

import bz2
import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache, partial

from tests.corpus.eicar import office_file, zipped
from tests.corpus.paper import (
    deflated,
    packed_zeros,
    paper,
    picture_object,
    stream,
    with_attachment,
    with_picture,
    written,
)
from tests.corpus.picture import flat_jpeg, flat_png, heic, photo, png, small_png
from tests.corpus.sample import (
    BROKEN_WORDS,
    COSTLY_WORDS,
    FOREIGN,
    INVALID,
    JPEG,
    LARGE_WORDS,
    PDF,
    PNG,
    UNSCANNED_WORDS,
    Sample,
    always,
)
from tests.neighbours.clamav import EICAR, LARGEST_MB
from tests.office.papers import png_chunk

MEGABYTE = 1_000_000


@cache
def nested_bomb() -> bytes:
    """Sixteen times sixteen archives around one large nothing, after 42.zip."""
    data = zipped(bytes(20 * MEGABYTE))
    for _ in range(2):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(16):
                archive.writestr(f"{number}.zip", data)
        data = out.getvalue()
    return data


@cache
def overlapping_bomb() -> bytes:
    """A hundred entries that share one packed content."""
    one = zipped(bytes(MEGABYTE))
    directory = one.index(b"PK\x01\x02")
    entry = one[directory : one.index(b"PK\x05\x06")]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 100, 100, 100 * len(entry), directory, 0)
    return one[:directory] + entry * 100 + end


def samples() -> Iterator[Sample]:
    yield from archives()
    yield from papers()
    yield from endless_papers()
    yield from pictures()
    yield from beyond_the_scanner()


def archives() -> Iterator[Sample]:
    yield Sample("a ZIP bomb", lambda: zipped(bytes(10 * MEGABYTE)), FOREIGN, "a.zip")
    yield Sample("a nested ZIP bomb", nested_bomb, FOREIGN, "42.zip")
    yield Sample("a nested ZIP bomb called a PDF", nested_bomb, FOREIGN, "42.pdf")
    yield Sample("a ZIP bomb that overlaps", overlapping_bomb, FOREIGN, "a.zip")
    yield Sample("a gzip bomb", lambda: gzip.compress(bytes(10 * MEGABYTE)), FOREIGN, "a.gz")
    yield Sample("a bzip2 bomb", lambda: bz2.compress(bytes(10 * MEGABYTE)), FOREIGN, "a.bz2")
    for name in ("a.docx", "a.xlsx"):
        yield Sample(f"a bomb {name}", lambda: office_file(bytes(10 * MEGABYTE)), FOREIGN, name)
    xml = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%b">' % (97 + n, b"&%c;" % (96 + n) * 10) for n in range(1, 10)
    )
    yield Sample("a billion laughs in SVG", always(xml + b"]><svg>&j;</svg>"), FOREIGN, "a.svg")


def papers() -> Iterator[Sample]:
    zeros = packed_zeros(400)
    head = b"/Filter/FlateDecode"
    yield Sample("a page of 400 MB", always(paper(content=stream(zeros, head))), INVALID, words=COSTLY_WORDS)
    twice = stream(zlib.compress(zeros, 9), b"/Filter[/FlateDecode/FlateDecode]")
    yield Sample("a page of 400 MB, packed twice", always(paper(content=twice)), INVALID, words=COSTLY_WORDS)
    thrice = stream(zlib.compress(zlib.compress(zeros, 9), 9), b"/Filter[%b]" % (b"/FlateDecode" * 3))
    yield Sample(
        "a page of 400 MB, packed thrice", always(paper(content=thrice)), INVALID, words=COSTLY_WORDS
    )
    font = b"/Resources<</Font<</F<</Type/Font/Subtype/TrueType/BaseFont/A/FontDescriptor 5 0 R>>>>>>"
    described = b"<</Type/FontDescriptor/FontName/A/Flags 32/FontFile2 6 0 R>>"
    text = stream(b"BT /F 12 Tf 20 20 Td (A) Tj ET")
    data = paper(page=font, content=text, more=[described, stream(zeros, head)])
    yield Sample("a font of 400 MB", always(data), INVALID)
    endless = paper(page=b"/MediaBox[0 0 9000000 9]")
    yield Sample(
        "an endless page", always(endless.replace(b"/MediaBox[0 0 200 200]", b"")), INVALID, words=LARGE_WORDS
    )
    many = written(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%b]/Count 1000>>" % (b"3 0 R " * 1000),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
        ]
    )
    yield Sample("a thousand pages", always(many), INVALID, words="zu viele Seiten")
    progressive = picture_object(
        9_000, 9_000, flat_jpeg(9_000, 9_000, progressive=True), filters=b"/DCTDecode"
    )
    yield Sample("a page with a JPEG that is held whole", always(with_picture(progressive, (200, 200))), PDF)
    wide = picture_object(20_000, 20_000, zeros, colours=b"Gray")
    yield Sample("a page with a picture of 400 MB", always(with_picture(wide, (200, 200))), PDF)
    fax = picture_object(60_000, 60_000, b"\0" * 99, filters=b"/CCITTFaxDecode", bits=1)
    yield Sample("a page with an endless fax", always(with_picture(fax, (200, 200))), PDF)


def endless_papers() -> Iterator[Sample]:
    forms = [
        stream(
            b"/N Do " * 12,
            b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]/Resources<</XObject<</N %d 0 R>>>>" % (number + 1),
        )
        for number in range(5, 13)
    ]
    line = b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]"
    used = b"/Resources<</XObject<</N 5 0 R>>>>"
    laughs = paper(page=used, content=stream(b"/N Do " * 12), more=[*forms, stream(b"0 0 m 9 9 l S", line)])
    yield Sample("a page of a billion laughs", always(laughs), INVALID, words=COSTLY_WORDS)
    itself = paper(page=used, content=stream(b"/N Do"), more=[stream(b"/N Do", line + used)])
    yield Sample("a page that draws itself", always(itself), PDF)
    loop = written([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"])
    yield Sample("pages that are their own parents", always(loop), INVALID, words=BROKEN_WORDS)
    back = paper()
    at = back.index(b"xref\n0")
    yield Sample("a table that leads to itself", always(paper(trailer=b"/Prev %d" % at)), PDF)
    deep = paper(more=[b"[" * 50_000 + b"]" * 50_000], page=b"/Foo 5 0 R")
    yield Sample("fifty thousand brackets", always(deep), PDF)
    tiles = b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.001/YStep 0.001/Resources<<>>"
    fill = stream(b"/Pattern cs /T scn 0 0 200 200 re f")
    tiled = paper(
        page=b"/Resources<</Pattern<</T 5 0 R>>>>", content=fill, more=[stream(b"0 0 1 1 re f", tiles)]
    )
    yield Sample("a million tiles", always(tiled), INVALID, words=COSTLY_WORDS)


def pictures() -> Iterator[Sample]:
    yield Sample("a PNG of 50,000²", lambda: flat_png(50_000, 50_000), INVALID, "a.png", words=LARGE_WORDS)
    wide = partial(png, 7_200, 7_200, zlib.compress(bytes(99)), colour=2)
    yield Sample("a PNG of 52 MPx in colour", wide, INVALID, "a.png", words=LARGE_WORDS)
    deep = partial(wide, bits=16)
    yield Sample("a PNG of 52 MPx in sixteen bits", deep, INVALID, "a.png", words=LARGE_WORDS)
    yield Sample(
        "a woven PNG of 900 MPx",
        lambda: png(30_000, 30_000, zlib.compress(bytes(99)), colour=6, interlaced=1),
        INVALID,
        "a.png",
        words=LARGE_WORDS,
    )
    yield Sample(
        "the largest PNG there is",
        lambda: png(2**31 - 1, 2**31 - 1, zlib.compress(bytes(99))),
        INVALID,
        "a.png",
        words=LARGE_WORDS,
    )
    yield Sample("a PNG of nothing", lambda: png(0, 0, zlib.compress(b"")), INVALID, "a.png", BROKEN_WORDS)
    yield Sample(
        "a PNG with 400 MB of text",
        lambda: small_png(png_chunk(b"zTXt", b"a\0\0" + packed_zeros(400))),
        INVALID,
        "a.png",
    )
    yield Sample(
        "a PNG with a profile of 400 MB",
        lambda: small_png(png_chunk(b"iCCP", b"a\0\0" + packed_zeros(400))),
        INVALID,
        "a.png",
        BROKEN_WORDS,
    )
    yield Sample("a PNG with more in it than it says", lambda: png(40, 30, packed_zeros(400)), PNG)
    yield Sample("a JPEG of 60,000²", lambda: flat_jpeg(60_000, 60_000), INVALID, "a.jpg", words=LARGE_WORDS)
    yield Sample(
        "a JPEG that is held whole",
        lambda: flat_jpeg(20_000, 20_000, progressive=True),
        INVALID,
        "a.jpg",
        words=LARGE_WORDS,
    )
    yield Sample(
        "a JPEG in nine hundred passes",
        lambda: flat_jpeg(2_000, 2_000, progressive=True, scans=900),
        INVALID,
        "a.jpg",
        BROKEN_WORDS,
    )
    yield Sample("a JPEG narrow and tall", lambda: flat_jpeg(2_399, 65_500), JPEG, shape="high")
    yield Sample("EXIF that leads to itself", lambda: photo(exif=exif_loop()), JPEG)
    yield Sample("a HEIC of 60,000²", lambda: tall_heic(60_000, 60_000), INVALID, "a.heic")
    yield Sample("a HEIC of 16,000²", lambda: tall_heic(16_000, 16_000), INVALID, "a.heic")


def exif_loop() -> bytes:
    """A directory (TIFF 6.0) whose successor it is itself, with a subdirectory that is it too."""
    entry = struct.pack("<HHLL", 0x8769, 4, 1, 8)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + struct.pack("<L", 8)


def tall_heic(width: int, height: int) -> bytes:
    """Says it were so large (`ispe`, ISO/IEC 23008-12 § 6.5.3); the picture inside is small."""
    data = bytearray(heic())
    at = data.find(b"ispe")
    while at >= 0:
        data[at + 8 : at + 16] = struct.pack(">II", width, height)
        at = data.find(b"ispe", at + 4)
    return bytes(data)


def beyond_the_scanner() -> Iterator[Sample]:
    """What nobody looked at to the end is not clean."""
    yield Sample(
        "EICAR behind the scanner's limit",
        lambda: paper(more=[stream(bytes(LARGEST_MB * 1024 * 1024) + EICAR)]),
        INVALID,
        shown=False,
        words=UNSCANNED_WORDS,
    )
    deep = with_attachment(deflated(zipped(EICAR, 25)))
    yield Sample("a ZIP deeper than the scanner goes", always(deep), INVALID, words=UNSCANNED_WORDS)
    yield Sample(
        "a nested bomb attached, that nobody unpacks", lambda: with_attachment(deflated(nested_bomb())), PDF
    )
    huge = with_attachment(
        stream(zlib.compress(packed_zeros(1_200), 9), b"/Filter[/FlateDecode/FlateDecode]")
    )
    yield Sample("a bomb attached, packed twice", always(huge), INVALID, words=UNSCANNED_WORDS)
