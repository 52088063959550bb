"""The demo city: it is there at once, the same every time, and at any hour a video time is minutes away."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from sqlalchemy import func, select

from server.booking.availability import Calendar
from server.booking.model import ClaimRow, DutyRow, TrainingRow
from server.booking.routing import wish_of
from server.catalog.hours import open_spans
from server.catalog.model import Catalogue, ServiceRow
from server.catalog.services import load_catalogue
from server.clock import berlin, wall_span
from server.db import Base, Database
from server.demo.seed import PASSWORD, demo_words, seed
from server.people.model import StaffRow
from server.people.sign_in import HASHER
from server.settings import Settings

NOW = datetime(2026, 11, 22, 16, 3, tzinfo=UTC)
SETTINGS = Settings(demo=True)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'demo.db'}")
    async with database.write() as tx:
        await tx.run_sync(Base.metadata.create_all)
    await seed(database, SETTINGS, NOW)
    yield database
    await database.close()


async def duties_of(db: Database) -> list[Any]:
    columns = (
        StaffRow.login,
        DutyRow.place,
        DutyRow.site_id,
        DutyRow.starts_at,
        DutyRow.ends_at,
        DutyRow.takes_video,
        DutyRow.demo,
    )
    async with db.read() as tx:
        found = await tx.execute(select(*columns).join(StaffRow, StaffRow.id == DutyRow.staff_id))
        return list(found.all())


async def catalogue_of(db: Database) -> Catalogue:
    async with db.read() as tx:
        return await load_catalogue(tx)


async def test_a_second_start_changes_nothing_and_is_quick(db: Database) -> None:
    before = await duties_of(db)
    began = process_time()
    await seed(db, SETTINGS, NOW + timedelta(hours=2))
    assert process_time() - began < 0.5
    assert await duties_of(db) == before


async def test_later_starts_add_the_days_that_are_missing(db: Database) -> None:
    before = await duties_of(db)
    for later in (timedelta(days=3), timedelta(days=200)):
        await seed(db, SETTINGS, NOW + later)
        after = await duties_of(db)
        assert after[: len(before)] == before
        for demo in (False, True):
            last = max(duty.ends_at for duty in after if duty.demo is demo)
            assert last >= NOW + later + timedelta(days=56)
        before = after


async def test_the_demo_signs_in_with_the_known_password(db: Database) -> None:
    async with db.read() as tx:
        rows = (await tx.execute(select(StaffRow.login, StaffRow.password_hash, StaffRow.roles))).all()
    logins = {row.login: row for row in rows}
    clerks = {f"clerk{number}" for number in range(1, 13)}
    assert set(logins) == clerks | {"scheduler", "hotline", "gate", "dpo", "admin"}
    HASHER.verify(str(logins["clerk1"].password_hash), PASSWORD)
    assert all(logins[login].roles == ["clerk"] for login in clerks)


@pytest.mark.criterion("B03")
async def test_twelve_clerks_serve_at_home_and_at_all_four_sites(db: Database) -> None:
    duties = await duties_of(db)
    assert len({duty.login for duty in duties}) == 12
    assert {duty.site_id for duty in duties if duty.place == "desk"} == set((await catalogue_of(db)).sites)
    assert any(duty.takes_video for duty in duties if duty.place == "desk")
    homes = [duty for duty in duties if duty.place == "home" and not duty.demo]
    assert {berlin(duty.ends_at).hour for duty in homes if berlin(duty.ends_at).weekday() < 4} == {13, 19}


@pytest.mark.criterion("B05", "B06")
async def test_desk_duties_lie_within_function_times_and_leave_out_closed_days(db: Database) -> None:
    catalogue = await catalogue_of(db)
    first, last = NOW.date(), NOW.date() + timedelta(days=70)
    for duty in await duties_of(db):
        if duty.demo:
            continue
        site = catalogue.sites[duty.site_id] if duty.site_id else None
        spans = open_spans(site, first, last, catalogue.closures, assumption_day=True)
        assert any(start <= duty.starts_at and duty.ends_at <= end for start, end in spans), duty


async def test_no_clerk_is_in_two_places_at_once(db: Database) -> None:
    busy: dict[str, datetime] = {}
    for duty in sorted(await duties_of(db), key=lambda one: (one.login, one.starts_at)):
        assert busy.get(duty.login, duty.starts_at) <= duty.starts_at
        busy[duty.login] = duty.ends_at


async def test_the_duty_now_covers_every_minute_of_eight_weeks(db: Database) -> None:
    spans = sorted((duty.starts_at, duty.ends_at) for duty in await duties_of(db) if duty.demo)
    assert spans[0][0] <= NOW
    assert spans[-1][1] >= NOW + timedelta(weeks=8)
    assert all(one[1] == other[0] for one, other in pairwise(spans))


async def test_the_clerk_of_the_duty_now_knows_every_video_service(db: Database) -> None:
    async with db.read() as tx:
        clerk1 = await tx.scalar(select(StaffRow.id).where(StaffRow.login == "clerk1"))
        trained = set(await tx.scalars(select(TrainingRow.service_id).where(TrainingRow.staff_id == clerk1)))
        every = set(await tx.scalars(select(TrainingRow.service_id)))
        assert await tx.scalar(select(func.count()).select_from(ClaimRow)) == 0
        services = (await tx.execute(select(ServiceRow.id, ServiceRow.modes))).all()
    assert trained == {service.id for service in services if "video" in service.modes}
    assert every == {service.id for service in services}


@pytest.mark.parametrize("day", ["2026-11-22", "2026-12-25", "2027-03-28"])
async def test_at_any_hour_of_any_day_a_video_time_is_minutes_away(db: Database, day: str) -> None:
    """A Sunday, Christmas, and the day on which a clock change and Easter fall together."""
    wish = wish_of(await catalogue_of(db), [("bauberatung", 1)], "video", None, None)
    today = date.fromisoformat(day)
    midnight, end = wall_span(today, time(0), time(0))
    await seed(db, SETTINGS, midnight)
    for seconds in range(0, int((end - midnight).total_seconds()), 1201):
        now = midnight + timedelta(seconds=seconds)
        calendar = Calendar(db, assumption_day=SETTINGS.assumption_day)
        offers = await calendar.offers(wish, today, today + timedelta(days=1), now, "de")
        assert offers.next_video is not None
        assert now < offers.next_video <= now + timedelta(minutes=10), now


def test_the_words_at_the_start_say_where_to_click() -> None:
    words = demo_words(SETTINGS)
    for needed in ("http://localhost:8080/", "clerk1", "scheduler", PASSWORD, "outbox"):
        assert needed in words
