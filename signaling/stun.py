"""STUN and TURN messages as bytes (RFC 8489, RFC 8656): built, signed, read. Opens no socket."""

import hashlib
import hmac
import ipaddress
import secrets
import zlib
from dataclasses import dataclass, field
from struct import pack, unpack
from typing import Final

COOKIE: Final = 0x2112A442
HEADER_BYTES: Final = 20
ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND = 0x003, 0x004, 0x008, 0x009
SEND_INDICATION, DATA_INDICATION = 0x016, 0x017
SUCCESS, FAILURE = 0x100, 0x110
USERNAME, INTEGRITY, ERROR_CODE, CHANNEL, LIFETIME = 0x0006, 0x0008, 0x0009, 0x000C, 0x000D
PEER, DATA, REALM, NONCE, RELAYED = 0x0012, 0x0013, 0x0014, 0x0015, 0x0016
FAMILY, TRANSPORT, MAPPED, FINGERPRINT = 0x0017, 0x0019, 0x0020, 0x8028
UDP: Final = b"\x11\0\0\0"

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Signer:
    """The long-term credential: what the server named (realm, nonce) and what the client knows."""

    username: str
    password: str
    realm: bytes
    nonce: bytes

    @property
    def key(self) -> bytes:
        return hashlib.md5(  # noqa: S324  the protocol's own
            f"{self.username}:".encode() + self.realm + f":{self.password}".encode()
        ).digest()


@dataclass(slots=True)
class Message:
    """One message; `attributes` keeps their order, as signing needs it."""

    type: int
    attributes: dict[int, bytes] = field(default_factory=dict)
    transaction: bytes = field(default_factory=lambda: secrets.token_bytes(12))

    @property
    def error(self) -> int:
        """The error's number, 0 for everything that is none."""
        given = self.attributes.get(ERROR_CODE, b"")
        return given[2] * 100 + given[3] if len(given) >= 4 else 0

    def address(self, attribute: int) -> Address:
        """An address that the message carries XORed. ValueError when it has none."""
        return unpack_address(self.attributes.get(attribute, b""), self.transaction)

    def to_bytes(self, signer: Signer | None = None) -> bytes:
        given = dict(self.attributes)
        if signer is not None:
            given |= {USERNAME: signer.username.encode(), REALM: signer.realm, NONCE: signer.nonce}
        body = b"".join(_attribute(kind, value) for kind, value in given.items())
        if signer is not None:
            signed = self._header(len(body) + 24) + body
            body += _attribute(INTEGRITY, hmac.new(signer.key, signed, hashlib.sha1).digest())
        check = zlib.crc32(self._header(len(body) + 8) + body) ^ 0x5354554E
        return self._header(len(body) + 8) + body + _attribute(FINGERPRINT, pack("!I", check))

    def _header(self, length: int) -> bytes:
        return pack("!HHI", self.type, length, COOKIE) + self.transaction


def parse(data: bytes) -> Message:
    """ValueError for what is no STUN message."""
    if len(data) < HEADER_BYTES or data[0] & 0xC0 or unpack("!I", data[4:8])[0] != COOKIE:
        raise ValueError("no STUN message")
    kind, length = unpack("!HH", data[:4])
    message, at = Message(kind, {}, data[8:20]), HEADER_BYTES
    while at + 4 <= min(len(data), HEADER_BYTES + length):
        attribute, size = unpack("!HH", data[at : at + 4])
        message.attributes.setdefault(attribute, data[at + 4 : at + 4 + size])
        at += 4 + size + -size % 4
    return message


def pack_address(address: Address, transaction: bytes) -> bytes:
    """An address as the value of an XOR… attribute."""
    ip = ipaddress.ip_address(address[0])
    family = 1 if ip.version == 4 else 2
    return pack("!BBH", 0, family, address[1] ^ COOKIE >> 16) + _xor(ip.packed, transaction)


def unpack_address(value: bytes, transaction: bytes) -> Address:
    if len(value) not in (8, 20):
        raise ValueError("no address")
    port = unpack("!H", value[2:4])[0] ^ COOKIE >> 16
    return str(ipaddress.ip_address(_xor(value[4:], transaction))), port


def _xor(packed: bytes, transaction: bytes) -> bytes:
    return bytes(one ^ two for one, two in zip(packed, pack("!I", COOKIE) + transaction, strict=False))


def _attribute(kind: int, value: bytes) -> bytes:
    return pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
