"""What counts as a telephone number that a clerk can call. Text messages have stricter rules in `access.mobile_of`."""

import re

PHONE = re.compile(r"\+?[0-9 ()/.-]{5,30}")


def checked_phone(text: str) -> str:
    """The number as typed; `ValueError` for what is none."""
    number = text.strip()
    if not PHONE.fullmatch(number) or sum(char.isdigit() for char in number) < 5:
        raise ValueError("Bitte prüfen Sie die Telefonnummer.")
    return number


def dialled(number: str) -> str:
    """For a `tel:` link."""
    return "".join(char for char in number.replace("(0)", "") if char.isdigit() or char == "+")
