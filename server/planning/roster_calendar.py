"""Reads a duty roster from an iCalendar file: events, weekly and daily repetitions, exceptions. Pure and bounded.

Who serves stands in X-SPRECHZEIT-LOGIN, else before the @ of an ATTENDEE, else in SUMMARY; where in LOCATION
("home", or "site, desk"). Repetitions other than daily and weekly are refused: no roster needs them, and nothing
here may be made to count seconds.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from server.clock import BERLIN, TICK_S
from server.planning.roster_file import (
    MOST_LINES,
    YES,
    Entry,
    Line,
    NotUnderstood,
    RosterRefused,
    Wrong,
    decoded,
    in_reach,
    place_of,
)

MOST_EVENTS = 2_000
OLDEST = timedelta(days=2 * 366)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KNOWN_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}
TROUBLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError)


def read_calendar(data: bytes, first: date, last: date) -> list[Entry]:
    """The duties from `first` to `last`, both included."""
    text = decoded(data)
    starts = [n for n, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    if len(starts) > MOST_EVENTS:
        raise RosterRefused("Die Datei hat zu viele Einträge. Erlaubt sind höchstens 2.000.")
    try:
        events = list(Calendar.from_ical(text).walk("VEVENT"))
    except TROUBLE as error:
        raise RosterRefused("Die Datei ist kein lesbarer Kalender.") from error
    if len(events) != len(starts):
        raise RosterRefused("Die Datei ist kein lesbarer Kalender.")
    replaced = _replaced(events)
    entries: list[Entry] = []
    for number, event in zip(starts, events, strict=True):
        try:
            entries += _lines(number, event, replaced.get(str(event.get("UID")), set()), first, last)
        except NotUnderstood as wrong:
            entries.append(Wrong(number, str(wrong)))
        except TROUBLE:
            entries.append(Wrong(number, "Der Eintrag ist unvollständig oder beschädigt."))
        if len(entries) > MOST_LINES:
            raise RosterRefused("Der Kalender ergibt zu viele Dienste. Erlaubt sind höchstens 10.000.")
    return entries


def _replaced(events: list[Any]) -> dict[str, set[date]]:
    """UID ► days on which an entry of its own stands for the repeated one."""
    found: dict[str, set[date]] = {}
    for event in events:
        one = getattr(event.get("RECURRENCE-ID"), "dt", None)
        if isinstance(one, date):
            found.setdefault(str(event.get("UID")), set()).add(_day_of(one))
    return found


def _lines(number: int, event: Any, replaced: set[date], first: date, last: date) -> Iterator[Line]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    begins, length, zone = _span(event)
    who = tuple(_who(event))
    place, desk = _place(event)
    video = str(event.get("X-SPRECHZEIT-VIDEO", "")).strip().lower() in YES
    left_out = set(_dates(event.get("EXDATE")))
    if event.get("RECURRENCE-ID") is None:
        left_out |= replaced
    for day in _days(event, begins, zone, first, last):
        if day in left_out:
            continue
        start = _utc(datetime.combine(day, begins.time()), zone)
        end = _utc(datetime.combine(day, begins.time()) + length, zone)
        if start < end:
            yield Line(number, who, start, end, place, desk, video)


def _span(event: Any) -> tuple[datetime, timedelta, Any]:
    """The first beginning on its own wall clock, the length on it, and the zone of that clock."""
    begins = event["DTSTART"].dt
    if not isinstance(begins, datetime):
        raise NotUnderstood("Ein ganztägiger Eintrag sagt nicht, von wann bis wann der Dienst dauert.")
    zone = begins.tzinfo or BERLIN
    wall = begins.replace(tzinfo=None)
    if event.get("DTEND") is not None:
        ends = event["DTEND"].dt
        if not isinstance(ends, datetime):
            raise NotUnderstood("Das Ende des Dienstes fehlt.")
        in_zone = ends.astimezone(zone) if ends.tzinfo else ends
        length = in_zone.replace(tzinfo=None) - wall
    elif event.get("DURATION") is not None:
        length = event["DURATION"].dt
    else:
        raise NotUnderstood("Das Ende des Dienstes fehlt.")
    if not timedelta(0) < length <= timedelta(hours=24):
        raise NotUnderstood("Ein Dienst dauert höchstens 24 Stunden und endet später, als er beginnt.")
    in_reach(wall.date())
    if wall.minute * 60 % TICK_S or wall.second or wall.microsecond or length.total_seconds() % TICK_S:
        raise NotUnderstood("Dienste beginnen und enden im Fünf-Minuten-Raster.")
    return wall, length, zone


def _days(event: Any, begins: datetime, zone: Any, first: date, last: date) -> Iterator[date]:
    rule, begin = event.get("RRULE"), begins.date()
    if rule is None:
        if first <= begin <= last:
            yield begin
        return
    if event.get("RDATE") is not None or isinstance(rule, list):
        raise NotUnderstood("Mehrere Wiederholungen in einem Eintrag werden nicht gelesen.")
    if first - begin > OLDEST:
        raise NotUnderstood("Die Wiederholung begann vor mehr als zwei Jahren. Bitte geben Sie sie neu an.")
    parts = {str(name).upper(): list(values) for name, values in rule.items()}
    parts["UNTIL"] = [_until(value, begins, zone) for value in parts.get("UNTIL", [])]
    yield from (day for day in repeated(parts, begin, last) if first <= day)


def repeated(parts: dict[str, list[Any]], begin: date, last: date) -> Iterator[date]:
    """The days of a daily or weekly rule up to `last`. A day costs a step, whatever the rule says."""
    freq = str(parts.get("FREQ", [""])[0]).upper()
    if freq not in ("DAILY", "WEEKLY") or not parts.keys() <= KNOWN_PARTS:
        raise NotUnderstood("Nur tägliche und wöchentliche Wiederholungen werden gelesen.")
    interval, count = _number(parts, "INTERVAL") or 1, _number(parts, "COUNT")
    weekdays = {_weekday(value) for value in parts.get("BYDAY", [])}
    week_begins = _weekday(parts.get("WKST", ["MO"])[0])
    end = min([last, *parts.get("UNTIL", [])])
    if freq == "WEEKLY" and not weekdays:
        weekdays = {begin.weekday()}
    first_week = begin - timedelta(days=(begin.weekday() - week_begins) % 7)
    found = 0
    for offset in range((end - begin).days + 1):
        day = begin + timedelta(days=offset)
        steps = (day - first_week).days // 7 if freq == "WEEKLY" else offset
        if steps % interval or (weekdays and day.weekday() not in weekdays):
            continue
        found += 1
        if count is not None and found > count:
            return
        yield day


def _until(value: date, begins: datetime, zone: Any) -> date:
    """The last day on which a duty that begins at this time of day still is in time."""
    if not isinstance(value, datetime):
        return value
    local = value.astimezone(zone) if value.tzinfo else value
    return local.date() - timedelta(days=local.time() < begins.time())


def _number(parts: dict[str, list[Any]], name: str) -> int | None:
    if name not in parts:
        return None
    number = int(parts[name][0])
    if not 1 <= number <= 100_000:
        raise NotUnderstood("Nur tägliche und wöchentliche Wiederholungen werden gelesen.")
    return number


def _weekday(value: Any) -> int:
    if str(value).upper() not in WEEKDAYS:
        raise NotUnderstood("Nur tägliche und wöchentliche Wiederholungen werden gelesen.")
    return WEEKDAYS.index(str(value).upper())


def _day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _dates(value: Any) -> Iterator[date]:
    for group in value if isinstance(value, list) else [value] if value is not None else []:
        yield from (_day_of(one.dt) for one in group.dts)


def _utc(wall: datetime, zone: Any) -> datetime:
    return wall.replace(tzinfo=zone if zone is not None else ZoneInfo("UTC")).astimezone(UTC)


def _who(event: Any) -> Iterator[str]:
    attendees = event.get("ATTENDEE")
    listed = attendees if isinstance(attendees, list) else [attendees] if attendees is not None else []
    mails = [re.sub(r"^mailto:", "", str(one), flags=re.IGNORECASE).partition("@")[0] for one in listed]
    names = [str(event.get("X-SPRECHZEIT-LOGIN", "")), *mails, str(event.get("SUMMARY", ""))]
    found = [name.strip()[:120] for name in names if name.strip()]
    if not found:
        raise NotUnderstood("Der Anmeldename fehlt.")
    yield from found[:10]


def _place(event: Any) -> tuple[str | None, str | None]:
    place, _, desk = str(event.get("LOCATION", "")).partition(",")
    return place_of(place.strip(), str(event.get("X-SPRECHZEIT-DESK", desk)).strip())
