"""Keys and small secrets at rest: a key per case, wrapped by the master key; AES-GCM for short texts; derived tokens;
keyed hashes of contacts.

Files are sealed in `documents/seal.py` with the same case keys. NIST SP 800-38D (GCM), RFC 3394 (key wrap).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

NONCE_BYTES = 12


class SealBroken(Exception):
    """The bytes were changed, belong to another case, or the key is another one.

    `seen` counts them since the start, whoever catches them: the operator's figures show it.
    """

    seen: ClassVar[int] = 0

    def __init__(self, what: str) -> None:
        super().__init__(what)
        SealBroken.seen += 1


class Keyring:
    """Wraps and unwraps case keys. Losing the master key loses every case: back it up apart from the data.

    `previous` holds older master keys by version, so that cases stay readable while they are wrapped anew.
    """

    def __init__(
        self, master_key_base64: str, version: int, previous: Mapping[int, str] | None = None
    ) -> None:
        self._masters = {number: base64.b64decode(key) for number, key in (previous or {}).items()}
        self._masters[version] = base64.b64decode(master_key_base64)
        self.version = version

    def new_key(self) -> tuple[bytes, bytes]:
        """A fresh case key, plain and wrapped by the present master key."""
        key = AESGCM.generate_key(bit_length=256)
        return key, self.wrap(key)

    def wrap(self, key: bytes) -> bytes:
        return aes_key_wrap(self._masters[self.version], key)

    def unwrap(self, wrapped: bytes, version: int) -> bytes:
        """The case key; `SealBroken` when it was wrapped by a master key that is not here."""
        try:
            return aes_key_unwrap(self._masters[version], wrapped)
        except (InvalidUnwrap, KeyError) as error:
            raise SealBroken("case key") from error


def seal(key: bytes, plain: bytes, bound_to: str) -> bytes:
    """Encrypts a short text; `bound_to` (e.g. "case/ID/contact") must be the same at opening."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def open_sealed(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    """The text back; `SealBroken` when anything differs."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except InvalidTag as error:
        raise SealBroken(bound_to) from error


def derived_token(secret: str, purpose: str, subject: str) -> str:
    """A 160-bit link token that only the holder of the secret can make; one purpose each."""
    mac = hmac.new(secret.encode(), f"{purpose}|{subject}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:21]).decode()


def invitation_token(secret: str, invitation_id: str) -> str:
    """The token in the link of somebody who is invited to a meeting."""
    return derived_token(secret, "invitation", invitation_id)


def one_time_code(secret: str, subject: str) -> str:
    """Six digits that only the holder of the secret can make, for exactly this subject; kept nowhere."""
    mac = hmac.new(secret.encode(), f"one-time-code|{subject}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(mac[:16], 'big') % 1_000_000:06d}"


def contact_key(secret: str, email: str | None, phone: str | None) -> str | None:
    """A keyed hash by which one contact is known again; None without one. Useless without the secret."""
    known = letter_box(email) if email else "".join(char for char in phone or "" if char.isdigit())[-9:]
    if not known:
        return None
    return hmac.new(secret.encode(), f"contact|{known}".encode(), hashlib.sha256).hexdigest()


def contact_keys(secret: str, email: str | None, phone: str | None) -> list[str]:
    """The same for mail address and telephone apart: whoever tells only one of them is known by it too."""
    keys = (contact_key(secret, email, None), contact_key(secret, None, phone))
    return [key for key in keys if key]


def letter_box(email: str) -> str:
    """The same letter box has many spellings: capitals, a tag after "+"."""
    name, _, domain = email.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def fingerprint(token: str) -> str:
    """What the database keeps of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def process_key(secret: str, number: str) -> str:
    """The key that goes with a number in the citizen API (64 hex digits); made again whenever it is needed."""
    return hmac.new(secret.encode(), f"process|{number}".encode(), hashlib.sha256).hexdigest()
