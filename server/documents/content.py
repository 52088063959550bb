"""What a file is, told by its bytes while they pass by: PDF, JPEG or PNG, and whole. Nothing is kept or decoded here.

A name or a declared type is never asked. PDF: ISO 32000-1 § 7.5; JPEG: ITU-T T.81 annex B; PNG: ISO/IEC 15948 § 5.
"""

import re
from collections.abc import AsyncIterator
from typing import Protocol

from server.errors import BadInput, TypeNotAllowed

EMPTY = "Die Datei ist leer. Bitte wählen Sie eine Datei mit Inhalt."
BROKEN = (
    "Die Datei ist beschädigt oder unvollständig. Bitte speichern Sie sie neu und senden Sie sie noch einmal."
)
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
_PDF = re.compile(rb"%PDF-[12]\.\d")
_PNG = b"\x89PNG\r\n\x1a\n"
_SCAN_ENDS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_HEAD = 8


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
        self.media_type = ""

    def feed(self, data: bytes) -> None:
        """Takes the next bytes. `TypeNotAllowed` as soon as the beginning shows it, `BadInput` when broken."""
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
    raise TypeNotAllowed


class _Pdf:
    """A PDF ends with %%EOF; readers look for it in the last 1024 bytes. One that is also a ZIP is refused."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> None:
        self._tail = (self._tail + data[-2048:])[-2048:]

    @property
    def whole(self) -> bool:
        if b"PK\x05\x06" in self._tail:
            raise TypeNotAllowed
        return b"%%EOF" in self._tail[-1024:]


class _Chunked:
    """Walks over lengths and names without keeping what lies between."""

    def __init__(self, skip: int) -> None:
        self._skip = skip
        self._rest = b""
        self.whole = False

    def feed(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        at = 0
        while not self.whole:
            step = min(self._skip, len(data) - at)
            at, self._skip = at + step, self._skip - step
            if self._skip:
                break
            after = self._step(data, at)
            if after is None:
                break
            at = after
        self._rest = b"" if self.whole else data[at:]

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
        self.whole = name == b"IEND"
        self._skip = length + 4
        return at + 8


class _Jpeg(_Chunked):
    """Markers with lengths, and scans between them; the end-of-image marker must come after a scan.

    Thumbnails inside segments are skipped with them; what cameras append after the end is theirs.
    """

    def __init__(self) -> None:
        super().__init__(skip=2)
        self._in_scan = False
        self._had_scan = False

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
        self._had_scan = self._had_scan or self._in_scan
        self._skip = length - 2
        return at + 4

    def _short(self, data: bytes, at: int) -> int | None:
        return self._end(at) if data[at : at + 2] == b"\xff\xd9" else None

    def _end(self, at: int) -> int:
        if not self._had_scan:
            raise BadInput(BROKEN)
        self.whole = True
        return at + 2
