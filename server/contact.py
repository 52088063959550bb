"""What a citizen told us about themselves, and how it is sealed. Who may have it is in `access.py`."""

import json
from dataclasses import dataclass

from server.sealing import open_sealed, seal


@dataclass(frozen=True, slots=True)
class Contact:
    """What a citizen told us about themselves; sealed with the case key wherever it is stored."""

    name: str
    email: str | None
    phone: str | None
    answers: dict[str, str]

    @property
    def mobile(self) -> str | None:
        """The telephone as a number that can take text messages, or None."""
        return mobile_of(self.phone or "")


FORGOTTEN = Contact("–", None, None, {})
"""Whose name and contact went by their rule, while documents of the case are still there."""


def contact_sealed(key: bytes, case_id: str, contact: Contact) -> bytes:
    plain = json.dumps([contact.name, contact.email, contact.phone, contact.answers], ensure_ascii=False)
    return seal(key, plain.encode(), f"case/{case_id}/contact")


def contact_opened(key: bytes, case_id: str, sealed: bytes) -> Contact:
    return Contact(*json.loads(open_sealed(key, sealed, f"case/{case_id}/contact")))


def mobile_of(phone: str) -> str | None:
    """As E.164, German where no country is named (mobiles there begin with 15, 16, 17); None for what can be none."""
    digits = "".join(char for char in phone.replace("(0)", "") if char.isdigit() or char == "+")
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+49{digits[1:]}"
    if not digits.startswith("+") or not digits[1:].isascii() or not digits[1:].isdigit():
        return None
    national = digits.removeprefix("+49")
    if national != digits:
        return digits if national[:2] in ("15", "16", "17") and 10 <= len(national) <= 11 else None
    return digits if 8 <= len(digits) - 1 <= 15 and digits[1] != "0" else None
