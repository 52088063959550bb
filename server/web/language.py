"""Which language a page speaks, and its gettext. German is the source language; further ones are catalogues alone."""

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from server.clock import BERLIN

LOCALE = Path(__file__).parent.parent / "locale"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he"})
NAMES = {"de": "Deutsch", "de_LS": "Leichte Sprache", "en": "English"}


@dataclass(frozen=True)
class Language:
    """A page language: `code` as in the catalogues, `tag` as in HTML's lang attribute (BCP 47)."""

    code: str

    @property
    def tag(self) -> str:
        return "de-simple" if self.code == "de_LS" else self.code.replace("_", "-")

    @property
    def direction(self) -> str:
        return "rtl" if self.code in RIGHT_TO_LEFT else "ltr"

    @property
    def babel(self) -> str:
        return "de" if self.code == "de_LS" else self.code

    def gettext(self, message: str) -> str:
        return catalogue(self.code).gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return catalogue(self.code).ngettext(one, many, n)

    def day(self, value: Any) -> str:
        """Like "Montag, 23. November 2026"; instants are shown on the city's wall clock."""
        return format_date(_local(value), "full", locale=self.babel)

    def short_day(self, value: Any) -> str:
        """Like "Mo., 23. Nov."."""
        return format_skeleton("MMMEd", _local(value), locale=self.babel)

    def weekday(self, value: Any) -> str:
        """Like "Montag"."""
        return format_date(value, "EEEE", locale=self.babel)

    def time(self, value: Any) -> str:
        """Like "10:15 Uhr" in German, "10:15" elsewhere."""
        text = format_time(_local(value), "HH:mm", tzinfo=BERLIN, locale=self.babel)
        return f"{text} Uhr" if self.babel == "de" else text

    def moment(self, value: Any) -> str:
        return f"{self.day(value)}, {self.time(value)}"

    def short_moment(self, value: Any) -> str:
        return format_datetime(_local(value), "EEE d.M. HH:mm", locale=self.babel)


def own_name(code: str) -> str:
    """A language's name in itself, like "Türkçe"; the code where nobody knows it."""
    try:
        name = Locale.parse(code).get_display_name() or code
    except (UnknownLocaleError, ValueError):
        name = code
    return name[:1].upper() + name[1:]


def _local(value: Any) -> Any:
    return value.astimezone(BERLIN) if hasattr(value, "astimezone") else value


@cache
def available() -> tuple[str, ...]:
    """German first, then every catalogue that lies in the folder."""
    found = sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/messages.po"))
    return ("de", *found)


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    path = LOCALE / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale="de" if code == "de_LS" else code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose(asked: str | None, kept: str | None, accepted: str) -> Language:
    """The language asked for in the address, else the one kept in a cookie, else the browser's first that we speak."""
    known = available()
    for code in (asked, kept):
        if code and code.replace("-", "_") in known:
            return Language(code.replace("-", "_"))
    for code in _accepted(accepted):
        if code in known:
            return Language(code)
    return Language("de")


def _accepted(header: str) -> Iterable[str]:
    weighted = []
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weighted.append((-float(quality or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighted, key=lambda pair: pair[0])]
