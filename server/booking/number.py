"""Appointment numbers fit for the telephone: nine digits in groups of three, the last a check digit (Damm)."""

import re
import secrets

_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def new_number() -> str:
    """A fresh number such as "482-915-376"; that it is unique is the database's word."""
    digits = f"{secrets.randbelow(9 * 10**7) + 10**7}"
    digits += str(_check_digit(digits))
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def read_number(heard: str) -> str | None:
    """The number as written, from what somebody typed or heard; None when the check digit doesn't fit."""
    digits = re.sub(r"\D", "", heard)
    if len(digits) != 9 or _check_digit(digits):
        return None
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def _check_digit(digits: str) -> int:
    row = 0
    for digit in digits:
        row = _TABLE[row][int(digit)]
    return row
