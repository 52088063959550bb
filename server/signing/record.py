"""The page of record at the end of a sealed form, in words: who, when, how it was confirmed. German, like the form itself."""

from typing import Any, Final

from server import __version__
from server.clock import berlin
from server.signing.form import Form

LEVELS: Final = {"low": "niedrig", "substantial": "substanziell", "high": "hoch"}
METHODS: Final = {
    "card": "Personalausweis",
    "passport": "Reisepass",
    "permit": "Aufenthaltstitel",
    "known": "persönlich bekannt",
}
CHANNELS: Final = {"mail": "per E-Mail an", "sms": "per SMS an"}


def record_of(form: Form, number: str, given: dict[str, Any]) -> list[tuple[str, str]]:
    """What the page of record says, label and value, in German: it is part of a German form."""
    signed = berlin(form.signed_at or form.created_at)
    how = "mit der Tastatur eingegeben" if given["typed"] else "von Hand gezeichnet"
    return [
        ("Formular", f"{form.sheet.title}, Fassung {form.version}"),
        ("Vorgang", number),
        ("Unterschrieben von", f"{form.sheet.signer} ({how})"),
        ("Unterschrieben am", f"{signed:%d.%m.%Y, %H:%M:%S} Uhr ({signed:%Z})"),
        ("Bestätigt mit Einmalcode", f"{CHANNELS[given['channel']]} {given['to']}"),
        ("Identität", _identity(given["identity"])),
        ("Vorgelegt von", f"Sachbearbeitung, {form.sheet.city}"),
        ("Prüfsumme des gelesenen Formulars (SHA-256, liegt als gelesen.pdf bei)", form.pdf_hash),
        ("Software", f"Sprechzeit {__version__}"),
    ]


def _identity(check: tuple[str, str] | None) -> str:
    """In words; without a check that too is said."""
    level, method = check or ("none", "refused")
    if level == "none":
        return "nicht festgestellt"
    return f"festgestellt: {METHODS.get(method, method)}, Vertrauensniveau {LEVELS.get(level, level)}"
