"""What free text and names in the bodies of rooms must look like. What they mean is in the verbs."""

import re
import unicodedata

MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@(?:[^@\s.,;<>\"]{1,63}\.)+[^@\s.,;<>\"]{2,63}")


def readable(text: str) -> str:
    """Lines of text without control characters."""
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co") and char not in "\n\r\t" for char in text):
        raise ValueError("Bitte keine Steuerzeichen.")
    return text


def named(text: str) -> str:
    """One line that names somebody."""
    if not any(char.isalnum() for char in text) or "\n" in text or "\r" in text:
        raise ValueError("Bitte geben Sie einen Namen an.")
    return readable(text)


def mail_address(text: str) -> str:
    if not MAIL.fullmatch(text):
        raise ValueError("Bitte prüfen Sie die E-Mail-Adresse.")
    return readable(text)
