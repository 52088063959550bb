"""Reading roster files: whatever comes, it is read, named as not understood, or refused; quickly."""

import contextlib
import time as clock
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import DAILY, WEEKLY, rrule, weekday
from hypothesis import given
from hypothesis import strategies as st

from server.planning.roster_calendar import read_calendar, repeated
from server.planning.roster_file import Line, RosterRefused, Wrong, read_csv

FIRST, LAST = date(2027, 3, 1), date(2028, 4, 1)
HEAD = "Anmeldename;Tag;Von;Bis;Ort;Schalter;Video\n"
EVENT = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
cells = st.one_of(
    st.sampled_from(
        ["clerk1", "02.03.2027", "2027-03-02", "08:00", "24:00", "home", "ja", "", '"', ";", "%s{}"]
    ),
    st.text(max_size=20),
)
parts = st.one_of(
    st.sampled_from(
        [
            "DTSTART:20270305T090000Z",
            "DTSTART;TZID=Europe/Berlin:20270305T080000",
            "DTSTART;VALUE=DATE:20270305",
            "DTSTART:99991231T235500Z",
            "DTSTART:00010101T000000",
            "DTEND:20270305T100000Z",
            "DTEND:00010101T000000Z",
            "DURATION:PT2H",
            "DURATION:-P9999D",
            "RRULE:FREQ=DAILY;COUNT=3",
            "RRULE:FREQ=WEEKLY;BYDAY=FR,XX",
            "RRULE:FREQ=SECONDLY",
            "RRULE:FREQ=DAILY;UNTIL=garbage",
            "RRULE:FREQ=DAILY;INTERVAL=0",
            "EXDATE:20270305T090000Z",
            "RECURRENCE-ID:20270305T090000Z",
            "SUMMARY:clerk1",
            "LOCATION:home",
            "STATUS:CANCELLED",
            "BEGIN:VALARM",
            "END:VEVENT",
        ]
    ),
    st.text(max_size=30),
)


@given(st.lists(st.lists(cells, max_size=8), max_size=6))
def test_any_table_is_read_or_refused(rows: list[list[str]]) -> None:
    text = HEAD + "\n".join(";".join(row) for row in rows)
    try:
        entries = read_csv(text.encode("utf-8", "surrogatepass"))
    except RosterRefused:
        return
    assert all(isinstance(entry, Line | Wrong) for entry in entries)


@given(st.lists(parts, max_size=8))
def test_any_calendar_is_read_or_refused(lines: list[str]) -> None:
    try:
        entries = read_calendar(EVENT.format("\r\n".join(lines)).encode("utf-8", "replace"), FIRST, LAST)
    except RosterRefused:
        return
    for entry in entries:
        assert isinstance(entry, Wrong) or entry.starts_at < entry.ends_at


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (read_csv, lambda raw: read_calendar(raw, FIRST, LAST)):
        try:
            read(data)
        except RosterRefused:
            continue


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=WEEKLY;INTERVAL=99999",
        "FREQ=DAILY;COUNT=99999",
    ],
)
def test_no_rule_keeps_the_server_busy(rule: str) -> None:
    event = (
        "BEGIN:VEVENT\nDTSTART:20260305T090000Z\nDURATION:PT1H\nSUMMARY:x\n"
        f"LOCATION:home\nRRULE:{rule}\nEND:VEVENT\n"
    )
    began = clock.process_time()
    with contextlib.suppress(RosterRefused):
        read_calendar(f"BEGIN:VCALENDAR\n{event * 500}END:VCALENDAR\n".encode(), FIRST, LAST)
    assert clock.process_time() - began < 5


@given(
    begin=st.dates(date(2026, 6, 1), date(2027, 6, 1)),
    weekly=st.booleans(),
    interval=st.integers(1, 5),
    days=st.sets(st.integers(0, 6)),
    count=st.none() | st.integers(1, 40),
    begins=st.integers(0, 6),
)
def test_repetitions_are_those_of_the_standard(
    begin: date, weekly: bool, interval: int, days: set[int], count: int | None, begins: int
) -> None:
    names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    rule: dict[str, list[Any]] = {
        "FREQ": ["WEEKLY" if weekly else "DAILY"],
        "INTERVAL": [interval],
        "WKST": [names[begins]],
    }
    rule |= {"BYDAY": [names[day] for day in days]} if days else {}
    rule |= {"COUNT": [count]} if count else {}
    last = begin + timedelta(days=300)
    wanted = rrule(
        WEEKLY if weekly else DAILY,
        interval=interval,
        byweekday=[weekday(day) for day in sorted(days)] or None,
        wkst=begins,
        count=count,
        dtstart=datetime.combine(begin, datetime.min.time()),
    )
    expected = []
    for number, one in enumerate(wanted):
        if one.date() > last or number > 400:
            break
        expected.append(one.date())
    if weekly or not days or interval == 1:
        assert list(repeated(rule, begin, last)) == expected
