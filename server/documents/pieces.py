"""How a stream of bytes is sealed piece by piece, and opened again. Where the pieces lie is in `seal.py`.

A sealed file is MAGIC, an eight-byte random prefix, then pieces of 64 KiB. Each piece is AES-256-GCM under the
case key with nonce = prefix + piece number; the additional data names the case, the document and whether the piece
is the last. So cutting, reordering and swapping between documents or cases are noticed (the STREAM construction,
Hoang, Reyhanitabar, Rogaway, Vizár 2015; NIST SP 800-38D).
"""

import secrets
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.sealing import SealBroken

MAGIC = b"SZD1"
PREFIX = 8
HEAD = len(MAGIC) + PREFIX
PIECE = 64 * 1024
TAG = 16


class Sealer:
    """Seals one file in order; a sealer is never used for a second file."""

    def __init__(self, key: bytes, bound_to: str) -> None:
        self._cipher = AESGCM(key)
        self._bound = bound_to.encode()
        self._prefix = secrets.token_bytes(PREFIX)
        self._next = 0
        self.head = MAGIC + self._prefix

    def pieces(self, plain: bytes, *, last: bool) -> bytes:
        """The sealed pieces of `plain`, which must be whole pieces unless it holds the last."""
        return b"".join(self._sealed(plain, last=last))

    def _sealed(self, plain: bytes, *, last: bool) -> Iterator[bytes]:
        starts = range(0, max(len(plain), 1), PIECE)
        for start in starts:
            final = last and start == starts[-1]
            yield self._cipher.encrypt(
                _nonce(self._prefix, self._next), plain[start : start + PIECE], _aad(self._bound, final)
            )
            self._next += 1


class Opener:
    """Opens one sealed file in order; `size` is that of the sealed file in bytes."""

    def __init__(self, key: bytes, bound_to: str, head: bytes, size: int) -> None:
        if len(head) != HEAD or not head.startswith(MAGIC) or size <= HEAD:
            raise SealBroken(bound_to)
        self._cipher = AESGCM(key)
        self._bound_to = bound_to
        self._prefix = head[len(MAGIC) :]
        self._count = -(-(size - HEAD) // (PIECE + TAG))
        self._next = 0

    def plain(self, sealed: bytes) -> bytes:
        """The text of some whole pieces; `SealBroken` when anything differs from what was sealed."""
        bound = self._bound_to.encode()
        opened = []
        for start in range(0, len(sealed), PIECE + TAG):
            final = self._next == self._count - 1
            piece = sealed[start : start + PIECE + TAG]
            try:
                opened.append(
                    self._cipher.decrypt(_nonce(self._prefix, self._next), piece, _aad(bound, final))
                )
            except (InvalidTag, ValueError) as error:
                raise SealBroken(self._bound_to) from error
            self._next += 1
        return b"".join(opened)

    @property
    def done(self) -> bool:
        return self._next >= self._count


def _nonce(prefix: bytes, number: int) -> bytes:
    return prefix + number.to_bytes(4, "big")


def _aad(bound: bytes, final: bool) -> bytes:
    return bound + (b"/last" if final else b"/more")
