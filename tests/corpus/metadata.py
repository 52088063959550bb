"""B8: what pictures and papers say of whoever made them, where and when. No rendering repeats it."""

import io
import zlib
from collections.abc import Iterator
from functools import partial

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.corpus.paper import paper, stream
from tests.corpus.picture import encoded, heic, photo, scene, small_png
from tests.corpus.sample import CANARY, HEIC, JPEG, PDF, PNG, Sample, always
from tests.office.papers import png_chunk

XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><r>%b</r></x:xmpmeta>" % CANARY
PROFILE = CANARY.ljust(128, b"\0")


def exif(orientation: int = 1) -> bytes:
    """Camera, place and time, and a remark."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = CANARY.decode()
    data[0x013B] = CANARY.decode()
    data.get_ifd(0x8825).update(
        {1: "N", 2: (47.0, 43.0, 33.0), 3: "E", 4: (10.0, 18.0, 49.0), 29: CANARY.decode()}
    )
    data.get_ifd(0x8769).update({0x9003: "2027:03:01 08:00:00", 0x9286: CANARY, 0xA431: CANARY.decode()})
    return data.tobytes()


def turned_photo(orientation: int) -> bytes:
    return photo(exif=exif(orientation))


def samples() -> Iterator[Sample]:
    for orientation in range(1, 9):
        shape = "wide" if orientation < 5 else "high"
        make = partial(turned_photo, orientation)
        yield Sample(f"a photo turned {orientation}, with place and time", make, JPEG, shape=shape)
    yield Sample("a photo with XMP", lambda: photo(xmp=XMP), JPEG)
    yield Sample("a photo with a colour profile", lambda: photo(icc_profile=PROFILE), JPEG)
    yield Sample("a photo with IPTC", lambda: photo(extra=iptc()), JPEG)
    yield Sample("a photo with a thumbnail", lambda: photo(exif=exif() + photo(comment=CANARY)[:9_000]), JPEG)
    yield Sample("a HEIC with place and time", lambda: heic(exif=exif()), HEIC)
    yield Sample("a HEIC with XMP", lambda: heic(xmp=XMP), HEIC)
    yield Sample("a PNG with texts", worded_png, PNG)
    yield Sample(
        "a PNG with a packed text",
        lambda: small_png(png_chunk(b"zTXt", b"a\0\0" + zlib.compress(CANARY))),
        PNG,
    )
    yield Sample("a PNG with EXIF", lambda: encoded(scene(40, 30), "PNG", exif=exif()), PNG)
    yield Sample("a PNG with a profile", lambda: encoded(scene(40, 30), "PNG", icc_profile=PROFILE), PNG)
    author = b"/Info<</Author(%b)/Creator(%b)/CreationDate(D:20270301)>>" % (CANARY, CANARY)
    yield Sample("a PDF with an author", always(paper(trailer=author)), PDF)
    described = paper(catalog=b"/Metadata 5 0 R", more=[stream(XMP, b"/Type/Metadata/Subtype/XML")])
    yield Sample("a PDF with XMP", always(described), PDF)
    yield Sample("a PDF with what was there before", always(earlier()), PDF)


def iptc() -> bytes:
    """An APP13 segment as picture agencies write it."""
    field = b"\x1c\x02\x50" + len(CANARY).to_bytes(2, "big") + CANARY
    block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + len(field).to_bytes(4, "big") + field
    return b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block


def worded_png() -> bytes:
    words = PngInfo()
    words.add_text("Author", CANARY.decode())
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return encoded(scene(40, 30), "PNG", pnginfo=words)


def earlier() -> bytes:
    """Changed by adding to it: the older page is still in the file."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper())) as pdf:
        pdf.save(out)
    return paper(more=[stream(CANARY)]) + out.getvalue()
