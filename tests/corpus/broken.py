"""B4: files that are empty, cut off anywhere, or say of themselves what is not so."""

from collections.abc import Callable, Iterator

from tests.corpus.paper import DRAWING, deflated, paper, stream
from tests.corpus.picture import heic, photo, small_png
from tests.corpus.sample import BROKEN_WORDS, FOREIGN, INVALID, JPEG, PDF, PNG, Sample, always

CUTS = 8


def samples() -> Iterator[Sample]:
    yield Sample("an empty file", always(b""), INVALID, words="leer")
    for length in (1, 4, 8, 11):
        yield Sample(f"{length} bytes of a PDF", always(paper()[:length]), FOREIGN)
    yield from cut(".pdf", lambda: paper(content=deflated(DRAWING * 40)))
    yield from cut(".jpg", lambda: photo(200, 150))
    yield from cut(".png", small_png)
    yield from cut(".heic", heic)
    yield from untrue()


def cut(ending: str, make: Callable[[], bytes]) -> Iterator[Sample]:
    """Between its first bytes and the last; the last marks the end of some kinds, so some are a few bytes short."""
    whole = make()
    places = {max(len(whole) * part // CUTS, 16) for part in range(1, CUTS)} | {len(whole) - 9}
    for place in sorted(places):
        name = f"{ending} cut off at {place} of {len(whole)}"
        yield Sample(name, always(whole[:place]), INVALID, f"a{ending}", BROKEN_WORDS)


def untrue() -> Iterator[Sample]:
    """Readers mend much of a PDF: what they can show is shown, in the same child."""
    page = paper()
    yield Sample("a PDF whose table is elsewhere", always(page.replace(b"startxref\n", b"startxref\n9")), PDF)
    yield Sample("a stream that says it were longer", always(page.replace(b"/Length 3", b"/Length 9")), PDF)
    yield Sample(
        "a PDF without pages", always(page.replace(b"/Kids[3 0 R]", b"/Kids[]")), INVALID, words=BROKEN_WORDS
    )
    yield Sample(
        "a PDF without a catalogue", always(page.replace(b"/Root 1", b"/Root 9")), INVALID, words=BROKEN_WORDS
    )
    yield Sample("a PDF with junk behind", always(page + b"\0" * 600), PDF)
    yield Sample("a PDF with much junk behind", always(page + b"\0" * 2_000), INVALID, words=BROKEN_WORDS)
    junk = paper(content=stream(b"\xff\0(" * 500))
    yield Sample("a page of noise", always(junk), PDF)
    turned = photo().replace(b"\xff\xdb\0\x43", b"\xff\xdb\0\x44", 1)
    yield Sample("a JPEG whose table is too long", always(turned), INVALID, "a.jpg", BROKEN_WORDS)
    frameless = photo().replace(b"\xff\xc0", b"\xff\xe9", 1)
    yield Sample("a JPEG without a frame", always(frameless), INVALID, "a.jpg", BROKEN_WORDS)
    flipped = bytearray(small_png())
    flipped[-20] ^= 1
    yield Sample("a PNG with a wrong check sum", always(bytes(flipped)), INVALID, "a.png", BROKEN_WORDS)
    yield Sample("a PNG without data", dataless, INVALID, "a.png", BROKEN_WORDS)
    yield Sample("a JPEG with noise in its scan", lambda: noisy(photo()), JPEG)
    yield Sample("a PNG with bytes behind", lambda: small_png() + b"\n", PNG)


def dataless() -> bytes:
    whole = small_png()
    return whole[: whole.index(b"IDAT") - 4] + whole[whole.index(b"IEND") - 4 :]


def noisy(data: bytes) -> bytes:
    middle = len(data) * 3 // 4
    return data[:middle] + b"\x55\xaa" * 10 + data[middle + 20 :]
