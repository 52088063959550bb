"""How a stream of bytes is sealed piece by piece, and opened again. Where the pieces lie is in `seal.py`.

A sealed file is MAGIC, a random name of eight bytes, then pieces of at most 64 KiB of text. Each piece is its length
(four bytes, the top bit marks the last one), a random nonce and AES-256-GCM under the case key; the additional data
names the case, the document, the file's random name, the piece's number and whether it is the last. So cutting,
reordering and swapping between files, documents or cases are noticed (the STREAM construction, Hoang, Reyhanitabar,
Rogaway, Vizár 2015; NIST SP 800-38D). A piece may be shorter than 64 KiB: a broken-off upload goes on after it.

Files of version 0.1 (`SZD1`) have pieces of equal length and counted nonces; they are still opened.
"""

import secrets
import struct
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.sealing import SealBroken

MAGIC = b"SZD2"
MAGIC_0_1 = b"SZD1"
NAME = 8
HEAD = len(MAGIC) + NAME
PIECE = 64 * 1024
AT_ONCE = 4
TAG = 16
NONCE = 12
LENGTH = struct.Struct(">I")
AROUND = LENGTH.size + NONCE + TAG
LAST = 1 << 31


class Sealer:
    """Seals one file in order; a sealer is never used for a second file. `goes_on_at` continues one begun earlier."""

    def __init__(self, key: bytes, bound_to: str, *, head: bytes = b"", goes_on_at: int = 0) -> None:
        self.head = head or MAGIC + secrets.token_bytes(NAME)
        self._cipher = AESGCM(key)
        self._bound = bound_to.encode()
        self._next = goes_on_at
        self._buffer = memoryview(bytearray(AT_ONCE * (PIECE + AROUND)))

    def pieces(self, plain: bytes | bytearray | memoryview, *, last: bool) -> Iterator[memoryview]:
        """The sealed pieces of `plain`, a few at a time, each good until the next is asked for; with `last` the file ends
        here. The last piece may be empty.

        They lie in memory that is used again and is small: what was just sealed is written before it leaves the cache.
        """
        plain = memoryview(plain)
        starts = range(0, max(len(plain), 1), PIECE)
        for few in range(0, len(starts), AT_ONCE):
            at, nonces = 0, secrets.token_bytes(NONCE * AT_ONCE)
            for number, start in enumerate(starts[few : few + AT_ONCE]):
                text, nonce = plain[start : start + PIECE], nonces[number * NONCE : (number + 1) * NONCE]
                at += self._seal(self._buffer[at:], nonce, text, last and start == starts[-1])
            yield self._buffer[:at]

    def _seal(self, into: memoryview, nonce: bytes, text: memoryview, final: bool) -> int:
        begins, ends = LENGTH.size + NONCE, len(text) + AROUND
        into[:begins] = LENGTH.pack(len(text) | (LAST if final else 0)) + nonce
        aad = _aad(self._bound, self.head, self._next, final)
        self._cipher.encrypt_into(nonce, text, aad, into[begins:ends])
        self._next += 1
        return ends


class Opener(Protocol):
    """Opens one sealed file in order, whatever parts it comes in. `SealBroken` when anything differs."""

    def feed(self, sealed: bytes | memoryview) -> list[bytes]:
        """As much of the text as can be vouched for so far, piece by piece."""
        ...

    def finish(self) -> bytes:
        """What is left of the text; `SealBroken` when the file does not end as it was sealed."""
        ...


def opener(key: bytes, bound_to: str, head: bytes) -> Opener:
    """The opener for the file that begins with `head` (its first HEAD bytes)."""
    if len(head) == HEAD and head.startswith(MAGIC):
        return _Opener(key, bound_to, head)
    if len(head) == HEAD and head.startswith(MAGIC_0_1):
        return _Opener01(key, bound_to, head)
    raise SealBroken(bound_to)


class PieceHead(NamedTuple):
    """What a piece says of itself before it is opened: bytes of text, and whether the file ends with it."""

    text: int
    last: bool

    @property
    def sealed(self) -> int:
        """All bytes of the piece, its own head included."""
        return self.text + AROUND


def piece_head(data: bytes | memoryview) -> PieceHead:
    """Reads the four bytes at the beginning of a piece."""
    (number,) = LENGTH.unpack_from(data)
    return PieceHead(number & ~LAST, bool(number & LAST))


class _Opener:
    def __init__(self, key: bytes, bound_to: str, head: bytes) -> None:
        self._cipher = AESGCM(key)
        self._bound_to, self._head = bound_to, head
        self._rest = bytearray()
        self._next = 0
        self._ended = False

    def feed(self, sealed: bytes | memoryview) -> list[bytes]:
        self._rest += sealed
        opened = []
        at = 0
        with memoryview(self._rest) as rest:
            while len(rest) - at >= LENGTH.size:
                piece = piece_head(rest[at : at + LENGTH.size])
                if self._ended or piece.text > PIECE:
                    raise SealBroken(self._bound_to)
                if len(rest) - at < piece.sealed:
                    break
                opened.append(self._opened(rest[at + LENGTH.size : at + piece.sealed], piece.last))
                at += piece.sealed
        del self._rest[:at]
        return opened

    def _opened(self, piece: memoryview, last: bool) -> bytes:
        aad = _aad(self._bound_to.encode(), self._head, self._next, last)
        try:
            text = self._cipher.decrypt(piece[:NONCE], piece[NONCE:], aad)
        except InvalidTag as error:
            raise SealBroken(self._bound_to) from error
        self._next += 1
        self._ended = last
        return text

    def finish(self) -> bytes:
        if not self._ended or self._rest:
            raise SealBroken(self._bound_to)
        return b""


class _Opener01:
    """Pieces of PIECE + TAG bytes; only the end of the file tells which one is the last."""

    def __init__(self, key: bytes, bound_to: str, head: bytes) -> None:
        self._cipher = AESGCM(key)
        self._bound_to = bound_to
        self._prefix = head[len(MAGIC_0_1) :]
        self._rest = b""
        self._next = 0

    def feed(self, sealed: bytes | memoryview) -> list[bytes]:
        self._rest += sealed
        whole = max(0, (len(self._rest) - 1) // (PIECE + TAG)) * (PIECE + TAG)
        pieces, self._rest = self._rest[:whole], self._rest[whole:]
        return [
            self._opened(pieces[start : start + PIECE + TAG], b"/more")
            for start in range(0, whole, PIECE + TAG)
        ]

    def finish(self) -> bytes:
        return self._opened(self._rest, b"/last")

    def _opened(self, piece: bytes, place: bytes) -> bytes:
        nonce = self._prefix + self._next.to_bytes(4, "big")
        try:
            text = self._cipher.decrypt(nonce, piece, self._bound_to.encode() + place)
        except (InvalidTag, ValueError) as error:
            raise SealBroken(self._bound_to) from error
        self._next += 1
        return text


def _aad(bound: bytes, head: bytes, number: int, last: bool) -> bytes:
    return b"/".join((bound, head[len(MAGIC) :], b"%d" % number, b"last" if last else b"more"))
