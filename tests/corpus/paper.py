"""PDFs as programs write them, with a table of where each object is; what is in them is up to the sample."""

import zlib
from collections.abc import Iterable, Sequence
from functools import cache

DRAWING = b"1 0 0 RG 4 w 20 20 m 180 180 l S\n"
FIRST_FREE = 5


def stream(data: bytes, more: bytes = b"") -> bytes:
    """An object with bytes in it."""
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (more, len(data), data)


def deflated(data: bytes, more: bytes = b"") -> bytes:
    return stream(zlib.compress(data, 9), b"/Filter/FlateDecode" + more)


def written(objects: Sequence[bytes], trailer: bytes = b"", version: bytes = b"1.7") -> bytes:
    """The file: objects from number 1 on, the first is the catalogue."""
    out = bytearray(b"%%PDF-%b\n%%\xe2\xe3\xcf\xd3\n" % version)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        table,
    )
    return bytes(out)


def paper(
    *,
    catalog: bytes = b"",
    page: bytes = b"",
    box: tuple[int, int] = (200, 200),
    content: bytes = b"",
    more: Iterable[bytes] = (),
    trailer: bytes = b"",
    version: bytes = b"1.7",
) -> bytes:
    """One page; `catalog` and `page` go into those objects, `more` are objects from number 5 on."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R%b>>" % (*box, page),
        content or stream(DRAWING),
        *more,
    ]
    return written(objects, trailer, version)


def with_attachment(packed: bytes) -> bytes:
    """A paper to which something is attached, not as its last object; `packed` is the whole object with its bytes."""
    names = b"/Names<</EmbeddedFiles<</Names[(a.bin)5 0 R]>>>>"
    return paper(
        catalog=names, more=[b"<</Type/Filespec/F(a.bin)/EF<</F 6 0 R>>>>", packed, stream(bytes(3_000))]
    )


def with_picture(packed: bytes, box: tuple[int, int]) -> bytes:
    """A page that is one picture; `packed` is the whole object."""
    resources = b"/Resources<</XObject<</P 5 0 R>>>>"
    drawn = stream(b"%d 0 0 %d 0 0 cm /P Do" % box)
    return paper(page=resources, box=box, content=drawn, more=[packed])


def picture_object(
    width: int,
    height: int,
    data: bytes,
    *,
    filters: bytes = b"/FlateDecode",
    bits: int = 8,
    colours: bytes = b"Gray",
) -> bytes:
    head = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent %d/ColorSpace/Device%b/Filter%b"
    return stream(data, head % (width, height, bits, colours, filters))


@cache
def packed_zeros(megabytes: int) -> bytes:
    """So many megabytes of nothing as a thousandth of them (RFC 1950)."""
    packer = zlib.compressobj(9)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
