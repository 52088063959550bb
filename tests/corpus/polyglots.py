"""B4: files that are two things at once, or called what they are not. The type is told by content, once."""

import zlib
from collections.abc import Callable, Iterator

from tests.corpus.eicar import zipped
from tests.corpus.markup import GIF, HTML, SCRIPT
from tests.corpus.paper import paper, stream
from tests.corpus.picture import heic, photo, small_png
from tests.corpus.sample import BROKEN_WORDS, CANARY, FOREIGN, HEIC, INVALID, JPEG, PDF, PNG, Sample, always
from tests.office.papers import png_chunk

FOREIGN_ENDINGS = ("exe", "html", "htm", "js", "svg", "zip", "xml", "swf", "tar.gz", "bat", "gif")


def samples() -> Iterator[Sample]:
    yield from two_at_once()
    yield from with_zips()
    yield from wrongly_called()


def two_at_once() -> Iterator[Sample]:
    script = b"/*" + CANARY + b"*/" + SCRIPT
    yield Sample("HTML before a PDF", always(HTML + paper()), FOREIGN)
    yield Sample("a blank before a PDF", always(b" " + paper()), FOREIGN)
    yield Sample("MZ before a PDF", always(b"MZ" + bytes(510) + paper()), FOREIGN)
    yield Sample("a GIF before a PDF", always(GIF + paper()), FOREIGN)
    yield Sample("HTML inside a PDF", always(paper(more=[stream(HTML + CANARY)])), PDF)
    yield Sample(
        "HTML behind a PDF", always(paper() + b"%" + HTML.replace(b"\n", b" ") + CANARY + b"\n%%EOF\n"), PDF
    )
    yield Sample("script as a JPEG's comment", lambda: photo(comment=script), JPEG)
    yield Sample("script behind a JPEG", lambda: photo() + script, JPEG)
    yield Sample("HTML as a JPEG's comment", lambda: photo(comment=HTML + CANARY), JPEG)
    yield Sample("PHP as a PNG's text", lambda: small_png(png_chunk(b"tEXt", b"a\0<?php " + CANARY)), PNG)
    yield Sample("script behind a PNG", lambda: small_png() + script, PNG)
    yield Sample("a PDF inside a JPEG", lambda: photo(comment=paper(more=[stream(CANARY)])), JPEG)
    yield Sample("a film behind a JPEG", lambda: photo() + b"\0\0\0\x18ftypmp42" + bytes(900) + CANARY, JPEG)
    yield Sample("a JPEG behind a PNG", lambda: small_png() + photo(comment=CANARY), PNG)
    yield Sample(
        "a PNG behind a PDF's beginning", lambda: b"%PDF-1.7\n" + small_png(), INVALID, words=BROKEN_WORDS
    )
    yield Sample("a PDF's beginning and end", always(b"%PDF-1.7\n%%EOF\n"), INVALID, words=BROKEN_WORDS)


def with_zips() -> Iterator[Sample]:
    archive = zipped(b"class", name="A.class")
    commented = archive[:-2] + (900).to_bytes(2, "little") + bytes(900)
    yield Sample("a GIF that is a JAR", always(GIF + archive), FOREIGN, "a.gif")
    for name, data, called in (
        ("PDF", paper(), "a.pdf"),
        ("JPEG", photo(), "a.jpg"),
        ("PNG", small_png(), "a.png"),
    ):
        yield Sample(f"a {name} that is a ZIP", always(data + archive), FOREIGN, called)
        yield Sample(f"a {name} that is a ZIP with a comment", always(data + commented), FOREIGN, called)
    ended = archive + b"\n%%EOF\n"
    yield Sample("a PDF that is a ZIP that is a PDF", always(paper() + ended), FOREIGN)
    inside = paper(more=[stream(archive)], trailer=b"/Foo(" + b"x" * 3_000 + b")")
    yield Sample("a PDF with a ZIP attached", always(inside), PDF)
    yield Sample("a HEIC that is a ZIP", lambda: heic() + archive, INVALID, "a.heic", BROKEN_WORDS)


def wrongly_called() -> Iterator[Sample]:
    for ending in FOREIGN_ENDINGS:
        yield Sample(f"a PDF called .{ending}", always(paper()), FOREIGN, f"plan.{ending}")
    right: dict[str, tuple[str, str, Callable[[], bytes]]] = {
        "foto.PDF": ("foto.PDF", PDF, paper),
        "foto.jpg": ("foto.pdf", PDF, paper),
        "foto": ("foto.pdf", PDF, paper),
        "foto.pdf": ("foto.jpg", JPEG, photo),
        "foto.jpeg": ("foto.jpeg", JPEG, photo),
        "foto.heic": ("foto.jpg", JPEG, photo),
        "foto.png.jpg": ("foto.png.png", PNG, small_png),
        "foto.hta": ("foto.hta.png", PNG, small_png),
        "foto.v2": ("foto.v2.png", PNG, small_png),
        "IMG_0001.HEIC": ("IMG_0001.HEIC", HEIC, heic),
        "IMG_0002.JPG": ("IMG_0002.heic", HEIC, heic),
    }
    for called, (kept, verdict, make) in right.items():
        yield Sample(f"{verdict} called {called}", make, verdict, called, kept=kept, shown=False)
    raw = zlib.compress(b"x" * 99)
    for called in ("a.pdf", "a.jpg", "a.png", "a.heic"):
        yield Sample(f"noise called {called}", always(raw), FOREIGN, called)
