"""The calendar file: understood by calendars, stable through moves, silent about the concern."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event, Timezone

from server.notices.calendar_file import CalendarEntry, calendar_file, uid_of

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
START = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
ENTRY = CalendarEntry(
    uid=uid_of("a" * 32, "termine.example"),
    sequence=0,
    start=START,
    end=START + timedelta(minutes=30),
    summary="Termin bei: Stadt Kempten (Allgäu)",
    description="Terminnummer: 482-915-376",
    location="Verwaltungsgebäude, Rathausplatz 22; Zimmer 3, EG",
    url="https://termine.example/a/token",
    organizer_name="Stadt Kempten (Allgäu)",
    organizer_mail="termine@kempten.example",
)


def event_of(entry: CalendarEntry) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(calendar_file(entry, NOW))
    assert isinstance(calendar, Calendar)
    return calendar, calendar.events[0]


@pytest.mark.criterion("A12")
def test_the_entry_stands_at_the_city_s_wall_clock_time() -> None:
    calendar, event = event_of(ENTRY)
    assert event.start == START
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event.end == START + timedelta(minutes=30)
    assert [zone.tz_name for zone in calendar.timezones] == ["Europe/Berlin"]
    assert b"DTSTART;TZID=Europe/Berlin:20261123T101500\r\n" in calendar_file(ENTRY, NOW)


@pytest.mark.criterion("A12")
@pytest.mark.parametrize("year", range(2026, 2038))
def test_its_time_zone_agrees_with_the_time_zone_data(year: int) -> None:
    zone = Calendar.from_ical(calendar_file(ENTRY, NOW)).walk("VTIMEZONE")[0]
    assert isinstance(zone, Timezone)
    berlin, ours = ZoneInfo("Europe/Berlin"), zone.to_tz(lookup_tzid=False)
    for day in range(0, 365, 3):
        local = datetime(year, 1, 1, 12) + timedelta(days=day)  # noqa: DTZ001  a wall clock time
        assert local.replace(tzinfo=ours).utcoffset() == local.replace(tzinfo=berlin).utcoffset(), local


def test_the_same_facts_make_the_same_bytes() -> None:
    assert calendar_file(ENTRY, NOW) == calendar_file(ENTRY, NOW)


def test_without_an_address_it_is_published_and_invites_nobody() -> None:
    calendar, event = event_of(ENTRY)
    assert calendar["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in event
    assert event["STATUS"] == "CONFIRMED"


@pytest.mark.criterion("A12")
def test_a_move_replaces_the_entry_by_a_higher_sequence() -> None:
    first, moved = (
        event_of(ENTRY)[1],
        event_of(replace(ENTRY, sequence=1, start=START + timedelta(days=1)))[1],
    )
    assert first["UID"] == moved["UID"]
    assert (first["SEQUENCE"], moved["SEQUENCE"]) == (0, 1)


@pytest.mark.criterion("A15")
@pytest.mark.parametrize("attendee", [None, "a@example.org"])
def test_a_cancellation_takes_the_entry_away(attendee: str | None) -> None:
    calendar, event = event_of(replace(ENTRY, sequence=2, cancelled=True, attendee=attendee))
    assert calendar["METHOD"] == "CANCEL"
    assert event["STATUS"] == "CANCELLED"
    assert event["UID"] == ENTRY.uid


def test_by_mail_it_is_a_request_to_the_citizen_alone() -> None:
    calendar, event = event_of(replace(ENTRY, attendee="ärzte@example.org"))
    assert calendar["METHOD"] == "REQUEST"
    assert event["ATTENDEE"] == "mailto:ärzte@example.org"
    assert event["ORGANIZER"] == "mailto:termine@kempten.example"


def test_lines_are_short_and_end_as_the_standard_says() -> None:
    text = calendar_file(replace(ENTRY, location="Großer Saal, " * 30), NOW)
    assert not re.search(rb"(?<!\r)\n", text)
    assert max(len(line) for line in text.split(b"\r\n")) <= 75


def test_nothing_of_a_text_can_break_out_of_its_line() -> None:
    _, event = event_of(replace(ENTRY, location="Saal\r\nATTENDEE:mailto:x@example.org;,\\"))
    assert "ATTENDEE" not in event
    assert event["LOCATION"] == "Saal\nATTENDEE:mailto:x@example.org;,\\"


def test_the_uid_does_not_give_the_appointment_s_id_away() -> None:
    assert "a" * 32 not in uid_of("a" * 32, "termine.example")
