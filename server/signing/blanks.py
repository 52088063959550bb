"""The blank forms a city offers for signing, read from a file and checked; and what may be filled in. Printing is elsewhere."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from server.errors import BadInput

OWN: Final = Path(__file__).with_name("blanks.yaml")
KINDS: Final = {"text": 200, "lines": 1_000, "date": 10, "iban": 42}
HOLE: Final = re.compile(r"\{([a-z_]+)\}")
KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class BlanksRefused(Exception):
    """The file of forms can't be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; `prefill` is "name", "number" or empty."""

    key: str
    label: str
    kind: str
    required: bool
    prefill: str


@dataclass(frozen=True, slots=True)
class Blank:
    """A form nobody has filled in yet. `about` explains it by language; `text` has {holes}."""

    key: str
    title: str
    about: Mapping[str, str]
    fields: tuple[Field, ...]
    text: tuple[str, ...]


def load_blanks(file: Path | None) -> dict[str, Blank]:
    """Key ► form, in the file's order. Raises `BlanksRefused`."""
    import yaml

    try:
        plain = yaml.safe_load((file or OWN).read_text("utf-8"))
        blanks = [_blank(one) for one in plain]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise BlanksRefused(f"{file}: {type(error).__name__} {str(error)[:200]}") from None
    if len({blank.key for blank in blanks}) != len(blanks):
        raise BlanksRefused(f"{file}: a key stands twice")
    return {blank.key: blank for blank in blanks}


def _blank(plain: Mapping[str, Any]) -> Blank:
    fields = tuple(
        Field(f["key"], f["label"], f["kind"], bool(f.get("required", True)), f.get("prefill", ""))
        for f in plain["fields"]
    )
    blank = Blank(plain["key"], plain["title"], dict(plain["about"]), fields, tuple(plain["text"]))
    known = {field.key for field in fields} | {"city"}
    for key in (blank.key, *(field.key for field in fields)):
        if not KEY.fullmatch(key):
            raise BlanksRefused(f"{key}: no key")
    if wrong := {field.kind for field in fields} - KINDS.keys():
        raise BlanksRefused(f"{blank.key}: unknown kind {min(wrong)}")
    if unknown := {hole for line in blank.text for hole in HOLE.findall(line)} - known:
        raise BlanksRefused(f"{blank.key}: no field {min(unknown)}")
    return blank


def filled(blank: Blank, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed as it will be printed. `BadInput` names every wrong field in `errors`."""
    errors: list[dict[str, str]] = []
    values: dict[str, str] = {}
    for field in blank.fields:
        try:
            values[field.key] = _value(field, typed.get(field.key, ""))
        except ValueError as error:
            errors.append({"field": field.key, "message": str(error)})
    if unknown := typed.keys() - {field.key for field in blank.fields}:
        errors += [
            {"field": key[:40], "message": "Dieses Feld gibt es nicht."} for key in sorted(unknown)[:5]
        ]
    if errors:
        raise BadInput(errors=errors)
    return values


def paragraphs(blank: Blank, values: Mapping[str, str], city: str) -> list[str]:
    """The form's sentences with the holes filled."""
    known = {**values, "city": city}
    return [HOLE.sub(lambda hole: known[hole[1]].replace("\n", ", "), line) for line in blank.text]


def _value(field: Field, typed: str) -> str:
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n")).strip()
    if not text:
        if field.required:
            raise ValueError("Bitte füllen Sie dieses Feld aus.")
        return ""
    breaks = "\n" if field.kind == "lines" else ""
    if any(
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and char not in breaks for char in text
    ):
        raise ValueError("Bitte keine Steuerzeichen.")
    if len(text) > KINDS[field.kind]:
        raise ValueError("Das ist zu lang.")
    if field.kind == "date":
        return f"{_date(text):%d.%m.%Y}"
    return _iban(text) if field.kind == "iban" else text


def _date(text: str) -> date:
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    try:
        day = date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1880 <= day.year <= 2200:
        raise ValueError("Bitte geben Sie ein Datum an, zum Beispiel 31.12.1980.")
    return day


def _iban(text: str) -> str:
    """ISO 13616: two letters, two digits, and 97 divides it but for one."""
    plain = text.replace(" ", "").upper()
    turned = plain[4:] + plain[:4]
    german = not plain.startswith("DE") or len(plain) == 22
    shaped = re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain, re.ASCII) and german
    if not shaped or int("".join(str(int(char, 36)) for char in turned)) % 97 != 1:
        raise ValueError("Diese IBAN stimmt nicht. Bitte prüfen Sie sie.")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))
