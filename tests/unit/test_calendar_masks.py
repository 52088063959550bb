"""The bit masks of the calendar against plain loops, and every tick of the days on which the clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.booking.calendar import (
    MOST_TICKS,
    PAST_MIDNIGHT,
    DutyDay,
    bits,
    first_tick,
    fits,
    grid,
    local_days,
    span_mask,
    ticks_mask,
)
from server.clock import BERLIN, TICK, ceil_tick, instant_of, tick_of

SPRING = [date(2026, 3, 29), date(2027, 3, 28), date(2028, 3, 26), date(2029, 3, 25), date(2030, 3, 31)]
AUTUMN = [date(2026, 10, 25), date(2027, 10, 31), date(2028, 10, 29), date(2029, 10, 28), date(2030, 10, 27)]
LENGTHS = [(day, 23) for day in SPRING] + [(day, 25) for day in AUTUMN]

quick = settings(derandomize=True, deadline=None, max_examples=300)
masks = st.integers(min_value=0, max_value=(1 << MOST_TICKS) - 1)


@quick
@given(free=masks, ticks=st.integers(1, 40))
def test_a_visit_fits_where_a_plain_loop_finds_so_many_free_ticks_in_a_row(free: int, ticks: int) -> None:
    naive = sum(1 << at for at in range(MOST_TICKS) if all(free >> (at + n) & 1 for n in range(ticks)))
    assert fits(free, ticks) == naive


@quick
@given(positions=st.sets(st.integers(0, MOST_TICKS - 1)))
def test_bits_are_the_positions_that_were_set(positions: set[int]) -> None:
    assert bits(sum(1 << position for position in positions)) == sorted(positions)


@pytest.mark.parametrize("step", [1, 2, 3, 6])
def test_the_grid_counts_from_midnight(step: int) -> None:
    day = date(2027, 3, 1)
    assert bits(grid(day, step)) == [at for at in range(288) if at % step == 0]


@quick
@given(
    day=st.sampled_from([*SPRING, *AUTUMN, date(2027, 6, 1)]),
    starts=st.integers(-2000, 2000),
    minutes=st.integers(0, 3000),
)
def test_a_span_covers_exactly_the_whole_ticks_inside_it(day: date, starts: int, minutes: int) -> None:
    start = instant_of(first_tick(day)) + timedelta(minutes=starts)
    end = start + timedelta(minutes=minutes)
    inside = [
        tick - first_tick(day)
        for tick in range(first_tick(day), first_tick(day + timedelta(days=1)) + PAST_MIDNIGHT)
        if start <= instant_of(tick) and instant_of(tick) + TICK <= end
    ]
    assert bits(span_mask(day, start, end)) == inside


@pytest.mark.criterion("B10")
@pytest.mark.parametrize(("day", "hours"), LENGTHS)
def test_a_day_of_the_clock_change_has_as_many_ticks_as_it_has_time(day: date, hours: int) -> None:
    """Each tick of the day lies five real minutes after the one before, and on this local day."""
    first, after = first_tick(day), first_tick(day + timedelta(days=1))
    assert after - first == hours * 12 <= MOST_TICKS
    instants = [instant_of(tick) for tick in range(first, after)]
    assert instants[0].astimezone(BERLIN).time() == time(0)
    assert {instant.astimezone(BERLIN).date() for instant in instants} == {day}
    assert all(later - earlier == TICK for earlier, later in pairwise(instants))
    assert [tick_of(instant) for instant in instants] == list(range(first, after))
    assert span_mask(day, instants[0], instants[-1] + TICK).bit_count() == hours * 12
    assert local_days(instants[0], instants[-1] + TICK) == [day]


@pytest.mark.criterion("B10")
@pytest.mark.parametrize(("day", "hours"), LENGTHS)
def test_the_wall_clock_of_every_tick_is_told_once_or_twice_or_never_as_the_law_says(
    day: date, hours: int
) -> None:
    """In March 02:00 to 02:55 does not exist, in October it comes twice (§ 4 EinhZeitG, SommerZV)."""
    walls = [instant_of(first_tick(day) + bit).astimezone(BERLIN).time() for bit in range(hours * 12)]
    every = [time(minute // 60, minute % 60) for minute in range(0, 24 * 60, 5)]
    jumping = {wall for wall in every if wall.hour == 2}
    told_at_two = 0 if hours == 23 else 2
    assert {wall: walls.count(wall) for wall in every} == {
        wall: told_at_two if wall in jumping else 1 for wall in every
    }


@pytest.mark.criterion("B10")
@pytest.mark.parametrize(("day", "hours"), LENGTHS)
@pytest.mark.parametrize("ticks", [1, 3, 12, 18])
def test_a_visit_across_the_clock_change_is_exactly_as_long_as_it_should_be(
    day: date, hours: int, ticks: int
) -> None:
    starts = bits(fits(span_mask(day, *_whole(day)), ticks))
    assert starts == list(range(hours * 12 - ticks + 1))
    for bit in starts:
        start = instant_of(first_tick(day) + bit)
        end = start + TICK * ticks
        assert (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() == ticks * 300


def _whole(day: date) -> tuple[datetime, datetime]:
    return instant_of(first_tick(day)), instant_of(first_tick(day + timedelta(days=1)))


def test_ticks_of_other_days_are_left_out() -> None:
    day = date(2027, 3, 28)
    first = first_tick(day)
    assert bits(ticks_mask(day, [first - 1, first, first + 5])) == [0, 5]


@quick
@given(seconds=st.integers(0, 4_000_000_000))
def test_a_tick_holds_its_instant_and_ceil_is_the_next_that_begins(seconds: int) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    assert instant_of(tick_of(instant)) <= instant < instant_of(tick_of(instant)) + TICK
    assert instant_of(ceil_tick(instant)) >= instant > instant_of(ceil_tick(instant)) - TICK


def test_an_expired_hold_is_free_at_the_very_moment_of_its_expiry() -> None:
    expires = datetime(2027, 3, 1, 8, tzinfo=UTC)
    duty = DutyDay(
        duty_id=1,
        day=date(2027, 3, 1),
        crew=0,
        home=True,
        site=None,
        takes_video=True,
        step_ticks=None,
        demo=False,
        span=0b1111,
        free=0b1111,
        held=((0b0110, expires),),
    )
    assert duty.free_at(expires - timedelta(microseconds=1)) == 0b1001
    assert duty.free_at(expires) == 0b1111
