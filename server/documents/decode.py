"""The program that looks into citizens' files: a child without network, run by `sandbox.py`, that imports nothing of the office.

    decode.py check TYPE           ► JSON {"pages", "active"}
    decode.py page  TYPE N WIDTH   ► the page as PNG

The file comes in on standard input and is never written anywhere. Exit code 0; 3: refused, standard output is the
reason's key. Anything else (killed, out of memory, crashed) is for the parent to judge.
"""

import io
import json
import re
import sys
import warnings
import zlib
from pathlib import Path
from typing import Any, Final

REFUSED: Final = 3
MOST_PAGES: Final = 300
MOST_PIXELS: Final = 650_000_000
MOST_UNPACKED: Final = 196_000_000  # 49 million pixels in colour, four times that in one
BYTES_OF_A_PIXEL: Final = {"L": 1, "P": 1, "1": 1, "I;16": 3}
COEFFICIENTS: Final = 6  # bytes per pixel of a JPEG that comes in several passes: all of it is held
SECONDS: Final = 10
WHILE_READING_MB: Final = 2_600
TO_WORK_WITH_MB: Final = {"application/pdf": 225, "image/jpeg": 225, "image/png": 225, "image/heic": 500}
FORMATS: Final = {"image/jpeg": ["JPEG"], "image/png": ["PNG"], "image/heic": ["HEIF"]}
MOST_POINTS: Final = 20_000
LOOKED_AT: Final = 3
MOST_INFLATED: Final = 4_000_000
WIDEST: Final = 2_400
GLANCE: Final = 64
ACTIVE: Final = {
    "javascript": rb"/(?:JavaScript|JS)\b",
    "starts-by-itself": rb"/(?:OpenAction|AA)\b",
    "starts-programs": rb"/Launch\b",
    "attachments": rb"/EmbeddedFiles?\b",
    "form": rb"/XFA\b",
    "films": rb"/(?:RichMedia|Movie|Sound)\b",
    "links": rb"/(?:URI|GoToR|SubmitForm|ImportData)\b",
}
STREAM: Final = re.compile(rb">>\s*stream\r?\n")


class Refuse(Exception):
    """The file may not come in; the argument is the reason's key."""


def main() -> int:
    """Reads its arguments and standard input; see above."""
    what, media_type, *more = sys.argv[1:]
    libraries = _load(media_type, draws=what == "page")
    sys.path.insert(0, str(Path(__file__).parent))
    from lockdown import leave_room, lock_down  # type: ignore[import-not-found]

    lock_down(SECONDS, WHILE_READING_MB, threads=media_type == "image/heic")
    data = sys.stdin.buffer.read()
    leave_room(TO_WORK_WITH_MB[media_type])
    try:
        if what == "check":
            answer = json.dumps(_check(libraries, media_type, data)).encode()
        else:
            answer = _page(libraries, media_type, data, int(more[0]), min(int(more[1]), WIDEST))
    except Refuse as refuse:
        sys.stdout.write(str(refuse))
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


def _load(media_type: str, *, draws: bool) -> Any:
    """What decodes this type, loaded before the doors are shut; what takes long to load only where it is needed."""
    if media_type == "application/pdf" and not draws:
        import pypdfium2

        return None, pypdfium2
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # our own limits, per type, are looked at before anything is decoded
    Image.preinit()
    if media_type == "image/heic":
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener()
    if media_type == "application/pdf":
        import pypdfium2

        return Image, pypdfium2
    return Image, ImageOps


def _check(libraries: Any, media_type: str, data: bytes) -> dict[str, Any]:
    if media_type == "application/pdf":
        pdf = _opened(libraries, data)
        for number in range(len(pdf)):
            width, height = _size(pdf, number)
            if max(width, height) > MOST_POINTS or min(width, height) <= 0:
                raise Refuse("too-large")
        for number in range(min(len(pdf), LOOKED_AT)):
            _drawn(pdf, number, GLANCE)
        return {"pages": len(pdf), "active": _active(data)}
    _picture(libraries, media_type, data, GLANCE)
    return {"pages": 1, "active": []}


def _page(libraries: Any, media_type: str, data: bytes, number: int, width: int) -> bytes:
    if media_type == "application/pdf":
        pdf = _opened(libraries, data)
        if number >= len(pdf):
            raise Refuse("no-such-page")
        image = _drawn(pdf, number, width).to_pil()
    else:
        if number:
            raise Refuse("no-such-page")
        image = _picture(libraries, media_type, data, width)
    out = io.BytesIO()
    _on_paper(libraries[0], image).save(out, "PNG")
    return out.getvalue()


def _opened(libraries: Any, data: bytes) -> Any:
    _, pypdfium2 = libraries
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Refuse("password" if "assword" in str(error) else "broken") from None
    if not 0 < len(pdf) <= MOST_PAGES:
        raise Refuse("too-many-pages" if len(pdf) else "broken")
    return pdf


def _size(pdf: Any, number: int) -> tuple[float, float]:
    try:
        width, height = pdf.get_page_size(number)
    except Exception:  # noqa: BLE001
        raise Refuse("broken") from None
    return float(width), float(height)


def _drawn(pdf: Any, number: int, width: int) -> Any:
    """A page as pdfium's picture, without forms, scripts and comments' actions: those are not even loaded."""
    try:
        page = pdf[number]
        across, up = page.get_size()
        scale = min(width / across, 3 * WIDEST / up)
        return page.render(scale=scale, may_draw_forms=False)
    except Exception:  # noqa: BLE001  whatever a page does to the library, it can't be shown
        raise Refuse("broken") from None


def _picture(libraries: Any, media_type: str, data: bytes, width: int) -> Any:
    """The picture, turned upright, at most so wide; nothing of its metadata goes along."""
    image_library, operations = libraries
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = image_library.open(io.BytesIO(data), formats=FORMATS[media_type])
            if image.width * image.height > MOST_PIXELS:
                raise Refuse("too-large")
            held = COEFFICIENTS * image.width * image.height if image.info.get("progressive") else 0
            smaller = min(1, width / image.width, 3 * WIDEST / image.height)
            image.draft("RGB", (int(image.width * smaller) or 1, int(image.height * smaller) or 1))
            unpacked = BYTES_OF_A_PIXEL.get(image.mode, 4) * image.width * image.height
            if max(held, unpacked) > MOST_UNPACKED:
                raise Refuse("too-large")
            image = _in_shades(image)
            image.thumbnail((width, 3 * WIDEST), reducing_gap=1.5)
            return operations.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, IndexError, TypeError, EOFError, ZeroDivisionError):
        raise Refuse("broken") from None


def _in_shades(image: Any) -> Any:
    """Black and white become grey when they are made smaller, if there is room; sixteen bits become eight."""
    if image.mode == "1" and 2 * image.width * image.height <= MOST_UNPACKED:
        return image.convert("L")
    return image.point(lambda value: value / 256).convert("L") if image.mode == "I;16" else image


def _on_paper(image_library: Any, image: Any) -> Any:
    """Colours alone, on white where nothing is; no profile, text or place goes along."""
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        image = image_library.alpha_composite(image_library.new("RGBA", seen.size, "white"), seen)
    plain = image.convert("RGB")
    plain.info.clear()
    return plain


def _active(data: bytes) -> list[str]:
    """What the PDF could do by itself; a hint for people, nothing of it is ever run here.

    Pictures are passed over: in their bytes any word may stand by chance. Packed objects are looked into.
    """
    shown = bytearray()
    at = 0
    while begins := STREAM.search(data, at):
        shown += data[at : begins.start()]
        at = data.find(b"endstream", begins.end())
        if at < 0:
            break
        if b"/ObjStm" in shown[-400:]:
            shown += _inflated(data[begins.end() : at])
    shown += data[at:] if at >= 0 else b""
    return [name for name, sign in ACTIVE.items() if re.search(sign, shown)]


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MOST_INFLATED)
    except zlib.error:
        return b""


if __name__ == "__main__":
    sys.exit(main())
