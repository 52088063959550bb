"""Reads a duty roster from CSV or iCalendar into lines; what it can't understand is named with its line. Pure.

Whether those people and places exist, and what fits the roster, is decided in `roster_import`.
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from server.clock import wall_span
from server.errors import BadInput

MOST_BYTES = 1_000_000
MOST_LINES = 10_000
HEADERS = {
    "who": ("login", "name", "anmeldename", "person", "sachbearbeitung"),
    "day": ("date", "tag", "datum", "day"),
    "begins": ("from", "von", "beginn", "start"),
    "ends": ("to", "bis", "ende", "end"),
    "place": ("place", "ort", "standort", "site"),
    "desk": ("desk", "schalter", "platz", "zimmer"),
    "video": ("video",),
}
NEEDED = ("who", "day", "begins", "ends", "place")
GERMAN_NAMES = {"who": "Anmeldename", "day": "Tag", "begins": "Von", "ends": "Bis", "place": "Ort"}
YES = ("ja", "j", "x", "1", "yes", "y", "true", "wahr")
NO = ("", "nein", "n", "0", "no", "false", "falsch", "-")
AT_HOME = ("home", "homeoffice", "home-office", "home office", "zuhause", "zu hause", "daheim")


class RosterRefused(BadInput):
    """A file that is no roster at all."""

    type = "roster-refused"
    detail = "Diese Datei ist kein lesbarer Dienstplan."


class NotUnderstood(Exception):
    """One line can't be used; the message says why in German."""


@dataclass(frozen=True, slots=True)
class Line:
    """A duty as written: `who` are the names to look for, in this order; `place` None is at home."""

    number: int
    who: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    place: str | None
    desk: str | None
    video: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that was not understood."""

    number: int
    why: str


Entry = Line | Wrong


def kind_of(name: str, data: bytes) -> Literal["csv", "ics"]:
    """By what is in it rather than by its name."""
    head = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    return "ics" if head.startswith(b"BEGIN:VCALENDAR") or name.lower().endswith(".ics") else "csv"


def decoded(data: bytes) -> str:
    """UTF-8, else what Excel in Germany writes. Raises `RosterRefused` for what is no text."""
    if len(data) > MOST_BYTES:
        raise RosterRefused("Die Datei ist zu groß. Erlaubt ist höchstens 1 MB.")
    if not data.strip():
        raise RosterRefused("Die Datei ist leer.")
    if b"\0" in data:
        raise RosterRefused("Die Datei ist keine Textdatei.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_csv(data: bytes) -> list[Entry]:
    """Columns in any order, named in German or English, parted by semicolon, comma or tab."""
    text = decoded(data)
    head = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    entries: list[Entry] = []
    columns: dict[str, int] | None = None
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                columns = _columns(row)
                continue
            entries.append(_entry(reader.line_num, row, columns))
            if len(entries) > MOST_LINES:
                raise RosterRefused("Die Datei hat zu viele Zeilen. Erlaubt sind höchstens 10.000.")
    except csv.Error:
        entries.append(Wrong(reader.line_num, "Die Zeile ist kein lesbares CSV."))
    return entries


def _columns(row: list[str]) -> dict[str, int]:
    names = [cell.strip().strip("\ufeff").lower() for cell in row]
    found = {
        key: names.index(known) for key, words in HEADERS.items() for known in words[::-1] if known in names
    }
    missing = [GERMAN_NAMES[key] for key in NEEDED if key not in found]
    if missing:
        raise RosterRefused(
            "In der ersten Zeile fehlen die Spalten: {columns}.", params={"columns": ", ".join(missing)}
        )
    return found


def _entry(number: int, row: list[str], columns: dict[str, int]) -> Entry:
    cells = {key: row[at].strip() if at < len(row) else "" for key, at in columns.items()}
    try:
        return line_of(number, cells)
    except NotUnderstood as wrong:
        return Wrong(number, str(wrong))


def line_of(number: int, cells: dict[str, str]) -> Line:
    """One row of cells as a line; raises `NotUnderstood`."""
    if not cells["who"] or len(cells["who"]) > 120:
        raise NotUnderstood("Der Anmeldename fehlt.")
    day = _day(cells["day"])
    starts_at, ends_at = wall_span(day, _time(cells["begins"]), _time(cells["ends"], end=True))
    if starts_at >= ends_at:
        raise NotUnderstood("Der Dienst muss später enden, als er beginnt.")
    video = cells.get("video", "").lower()
    if video not in (*YES, *NO):
        raise NotUnderstood(f"In der Spalte „Video“ steht „{_short(video)}“ statt ja oder nein.")
    place, desk = place_of(cells["place"], cells.get("desk", ""))
    return Line(number, (cells["who"],), starts_at, ends_at, place, desk, video in YES)


def place_of(place: str, desk: str) -> tuple[str | None, str | None]:
    """At home (None, None), or a site as written with a desk."""
    if place.lower() in AT_HOME:
        return None, None
    if not place:
        raise NotUnderstood("Der Ort fehlt: „home“ oder ein Standort.")
    if not desk:
        raise NotUnderstood("Vor Ort braucht der Dienst einen Schalter.")
    if len(desk) > 40:
        raise NotUnderstood("Der Name des Schalters ist zu lang (höchstens 40 Zeichen).")
    return place, desk


def _day(text: str) -> date:
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    try:
        if german:
            return in_reach(date(int(german[3]), int(german[2]), int(german[1])))
        if iso:
            return in_reach(date(int(iso[1]), int(iso[2]), int(iso[3])))
    except ValueError:
        raise NotUnderstood(f"Den Tag „{_short(text)}“ gibt es nicht.") from None
    raise NotUnderstood(f"„{_short(text)}“ ist kein Tag wie 02.03.2027 oder 2027-03-02.")


def in_reach(day: date) -> date:
    """Dates beyond a lifetime are mistakes, and break the arithmetic of others."""
    if not 2000 <= day.year <= 2100:
        raise NotUnderstood("Das Jahr liegt zwischen 2000 und 2100.")
    return day


def _time(text: str, *, end: bool = False) -> time:
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})( ?Uhr)?", text, re.ASCII)
    if not found or int(found[1]) > 24 or int(found[2]) > 59 or (int(found[1]) == 24 and found[2] != "00"):
        raise NotUnderstood(f"„{_short(text)}“ ist keine Uhrzeit wie 08:00.")
    if int(found[2]) % 5:
        raise NotUnderstood("Dienste beginnen und enden im Fünf-Minuten-Raster.")
    if int(found[1]) == 24 and not end:
        raise NotUnderstood("Ein Dienst beginnt spätestens um 23:55 Uhr.")
    return time(int(found[1]) % 24, int(found[2]))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
