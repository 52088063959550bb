"""Reads a city's catalogue from a YAML file and checks every line of it. Storing it is in `load_file`."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from server.catalog.cross_check import cross_check
from server.catalog.lines import Document, Place, parse

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5][05])-(24:00|([01]\d|2[0-3]):([0-5][05]))")
_MESSAGES = {
    "missing": "„{field}“ fehlt",
    "extra_forbidden": "„{field}“ ist hier nicht bekannt",
    "string_type": "„{field}“ muss ein Text sein",
    "string_too_short": "„{field}“ darf nicht leer sein",
    "string_too_long": "„{field}“ ist zu lang (höchstens {max_length} Zeichen)",
    "int_type": "„{field}“ muss eine ganze Zahl sein",
    "bool_type": "„{field}“ muss true oder false sein",
    "list_type": "„{field}“ muss eine Liste sein",
    "dict_type": "„{field}“ muss aus Schlüsseln und Werten bestehen",
    "model_type": "„{field}“ muss aus Schlüsseln und Werten bestehen",
    "too_short": "„{field}“ darf nicht leer sein",
    "literal_error": "„{field}“ darf nur {expected} sein",
    "date_type": "„{field}“ muss ein Tag sein, z. B. 2027-02-09",
    "multiple_of": "„{field}“ muss ein Vielfaches von {multiple_of} sein",
    "greater_than_equal": "„{field}“ muss mindestens {ge} sein",
    "less_than_equal": "„{field}“ darf höchstens {le} sein",
}


class CatalogueRefused(Exception):
    """The file can't be used; `lines` holds a German message for every bad line: "Zeile 12: …"."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _like(pattern: str, message: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise PydanticCustomError("catalogue", "{message}", {"message": message})
        return value

    return AfterValidator(check)


def _german_first(texts: dict[str, str]) -> dict[str, str]:
    if "de" not in texts:
        raise PydanticCustomError("catalogue", "{message}", {"message": "der deutsche Text („de“) fehlt"})
    return texts


def _in_order(spans: list[str]) -> list[str]:
    ends = [end for span in spans for end in span.split("-")]
    if any(one >= other for one, other in pairwise(ends)):
        message = "Öffnungszeiten müssen aufeinander folgen und dürfen sich nicht überschneiden"
        raise PydanticCustomError("catalogue", "{message}", {"message": message})
    return spans


def _digits(value: Any) -> Any:
    """A key of digits without quotation marks arrives as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_BAD_ID = "eine Kennung besteht aus Kleinbuchstaben, Ziffern und Bindestrichen"
_BAD_SPAN = "Öffnungszeiten stehen als 07:30-17:00 im Fünf-Minuten-Raster"
Id = Annotated[str, _like(r"[a-z][a-z0-9-]{0,63}", _BAD_ID)]
Code = Annotated[str, _like(r"[a-z]{2,3}(_[A-Z]{2})?", "eine Sprache heißt z. B. de, de_LS oder en")]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Texts = Annotated[
    dict[Code, Annotated[str, Field(min_length=1, max_length=2000)]], AfterValidator(_german_first)
]
Leika = Annotated[
    str, _like(r"99\d{12}", "der LeiKa-Schlüssel hat 14 Ziffern und beginnt mit 99"), BeforeValidator(_digits)
]
Span = Annotated[str, _like(_SPAN.pattern, _BAD_SPAN)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Modes = Annotated[list[Literal["video", "onsite"]], Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, str_strip_whitespace=True)


class UnitEntry(_Entry):
    id: Id
    name: Texts


class SiteEntry(_Entry):
    id: Id
    name: Line
    address: Line
    hours: dict[Day, Annotated[list[Span], AfterValidator(_in_order)]]


class StationEntry(_Entry):
    key: Id
    name: Texts
    fee_cents: int = Field(0, ge=0, le=100_000)


class ClosureEntry(_Entry):
    day: date
    reason: Line
    site: Id | None = None


class ChecklistEntry(_Entry):
    key: Id
    name: Texts
    when: Literal["ahead", "bring"]
    required: bool = True


class ServiceEntry(_Entry):
    """A service as written; `excludes` names services or whole units."""

    id: Id
    unit: Id
    leika: Leika
    name: Texts
    description: Texts
    synonyms: list[Line] = []
    minutes: int = Field(multiple_of=5, ge=5, le=240)
    modes: Modes
    online_capable: bool = True
    why_no_video: Texts | None = None
    fee_cents: int = Field(0, ge=0, le=10_000_000)
    max_count: int = Field(1, ge=1, le=20)
    excludes: list[Id] = []
    sites: list[Id] = []
    stations: list[Id] = []
    checklist: list[ChecklistEntry] = []
    lead_minutes: dict[Literal["video", "onsite"], Annotated[int, Field(ge=0, le=43_200)]] = {}
    hidden: bool = False
    activation: bool = False
    prep_minutes: int = Field(0, multiple_of=5, ge=0, le=120)
    buffer_minutes: int = Field(0, multiple_of=5, ge=0, le=120)
    identity: Literal["none", "seen", "presence"] = "none"
    signature: Literal["none", "simple", "handwritten"] = "none"


class CatalogueFile(_Entry):
    """A whole, checked file: what is in here can be stored."""

    units: Annotated[list[UnitEntry], Field(min_length=1)]
    sites: Annotated[list[SiteEntry], Field(min_length=1)]
    stations: list[StationEntry] = []
    closures: list[ClosureEntry] = []
    services: Annotated[list[ServiceEntry], Field(min_length=1)]


def read_catalogue(path: Path) -> CatalogueFile:
    """The catalogue in this file; raises `CatalogueRefused` with a message for each bad line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CatalogueRefused([f"Die Datei {path.name} gibt es nicht."]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueRefused(
            [f"Die Datei {path.name} ist nicht lesbar; erwartet wird Text in UTF-8."]
        ) from error
    return parse_catalogue(text)


def parse_catalogue(text: str) -> CatalogueFile:
    """The catalogue in this text; raises `CatalogueRefused` with a message for each bad line."""
    document = parse(text)
    problems = list(document.problems)
    file: CatalogueFile | None = None
    if document.root is None or not isinstance(document.values, dict):
        problems = problems or [(1, "die Datei muss „units“, „sites“ und „services“ enthalten")]
    else:
        try:
            file = CatalogueFile.model_validate(document.values)
        except ValidationError as error:
            problems += [_told(document, detail) for detail in error.errors(include_url=False)]
        problems += [(document.line_of(place), message) for place, message in cross_check(document.values)]
    if problems or file is None:
        raise CatalogueRefused([f"Zeile {line}: {message}" for line, message in sorted(set(problems))])
    return file


def _told(document: Document, detail: ErrorDetails) -> tuple[int, str]:
    place: Place = [step for step in detail["loc"] if step != "[key]"]
    names = [step for step in place if isinstance(step, str)]
    context = dict(detail.get("ctx", {}))
    if detail["type"] == "catalogue":
        message = str(context["message"])
    else:
        template = _MESSAGES.get(detail["type"], "„{field}“ hat keinen gültigen Wert")
        message = template.format(field=names[-1] if names else "Eintrag", **_german(context))
    return document.line_of(place), message


def _german(context: dict[str, Any]) -> dict[str, str]:
    return {name: str(value).replace("'", "").replace(" or ", " oder ") for name, value in context.items()}
