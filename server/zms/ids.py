"""Whole numbers for what has a name here, since that API knows numbers only. Why they are hashes: `docs/decisions/0010`."""

import hashlib
import re
from collections.abc import Iterable

LARGEST = 2**31 - 1
SMALLEST = 1000


def numbered(kind: str, names: Iterable[str]) -> dict[str, int]:
    """A number for each name, the same after every import; two names that meet are told apart in order of name."""
    numbers: dict[str, int] = {}
    taken: set[int] = set()
    for name in sorted(set(names)):
        digest = hashlib.sha256(f"{kind}|{name}".encode()).digest()
        number = SMALLEST + int.from_bytes(digest[:8]) % (LARGEST - SMALLEST)
        while number in taken:
            number += 1
        taken.add(number)
        numbers[name] = number
    return numbers


def process_id(number: str) -> int:
    """The appointment's number "482-915-376" as that API writes it."""
    return int(number.replace("-", ""))


def number_of(process: int) -> str:
    """The appointment's number from a process id of at most nine digits."""
    digits = f"{process:09d}"
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def whole(value: object) -> int | None:
    """A number that came as number or as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and abs(value) < 1e15 and value == int(value):
        value = int(value)
    if isinstance(value, int):
        return value if 0 <= value < 10**15 else None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value.strip(), re.ASCII):
        return int(value)
    return None
