"""What a file is, told by its bytes while they pass by: PDF, JPEG, PNG or HEIC, and whole. Nothing is kept or decoded here.

A name or a declared type is never asked. PDF: ISO 32000-1 § 7.5; JPEG: ITU-T T.81 annex B; PNG: ISO/IEC 15948 § 5;
HEIC: ISO/IEC 14496-12 § 4.2 and 23008-12 § 10.2, where the library for it is installed.
"""

import re
from collections.abc import AsyncIterator
from functools import cache
from importlib.util import find_spec
from typing import Protocol

from server.errors import BadInput, TypeNotAllowed

EMPTY = "Die Datei ist leer. Bitte wählen Sie eine Datei mit Inhalt."
BROKEN = (
    "Die Datei ist beschädigt oder unvollständig. Bitte speichern Sie sie neu und senden Sie sie noch einmal."
)
NO_HEIC = (
    "Fotos im Format HEIC lassen sich hier nicht öffnen. Bitte senden Sie das Foto als JPEG. Auf dem iPhone hilft: "
    "Einstellungen, Kamera, Formate, „Maximale Kompatibilität“."
)
EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/heic": ".heic",
}
_PDF = re.compile(rb"%PDF-[12]\.\d")
_PNG = b"\x89PNG\r\n\x1a\n"
_SCAN_ENDS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_HEIC = re.compile(rb"....ftyp(?:heic|heix|heim|heis|mif1)", re.DOTALL)
_HEAD = 12
_MOST_SCANS = 200  # encoders make ten; each goes over the whole picture
_ZIP_ENDS = b"PK\x05\x06"
_ZIP_COMMENT = 0xFFFF
_ZIP_END = 22


class _Walker(Protocol):
    """Follows the structure of one kind of file."""

    @property
    def whole(self) -> bool: ...

    def feed(self, data: bytes) -> None: ...


class Inspector:
    """Fed with every chunk of one file, in order."""

    def __init__(self) -> None:
        self._head = b""
        self._walker: _Walker | None = None
        self._tail = _Tail()
        self.media_type = ""

    def feed(self, data: bytes) -> None:
        """Takes the next bytes. `TypeNotAllowed` as soon as the beginning shows it, `BadInput` when broken."""
        self._tail.feed(data)
        if self._walker is None:
            self._head += data
            if len(self._head) < _HEAD:
                return
            self.media_type, self._walker = _recognised(self._head)
            data = self._head
        self._walker.feed(data)

    def finish(self) -> str:
        """The media type of a whole file. `BadInput` for an empty or cut one, `TypeNotAllowed` for another kind."""
        if not self._head:
            raise BadInput(EMPTY)
        if self._walker is None:
            raise TypeNotAllowed
        if not self._walker.whole:
            raise BadInput(BROKEN)
        if self._tail.is_a_zip:
            raise TypeNotAllowed
        return self.media_type


async def refuse_foreign_beginning(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Passes a file's first bytes on once they show a kind that may come in: `TypeNotAllowed` otherwise."""
    head = b""
    known = False
    async for chunk in chunks:
        if known:
            yield chunk
            continue
        head += chunk
        if len(head) >= _HEAD:
            _recognised(head)
            known = True
            yield head
    if not known and head:
        yield head


def _recognised(head: bytes) -> tuple[str, _Walker]:
    if _PDF.match(head):
        return "application/pdf", _Pdf()
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg", _Jpeg()
    if head.startswith(_PNG):
        return "image/png", _Png()
    if _HEIC.match(head):
        if not heic_is_read():
            raise TypeNotAllowed(NO_HEIC)
        return "image/heic", _Heic()
    raise TypeNotAllowed


@cache
def heic_is_read() -> bool:
    """Whether the library for HEIC is installed (`pip install sprechzeit[heic]`)."""
    return find_spec("pillow_heif") is not None


class _Tail:
    """The end of a file, as far as a ZIP's directory can reach back: what is also a ZIP is refused."""

    def __init__(self) -> None:
        self._last: list[memoryview] = []
        self._size = 0

    def feed(self, data: bytes) -> None:
        most = _ZIP_COMMENT + _ZIP_END
        self._last.append(memoryview(data)[-most:])
        self._size += len(self._last[-1])
        while self._size - len(self._last[0]) >= most:
            self._size -= len(self._last.pop(0))

    @property
    def is_a_zip(self) -> bool:
        tail = b"".join(self._last)
        at = tail.rfind(_ZIP_ENDS)
        while at >= 0:
            comment = int.from_bytes(tail[at + 20 : at + _ZIP_END], "little")
            if at + _ZIP_END + comment == len(tail):
                return True
            at = tail.rfind(_ZIP_ENDS, 0, at)
        return False


class _Pdf:
    """A PDF ends with %%EOF; readers look for it in the last 1024 bytes. A ZIP's directory near it is refused, however it ends."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> None:
        self._tail = (self._tail + data[-2048:])[-2048:]

    @property
    def whole(self) -> bool:
        if _ZIP_ENDS in self._tail:
            raise TypeNotAllowed
        return b"%%EOF" in self._tail[-1024:]


class _Chunked:
    """Walks over lengths and names without keeping what lies between."""

    def __init__(self, skip: int) -> None:
        self._skip = skip
        self._rest = b""
        self._ended = False

    @property
    def whole(self) -> bool:
        return self._ended

    def feed(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        at = 0
        while not self._ended:
            step = min(self._skip, len(data) - at)
            at, self._skip = at + step, self._skip - step
            if self._skip:
                break
            after = self._step(data, at)
            if after is None:
                break
            at = after
        self._rest = b"" if self._ended else data[at:]

    def _step(self, data: bytes, at: int) -> int | None:
        """Reads one element and returns the place after it, or None when more bytes are needed."""
        raise NotImplementedError


class _Png(_Chunked):
    """Signature, then chunks (length, name, data, check sum), the first IHDR, the last IEND."""

    def __init__(self) -> None:
        super().__init__(skip=len(_PNG))
        self._first = True

    def _step(self, data: bytes, at: int) -> int | None:
        if len(data) - at < 8:
            return None
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if length > 0x7FFFFFFF or not name.isalpha() or self._first != (name == b"IHDR"):
            raise BadInput(BROKEN)
        self._first = False
        self._ended = name == b"IEND"
        self._skip = length + 4
        return at + 8


class _Heic(_Chunked):
    """Boxes (length, name, content) to the last byte; one with a length of 0 goes to the end, with 1 eight bytes more say it."""

    def __init__(self) -> None:
        super().__init__(skip=0)
        self._seen: set[bytes] = set()

    def _step(self, data: bytes, at: int) -> int | None:
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        head = 16 if length == 1 else 8
        if len(data) - at < head:
            return None
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        if 0 < length < head or not name.isascii():
            raise BadInput(BROKEN)
        self._seen.add(name)
        self._ended = not length
        self._skip = length - head if length else 0
        return at + head

    @property
    def whole(self) -> bool:
        return {b"meta", b"mdat"} <= self._seen and (self._ended or not (self._skip or self._rest))


class _Jpeg(_Chunked):
    """Markers with lengths, and scans between them; the end-of-image marker must come after a scan.

    Thumbnails inside segments are skipped with them; what cameras append after the end is theirs.
    """

    def __init__(self) -> None:
        super().__init__(skip=2)
        self._in_scan = False
        self._scans = 0

    def _step(self, data: bytes, at: int) -> int | None:
        if self._in_scan:
            found = _SCAN_ENDS.search(data, at)
            if not found:
                rest = len(data) - data.endswith(b"\xff")
                return rest if rest > at else None
            self._in_scan = False
            return found.start()
        return self._marker(data, at)

    def _marker(self, data: bytes, at: int) -> int | None:
        if len(data) - at < 4:
            return self._short(data, at)
        if data[at] != 0xFF:
            raise BadInput(BROKEN)
        code = data[at + 1]
        if code == 0xFF:
            return at + 1
        if code == 0xD9:
            return self._end(at)
        if code == 0x01 or 0xD0 <= code <= 0xD7:
            return at + 2
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or code in {0x00, 0xD8}:
            raise BadInput(BROKEN)
        self._in_scan = code == 0xDA
        self._scans += self._in_scan
        self._skip = length - 2
        return at + 4

    def _short(self, data: bytes, at: int) -> int | None:
        return self._end(at) if data[at : at + 2] == b"\xff\xd9" else None

    def _end(self, at: int) -> int:
        if not 0 < self._scans <= _MOST_SCANS:
            raise BadInput(BROKEN)
        self._ended = True
        return at + 2
