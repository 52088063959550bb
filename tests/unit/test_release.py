"""Shares of a duty's day and when they open: exact, without overlap, and at no common instant."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.booking.calendar import first_tick
from server.booking.release import PERIOD, PlanRefused, check, masks, opens_at, usable
from server.catalog.model import ReleasePart
from server.clock import BERLIN, instant_of

DAY = date(2027, 3, 2)
STAGED = (
    ReleasePart(50, "online", 92),
    ReleasePart(20, "online", 14),
    ReleasePart(10, "online", 1),
    ReleasePart(10, "phone", 92, 24),
    ReleasePart(10, "walk-in", 0),
)
LONG_BEFORE = datetime(2026, 12, 10, tzinfo=UTC)


@st.composite
def plans(draw: st.DrawFn) -> tuple[ReleasePart, ...]:
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=5)))
    shares = [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
    channels = [
        "online",
        *draw(st.lists(st.sampled_from(["online", "phone", "onsite", "walk-in"]), min_size=5)),
    ]
    days = draw(st.lists(st.integers(0, 92), min_size=6, max_size=6))
    return tuple(ReleasePart(*part) for part in zip(shares, channels, days, strict=False))


spans = st.builds(
    lambda first, length: ((1 << length) - 1) << first, st.integers(0, 100), st.integers(1, 150)
)


@given(plans(), st.integers(1, 10_000), spans)
def test_every_tick_is_in_exactly_one_part(plan: tuple[ReleasePart, ...], duty: int, span: int) -> None:
    check(plan)
    found = masks(plan, duty, DAY, span)
    assert sum(mask.bit_count() for mask in found) == span.bit_count()
    united = 0
    for mask in found:
        assert united & mask == 0
        united |= mask
    assert united == span


@given(plans(), st.integers(1, 10_000), spans)
def test_shares_are_exact_to_the_tick(plan: tuple[ReleasePart, ...], duty: int, span: int) -> None:
    """In every four hours each part is off by less than a tick."""
    runs = -(-span.bit_count() // PERIOD)
    for part, mask in zip(plan, masks(plan, duty, DAY, span), strict=True):
        assert abs(mask.bit_count() - span.bit_count() * part.share / 100) < runs + 0.01


@given(plans(), st.integers(1, 10_000), spans, st.lists(st.integers(0, 93 * 24 * 60), min_size=2, max_size=2))
def test_what_is_open_stays_open(
    plan: tuple[ReleasePart, ...], duty: int, span: int, minutes: list[int]
) -> None:
    earlier, later = (LONG_BEFORE + timedelta(minutes=minute) for minute in sorted(minutes))
    for channel in ("online", "phone", "onsite", "walk-in"):
        first = usable(plan, duty, DAY, span, channel, earlier)
        second = usable(plan, duty, DAY, span, channel, later)
        assert first.mask & ~second.mask == 0
        if later < first.until:
            assert first.mask == second.mask


def test_there_is_no_instant_at_which_everybody_has_to_be_there() -> None:
    """Three hundred duties open a part over the whole day before, never at night."""
    instants = [opens_at(STAGED[1], 1, duty, DAY).astimezone(BERLIN) for duty in range(300)]
    assert {at.date() for at in instants} == {DAY - timedelta(days=14)}
    assert all(7 <= at.hour < 19 for at in instants)
    assert len({at.hour for at in instants}) == 12
    assert max(Counter(instants).values()) <= 6


def test_each_part_has_times_at_all_hours() -> None:
    span = ((1 << 96) - 1) << 96
    hours: set[int] = set()
    for duty in range(40):
        mask = masks(STAGED, duty, DAY, span)[2]
        hours |= {
            instant_of(first_tick(DAY) + bit).astimezone(BERLIN).hour for bit in range(300) if mask >> bit & 1
        }
    assert hours == set(range(8, 16))


def test_long_visits_fit_into_what_is_open_early() -> None:
    """Half of four hours lies in one piece, or in two at the ends: an hour always fits."""
    span = ((1 << 48) - 1) << 96
    for duty in range(100):
        runs = f"{masks(STAGED, duty, DAY, span)[0]:b}".split("0")
        assert max(map(len, runs)) >= 12


def test_channels_get_their_own_and_what_is_open_to_all() -> None:
    span, now = ((1 << 96) - 1) << 96, LONG_BEFORE
    parts = masks(STAGED, 7, DAY, span)
    assert usable(STAGED, 7, DAY, span, "online", now).mask == parts[0]
    assert usable(STAGED, 7, DAY, span, "phone", now).mask == parts[0] | parts[3]
    assert usable(STAGED, 7, DAY, span, "walk-in", now).mask == parts[0]
    on_the_day = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)
    assert usable(STAGED, 7, DAY, span, "walk-in", on_the_day).mask == span & ~0
    assert usable(STAGED, 7, DAY, span, "online", on_the_day).mask == span & ~parts[4], (
        "late parts are open to all"
    )


@pytest.mark.parametrize(
    "plan",
    [
        (),
        (ReleasePart(99, "online", 92),),
        (ReleasePart(100, "phone", 92),),
        (ReleasePart(50, "online", 92), ReleasePart(50, "carrier-pigeon", 1)),
        (ReleasePart(100, "online", 93),),
        (ReleasePart(100, "online", 92, 241),),
        (ReleasePart(110, "online", 92), ReleasePart(-10, "online", 1)),
    ],
)
def test_a_plan_that_can_not_work_is_refused(plan: tuple[ReleasePart, ...]) -> None:
    with pytest.raises(PlanRefused):
        check(plan)
