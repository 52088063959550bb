"""Small real files as citizens send them: a PDF, a JPEG, a PNG, of any size; what is in them is up to the test."""

import struct
import zlib

PAGE = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<<>>>>endobj\n"
HEAD = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    + PAGE
)
TAIL = b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF\n"


def a_pdf(inside: bytes = b"") -> bytes:
    """One page; `inside` lies in it in the open, as an object that nothing refers to."""
    content = b"4 0 obj<</Length 24>>stream\n1 0 0 RG 20 20 m 180 180 l S\nendstream endobj\n"
    extra = (
        b"5 0 obj<</Length %d>>stream\n" % len(inside) + inside + b"\nendstream endobj\n" if inside else b""
    )
    return HEAD + content + extra + TAIL


def a_pdf_with_script() -> bytes:
    """One page, and a script that nothing calls."""
    script = b"6 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj\n"
    return a_pdf().replace(TAIL, script + TAIL)


def a_pdf_of(size: int, canary: bytes = b"paper ") -> bytes:
    """A PDF of exactly `size` bytes that says the canary again and again."""
    data = b""
    room = size - len(a_pdf(b"x")) - 12
    for length in range(room + 12, room - 12, -1):
        inside = (canary * (length // len(canary) + 1))[: max(length, 1)]
        data = a_pdf(inside)
        if len(data) == size:
            return data
    raise ValueError(f"no PDF has {size} bytes")


def a_png(width: int = 40, height: int = 30) -> bytes:
    """A grey picture."""
    rows = (b"\0" + b"\x80" * width) * height
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, data) for name, data in parts)


def png_chunk(name: bytes, data: bytes) -> bytes:
    """A piece of a PNG with its check sum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def a_jpeg(width: int = 40, height: int = 30, **more: object) -> bytes:
    """A picture without anything in its metadata; `more` goes to Pillow's encoder."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, "JPEG", **more)
    return out.getvalue()


def a_pdf_with_pages(count: int) -> bytes:
    """So many empty square pages."""
    import io

    import pikepdf

    pdf, out = pikepdf.new(), io.BytesIO()
    for _ in range(count):
        pdf.add_blank_page(page_size=(400, 400))
    pdf.save(out)
    return out.getvalue()
