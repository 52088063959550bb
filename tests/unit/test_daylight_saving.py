"""Both daylight-saving days of five years, every minute: lengths exact, calendar files right for other libraries too."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import dateutil.tz
import pytest
import pytz

from server.booking.calendar import first_tick, fits, grid, span_mask
from server.catalog.hours import open_spans
from server.clock import BERLIN, TICK, instant_of, tick_of, wall_span
from server.notices.calendar_file import CalendarEntry, calendar_file

YEARS = range(2026, 2031)
MINUTE = timedelta(minutes=1)
LINE = re.compile(rb"(DTSTART|DTEND)(;TZID=Europe/Berlin)?:(\d{8}T\d{6})(Z?)\r\n")


def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


DAYS = [(last_sunday(year, 3), 23) for year in YEARS] + [(last_sunday(year, 10), 25) for year in YEARS]


def minutes_of(day: date) -> Iterator[datetime]:
    """Every minute between local midnights, in UTC."""
    at, end = (
        datetime.combine(edge, time(), BERLIN).astimezone(UTC) for edge in (day, day + timedelta(days=1))
    )
    while at < end:
        yield at
        at += MINUTE


@pytest.mark.criterion("B10")
@pytest.mark.parametrize(("day", "hours"), DAYS)
def test_the_day_has_its_hours_and_every_visit_its_length(day: date, hours: int) -> None:
    assert sum(1 for _ in minutes_of(day)) == hours * 60
    assert first_tick(day + timedelta(days=1)) - first_tick(day) == hours * 12
    [whole] = open_spans(None, day, day, frozenset(), assumption_day=True)
    assert whole[1] - whole[0] == timedelta(hours=hours)
    span = span_mask(day, *whole)
    starts = fits(span, 6) & grid(day, 3)
    offered = [instant_of(first_tick(day) + bit) for bit in range(starts.bit_length()) if starts >> bit & 1]
    last = whole[1] - timedelta(minutes=30)
    assert offered == [at for at in minutes_of(day) if at <= last and not (at - whole[0]) % (3 * TICK)]
    assert len(offered) == hours * 4 - 1


@pytest.mark.criterion("B10")
@pytest.mark.parametrize(("day", "hours"), DAYS)
def test_every_minute_has_one_place_in_the_day(day: date, hours: int) -> None:
    """Instant ► tick ► instant is exact; duties on the wall clock last as long as the clocks say."""
    for at in minutes_of(day):
        tick = tick_of(at)
        assert instant_of(tick) <= at < instant_of(tick + 1)
        assert 0 <= tick - first_tick(day) < hours * 12
    for begin in range(24):
        start, end = wall_span(day, time(begin), time((begin + 1) % 24))
        skipped = hours == 23 and begin == 2
        twice = hours == 25 and begin == 2
        if skipped:
            assert start == end, "two o'clock is three o'clock"
        elif hours == 25 and begin == 1:
            assert end - start == timedelta(hours=1)
        else:
            assert end - start == timedelta(hours=2 if twice else 1), begin


def read(file: bytes, name: bytes) -> tuple[datetime, bool]:
    """The naive time in the file, and whether it is UTC."""
    for line, zone, written, z in LINE.findall(file.partition(b"BEGIN:VEVENT")[2]):
        if line == name:
            assert bool(zone) != bool(z)
            return datetime.strptime(written.decode(), "%Y%m%dT%H%M%S"), bool(z)  # noqa: DTZ007
    raise AssertionError(name)


@pytest.mark.criterion("B10", "A12")
@pytest.mark.parametrize(("day", "hours"), DAYS)
def test_other_libraries_read_the_same_instants_from_the_calendar_file(day: date, hours: int) -> None:
    """dateutil and pytz, and the file's own VTIMEZONE: for every start on the five-minute grid, twelve hours around."""
    theirs = pytz.timezone("Europe/Berlin")
    dateutils = dateutil.tz.gettz("Europe/Berlin")
    entry = CalendarEntry(
        "u@x",
        0,
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
        "s",
        "d",
        "l",
        "u",
        "o",
        "o@x.org",
    )
    text = calendar_file(entry, datetime(2026, 1, 1, tzinfo=UTC)).decode()
    zone = text[text.index("BEGIN:VTIMEZONE") : text.index("END:VTIMEZONE") + len("END:VTIMEZONE\r\n")]
    own = dateutil.tz.tzical(io.StringIO(zone)).get("Europe/Berlin")
    for at in (minute for minute in minutes_of(day) if not minute.minute % 5):
        end = at + timedelta(minutes=15)
        file = calendar_file(
            CalendarEntry("u@x", 0, at, end, "s", "d", "l", "u", "o", "o@x.org"),
            datetime(2026, 1, 1, tzinfo=UTC),
        )
        for name, instant in ((b"DTSTART", at), (b"DTEND", end)):
            naive, is_utc = read(file, name)
            if is_utc:
                assert naive.replace(tzinfo=UTC) == instant
                continue
            assert naive.replace(tzinfo=dateutils).astimezone(UTC) == instant
            assert theirs.localize(naive, is_dst=True).astimezone(UTC) == instant
            assert naive.replace(tzinfo=own).astimezone(UTC) == instant
