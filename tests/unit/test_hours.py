"""When the house is open: function times, holidays, closing days, and the days of 23 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from server.catalog.hours import holidays_of, is_closed, open_spans
from server.catalog.model import Site
from server.clock import BERLIN, wall_span

NOTHING_CLOSED: frozenset[tuple[str | None, date]] = frozenset()
LONG, SHORT = ((time(7, 30), time(17)),), ((time(7, 30), time(13)),)
RATHAUS = Site("rathausplatz", "Rathaus", "Rathausplatz 22", (LONG, LONG, LONG, LONG, SHORT, (), ()))
NEVER_CLOSED = Site("immer", "Immer", "Immer 1", (((time(0), time(0)),),) * 7)

# Easter Sundays; Bavaria's movable holidays are counted from them (Art. 1 FTG).
EASTER = {
    2026: date(2026, 4, 5),
    2027: date(2027, 3, 28),
    2028: date(2028, 4, 16),
    2029: date(2029, 4, 1),
    2030: date(2030, 4, 21),
}
FIXED = ((1, 1), (1, 6), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))
AFTER_EASTER = (-2, 1, 39, 50, 60)
CLOCK_CHANGES = {
    2026: (date(2026, 3, 29), date(2026, 10, 25)),
    2027: (date(2027, 3, 28), date(2027, 10, 31)),
    2028: (date(2028, 3, 26), date(2028, 10, 29)),
    2029: (date(2029, 3, 25), date(2029, 10, 28)),
    2030: (date(2030, 3, 31), date(2030, 10, 27)),
}


def hours_open(site: Site | None, day: date) -> float:
    spans = open_spans(site, day, day, NOTHING_CLOSED, assumption_day=True)
    return sum((end - start).total_seconds() for start, end in spans) / 3600


@pytest.mark.criterion("B06")
@pytest.mark.parametrize("year", EASTER)
def test_bavarias_holidays_with_and_without_the_15th_of_august(year: int) -> None:
    expected = {date(year, month, day) for month, day in FIXED}
    expected |= {EASTER[year] + timedelta(days=days) for days in AFTER_EASTER}
    assert holidays_of(year, assumption_day=False) == expected
    assert holidays_of(year, assumption_day=True) == expected | {date(year, 8, 15)}


@pytest.mark.criterion("B06")
def test_nobody_works_on_a_holiday_neither_at_a_desk_nor_at_home() -> None:
    assumption_day = date(2028, 8, 15)  # a Tuesday
    for site in (RATHAUS, None):
        assert open_spans(site, assumption_day, assumption_day, NOTHING_CLOSED, assumption_day=True) == []
        assert (
            len(open_spans(site, assumption_day, assumption_day, NOTHING_CLOSED, assumption_day=False)) == 1
        )


@pytest.mark.criterion("B06")
def test_a_sites_own_closing_day_closes_that_site_only() -> None:
    day = date(2027, 6, 16)
    closures = frozenset({("rathausplatz", day)})
    assert is_closed("rathausplatz", day, closures, assumption_day=True)
    assert not is_closed("kronenstrasse", day, closures, assumption_day=True)
    assert not is_closed(None, day, closures, assumption_day=True)


@pytest.mark.criterion("B06")
def test_a_closing_day_of_the_whole_city_reaches_the_home_office() -> None:
    shrove_tuesday = date(2027, 2, 9)
    closures: frozenset[tuple[str | None, date]] = frozenset({(None, shrove_tuesday)})
    for site in (RATHAUS, None):
        assert open_spans(site, shrove_tuesday, shrove_tuesday, closures, assumption_day=True) == []


@pytest.mark.criterion("B05")
def test_function_times_of_a_week() -> None:
    monday = date(2027, 6, 7)
    spans = open_spans(RATHAUS, monday, monday + timedelta(days=6), NOTHING_CLOSED, assumption_day=True)
    local = [(start.astimezone(BERLIN), end.astimezone(BERLIN)) for start, end in spans]
    assert [f"{start:%a %H:%M}-{end:%H:%M}" for start, end in local] == [
        "Mon 07:30-17:00",
        "Tue 07:30-17:00",
        "Wed 07:30-17:00",
        "Thu 07:30-17:00",
        "Fri 07:30-13:00",
    ]


@pytest.mark.criterion("B05")
def test_a_break_cuts_the_day_in_two() -> None:
    split = Site("x", "X", "X", (((time(8), time(12)), (time(13), time(16))),) + ((),) * 6)
    monday = date(2027, 6, 7)
    spans = open_spans(split, monday, monday, NOTHING_CLOSED, assumption_day=True)
    assert [start.hour for start, _ in spans] == [6, 11]


@pytest.mark.criterion("B10")
@pytest.mark.parametrize("year", CLOCK_CHANGES)
def test_the_days_of_the_clock_change_have_23_and_25_hours(year: int) -> None:
    spring, autumn = CLOCK_CHANGES[year]
    for site in (NEVER_CLOSED, None):
        if spring not in holidays_of(year, assumption_day=True):
            assert hours_open(site, spring) == 23
        assert hours_open(site, autumn) == 25
        assert hours_open(site, autumn + timedelta(days=9)) == 24


@pytest.mark.criterion("B10")
@pytest.mark.parametrize("day", [day for pair in CLOCK_CHANGES.values() for day in pair])
def test_every_minute_of_a_clock_change_day_is_open_exactly_as_its_wall_clock_says(day: date) -> None:
    """Sweeps the day in real minutes: a site open from 01:00 to 04:00 local time."""
    night = Site("n", "N", "N", (((time(1), time(4)),),) * 7)
    spans = open_spans(night, day, day, NOTHING_CLOSED, assumption_day=False)
    minute, end = wall_span(day, time(0), time(0))
    while minute < end:
        inside = any(start <= minute < stop for start, stop in spans)
        assert inside == (1 <= minute.astimezone(BERLIN).hour < 4)
        minute += timedelta(minutes=1)


@pytest.mark.criterion("B10")
@pytest.mark.parametrize("day", [day for pair in CLOCK_CHANGES.values() for day in pair])
def test_no_wall_clock_span_runs_backwards_and_all_are_in_utc(day: date) -> None:
    midnight, _ = wall_span(day, time(0), time(0))
    last = midnight
    for minute in range(24 * 60):
        start, end = wall_span(day, time(minute // 60, minute % 60), time(0))
        assert last <= start <= end
        assert start.tzinfo is UTC
        last = start


@pytest.mark.criterion("B10")
def test_a_time_that_the_clock_skips_means_the_jump() -> None:
    jump = datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert wall_span(date(2027, 3, 28), time(2, 15), time(3)) == (jump, jump)


@pytest.mark.criterion("B10")
def test_office_hours_keep_their_wall_clock_over_the_change() -> None:
    assert wall_span(date(2027, 3, 26), time(9), time(17))[0].hour == 8
    assert wall_span(date(2027, 3, 29), time(9), time(17))[0].hour == 7
