"""Duties that come back: weekly with breaks, right over clock changes and holidays, planned three months ahead."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from dateutil.rrule import WEEKLY, rrule
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from server.booking.model import DutyRow
from server.clock import BERLIN
from server.planning.series import Series, days_of, extend_all
from tests.http.reading import get, read, send
from tests.http.test_pages_office import signed_in
from tests.office.city import City, Client, only_sqlite

SERIES = "/api/v1/office/duty-series"
BODY: dict[str, Any] = {
    "login": "clerk2",
    "weekdays": [4],
    "times": [["08:00", "12:00"], ["12:30", "16:00"]],
    "first_day": "2027-03-05",
}


async def post(scheduler: Client, status: int = 201, **changes: Any) -> dict[str, Any]:
    answer = await scheduler.post(SERIES, json={**BODY, **changes})
    assert answer.status == status, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def planned(city: City, series_id: int) -> list[tuple[datetime, datetime]]:
    query = select(DutyRow.starts_at, DutyRow.ends_at).where(DutyRow.series_id == series_id)
    async with city.office.db.read() as tx:
        rows = (await tx.execute(query.order_by(DutyRow.starts_at))).all()
    return [(row.starts_at.astimezone(BERLIN), row.ends_at.astimezone(BERLIN)) for row in rows]


@pytest.mark.criterion("B11")
async def test_a_series_makes_its_duties_with_the_break_and_leaves_holidays_out(city: City) -> None:
    made = await post(await city.sign_in("scheduler"))
    duties = await planned(city, made["id"])
    assert len(duties) == made["duties"]
    days = sorted({start.date() for start, _ in duties})
    assert all(day.weekday() == 4 for day in days)
    assert date(2027, 3, 26) not in days, "Good Friday"
    assert days[0] == date(2027, 3, 5)
    assert days[-1] >= date(2027, 6, 1)
    for day in days:
        spans = [(s.strftime("%H:%M"), e.strftime("%H:%M")) for s, e in duties if s.date() == day]
        assert spans == [("08:00", "12:00"), ("12:30", "16:00")], day
    slots = await city.free("meldebescheinigung", "video", days=5)
    friday = {slot["start"][11:16] for slot in slots if slot["start"].startswith("2027-03-05")}
    assert {"07:00", "10:50", "11:30"} <= friday, "an hour behind the wall clock: UTC"
    assert "11:00" not in friday


@only_sqlite()
@pytest.mark.criterion("B11")
async def test_the_wall_clock_counts_on_both_days_of_the_clock_change(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    sunday: dict[str, Any] = {"weekdays": [6], "times": [["01:00", "04:00"]]}
    made = await post(scheduler, **sunday, first_day="2027-03-28", last_day="2027-03-28")
    start, end = (await planned(city, made["id"]))[0]
    assert (end.astimezone(UTC) - start.astimezone(UTC)) == timedelta(hours=2)
    city.clock.set(datetime(2027, 10, 1, 8, tzinfo=UTC))
    made = await post(await city.sign_in("scheduler"), **sunday, first_day="2027-10-31")
    start, end = (await planned(city, made["id"]))[0]
    assert (end.astimezone(UTC) - start.astimezone(UTC)) == timedelta(hours=4)


@pytest.mark.criterion("B11")
async def test_an_overlap_is_refused_with_its_day_and_nothing_is_stored(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    problem = await post(scheduler, 422, weekdays=[1], times=[["10:30", "12:00"]])
    assert "Dienstag, 9. März 2027" in problem["detail"]
    assert await (await scheduler.get(SERIES)).json() == []


@pytest.mark.criterion("B11")
async def test_every_night_the_missing_days_are_made_once_and_busy_ones_left_out(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    made = await post(scheduler, every_weeks=2)
    before = await planned(city, made["id"])
    busy = {"login": "clerk2", "start": "2027-06-25T07:00:00+02:00", "end": "2027-06-25T10:00:00+02:00"}
    assert (await scheduler.post("/api/v1/office/duties", json=busy)).status == 201
    city.clock.advance(timedelta(days=30))
    await extend_all(city.office.db, city.now, assumption_day=True)
    after = await planned(city, made["id"])
    assert after[: len(before)] == before
    assert len(after) > len(before)
    monday = date(2027, 3, 1)
    assert all((start.date() - monday).days // 7 % 2 == 0 for start, _ in after)
    assert all(start.date() <= city.now.date() + timedelta(days=93) for start, _ in after)
    assert await extend_all(city.office.db, city.now, assumption_day=True) == 0
    assert await planned(city, made["id"]) == after
    assert [start.hour for start, _ in after if start.date() == date(2027, 6, 25)] == [12]


@pytest.mark.criterion("B11")
async def test_ending_a_series_removes_what_is_unused_and_names_what_is_not(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    made = await post(scheduler)
    slots = await city.free("meldebescheinigung", "video", days=20)
    later = next(s for s in slots if s["start"].startswith("2027-03-12T11:30"))
    await city.confirm((await (await city.hold("meldebescheinigung", later)).json())["hold"])
    answer = await scheduler.delete(f"{SERIES}/{made['id']}", params={"last_day": "2027-03-05"})
    ended = await answer.json()
    assert answer.status == 200
    left = await planned(city, made["id"])
    assert [start.strftime("%d.%m. %H:%M") for start, _ in left] == [
        "05.03. 08:00",
        "05.03. 12:30",
        "12.03. 12:30",
    ]
    assert len(ended["kept"]) == 1
    assert ended["removed"] == made["duties"] - 3
    city.clock.advance(timedelta(days=30))
    assert await extend_all(city.office.db, city.now, assumption_day=True) == 0
    assert (await scheduler.delete(f"{SERIES}/77777")).status in (401, 404)


@only_sqlite()
@pytest.mark.parametrize(
    "change",
    [
        {"weekdays": []},
        {"weekdays": [7]},
        {"times": []},
        {"times": [["12:00", "08:00"]]},
        {"times": [["08:00", "12:00"], ["11:00", "13:00"]]},
        {"times": [["08:01", "12:00"]]},
        {"times": [["08:00", "08:00"]]},
        {"every_weeks": 0},
        {"every_weeks": 9},
        {"last_day": "2027-03-01"},
        {"first_day": "9999-12-31"},
        {"first_day": "0001-01-01"},
        {"site": "rathausplatz"},
        {"site": "nirgends", "desk": "1"},
        {"login": "hotline"},
        {"more": 1},
    ],
)
async def test_a_series_without_sense_is_refused(city: City, change: dict[str, Any]) -> None:
    scheduler = await city.sign_in("scheduler")
    await post(scheduler, 422, **change)
    assert await (await scheduler.get(SERIES)).json() == []


@only_sqlite()
@pytest.mark.criterion("B11")
async def test_the_pages_make_and_end_a_series(city: City) -> None:
    scheduler = await signed_in(city, "scheduler")
    form = (await get(scheduler, "/office/roster/series")).form("/office/roster/series")
    typed: dict[str, Any] = {
        "login": "clerk2",
        "from1": "08:00",
        "to1": "12:00",
        "from2": "12:30",
        "to2": "16:00",
    }
    wrong = await send(scheduler, form, status=422, **typed)
    assert "Bitte wählen Sie mindestens einen Wochentag." in wrong.text
    done = await send(scheduler, form, ("weekday", "4"), **typed)
    assert "Der Dienst ist geplant." in done.text
    assert "Freitag · 08:00–12:00, 12:30–16:00 · jede Woche" in done.text
    ending = done.form("/end")
    ended = await read(await scheduler.post(ending.action, data=ending.filled(last_day="2027-03-08")))
    assert "Der wiederkehrende Dienst endet." in ended.text


@given(
    first=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    every=st.integers(1, 8),
    length=st.integers(0, 200),
)
def test_the_days_are_those_of_the_standards_rule(
    first: date, weekdays: set[int], every: int, length: int
) -> None:
    last = first + timedelta(days=length)
    series = Series(1, "home", None, None, True, tuple(weekdays), every, ((time(8), time(9)),), first, None)
    begin, end = (datetime.combine(day, time(8)) for day in (first, last))
    rule = rrule(WEEKLY, interval=every, byweekday=sorted(weekdays), dtstart=begin, until=end, wkst=0)
    assert list(days_of(series, first, last)) == [one.date() for one in rule]
