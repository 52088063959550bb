"""Putting clerks on duty: on the grid, one place at a time, right over daylight saving, told to every process."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from server.booking.model import CalendarChangeRow, DutyRow
from server.catalog.model import SiteRow
from server.clock import wall_span
from server.db import Base, Database
from server.people.model import StaffRow
from server.planning.duties import Duty, DutyRefused, add_duties
from tests.office import small_city

NOW = datetime(2027, 3, 1, 7, tzinfo=UTC)
HOME = Duty(1, "home", NOW, NOW + timedelta(hours=4))


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'duties.db'}")
    async with database.write() as tx:
        await tx.run_sync(Base.metadata.create_all)
        await tx.execute(insert(StaffRow), small_city.staff("none"))
        await tx.execute(insert(SiteRow), small_city.SITES)
    yield database
    await database.close()


async def add(db: Database, *duties: Duty) -> list[int]:
    async with db.write() as tx:
        return await add_duties(tx, duties, NOW)


async def count(db: Database) -> int:
    async with db.read() as tx:
        return await tx.scalar(select(func.count()).select_from(DutyRow)) or 0


@pytest.mark.criterion("B03")
async def test_a_duty_is_stored_and_told_to_every_process(db: Database) -> None:
    desk = Duty(2, "desk", NOW, NOW + timedelta(hours=2), "rathausplatz", "Schalter 1")
    ids = await add(db, HOME, desk)
    async with db.read() as tx:
        rows = (await tx.execute(select(DutyRow).order_by(DutyRow.id))).all()
        told = list(await tx.scalars(select(CalendarChangeRow.duty_id).order_by(CalendarChangeRow.id)))
    assert [row.id for row in rows] == ids == told
    assert [(row.place, row.site_id, row.takes_video) for row in rows] == [
        ("home", None, True),
        ("desk", "rathausplatz", False),
    ]
    assert rows[0].starts_at == NOW


async def test_the_ids_come_in_the_order_of_the_duties(db: Database) -> None:
    days = [
        replace(HOME, starts_at=NOW + timedelta(days=n), ends_at=NOW + timedelta(days=n, hours=1))
        for n in range(1500)
    ]
    ids = await add(db, *days)
    async with db.read() as tx:
        rows = await tx.execute(select(DutyRow.id, DutyRow.starts_at))
        starts = {row.id: row.starts_at for row in rows}
    assert [starts[duty_id] for duty_id in ids] == [duty.starts_at for duty in days]


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(hours=3, minutes=55), timedelta(hours=-3)])
async def test_a_clerk_is_not_planned_twice_at_the_same_time(db: Database, shift: timedelta) -> None:
    await add(db, HOME)
    other = replace(HOME, starts_at=HOME.starts_at + shift, ends_at=HOME.ends_at + shift)
    with pytest.raises(DutyRefused):
        await add(db, other)
    with pytest.raises(DutyRefused):
        await add(db, replace(other, staff_id=3), replace(HOME, staff_id=3))
    assert await count(db) == 1


async def test_one_duty_may_begin_where_another_ends(db: Database) -> None:
    await add(db, HOME)
    await add(db, replace(HOME, starts_at=HOME.ends_at, ends_at=HOME.ends_at + timedelta(hours=1)))
    await add(db, replace(HOME, staff_id=2))
    assert await count(db) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        replace(HOME, ends_at=HOME.starts_at),
        replace(HOME, ends_at=HOME.starts_at - timedelta(hours=1)),
        replace(HOME, starts_at=HOME.starts_at + timedelta(minutes=3)),
        replace(HOME, ends_at=HOME.ends_at + timedelta(seconds=1)),
        replace(HOME, place="desk"),
        replace(HOME, place="desk", site_id="rathausplatz"),
        replace(HOME, site_id="rathausplatz"),
    ],
)
async def test_a_duty_that_makes_no_sense_is_refused_with_all_that_came_with_it(
    db: Database, wrong: Duty
) -> None:
    with pytest.raises(DutyRefused):
        await add(db, replace(HOME, staff_id=2), wrong)
    assert await count(db) == 0


@pytest.mark.criterion("B10")
@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
async def test_a_duty_of_a_whole_day_has_23_or_25_hours_when_the_clock_changes(
    db: Database, day: date, hours: int
) -> None:
    start, end = wall_span(day, time(0), time(0))
    await add(db, Duty(1, "home", start, end))
    async with db.read() as tx:
        row = (await tx.execute(select(DutyRow.starts_at, DutyRow.ends_at))).one()
    assert (row.ends_at - row.starts_at) == timedelta(hours=hours)
    assert row.starts_at.tzinfo is UTC


@pytest.mark.criterion("B10")
def test_the_same_shift_begins_at_the_same_wall_clock_before_and_after_the_change() -> None:
    before, after = (wall_span(date(2027, 3, day), time(9), time(13)) for day in (26, 29))
    assert after[0] - before[0] == timedelta(days=3, hours=-1)
    assert after[1] - after[0] == timedelta(hours=4)
