"""Recurring work: one process at a time, a failure stops nothing, and what ended is tidied away."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import func, insert, select

from server.app import make_app
from server.booking.model import AppointmentRow, CalendarChangeRow, ClaimRow, IdempotencyRow
from server.booking.tidy import tidy
from server.clock import SetClock
from server.db import Database
from server.errors import Unavailable
from server.jobs import Job, JobRow, JobRunner
from server.people.model import StaffSessionRow
from server.people.sign_in import tidy_sessions
from server.web.call import OFFICE
from tests.neighbours.process import free_port
from tests.office import small_city
from tests.office.city import City, only_sqlite, settings_for

MINUTE = timedelta(minutes=1)


def runner_of(city: City, clock: SetClock, *jobs: Job) -> JobRunner:
    return JobRunner(city.office.db, clock, list(jobs))


async def test_of_several_processes_one_does_a_job_that_is_due(city: City) -> None:
    """Each runner has its own connections, as processes have."""
    done: list[datetime] = []

    async def work(now: datetime) -> None:
        done.append(now)
        await asyncio.sleep(0.02)

    clock = SetClock(city.now)
    databases = [Database(city.settings.database_url) for _ in range(4)]
    runners = [JobRunner(db, clock, [Job("count", MINUTE, work)]) for db in databases]
    for passed, expected in ((0, 1), (0, 1), (1, 2), (1, 3)):
        clock.advance(passed * MINUTE)
        await asyncio.gather(*(runner.run_due() for runner in runners))
        assert len(done) == expected
    for db in databases:
        await db.close()


async def test_a_failing_job_stops_neither_the_others_nor_its_next_time(city: City) -> None:
    done: list[str] = []

    async def fail(_now: datetime) -> None:
        done.append("fail")
        raise RuntimeError("somebody's name")

    async def work(_now: datetime) -> None:
        done.append("work")

    clock = SetClock(city.now)
    runner = runner_of(city, clock, Job("bad", MINUTE, fail), Job("good", MINUTE, work))
    assert await runner.run_due() == ["bad", "good"]
    assert await runner.run_due() == []
    clock.advance(MINUTE)
    await runner.run_due()
    assert done == ["fail", "work"] * 2


async def test_what_failed_is_logged_by_kind_and_not_by_content(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_now: datetime) -> None:
        raise RuntimeError("Erika Musterfrau")

    await runner_of(city, SetClock(city.now), Job("bad", MINUTE, fail)).run_due()
    assert "job bad failed: RuntimeError" in caplog.text
    assert "Erika" not in caplog.text


async def test_a_job_whose_process_died_is_taken_up_again(city: City) -> None:
    started: list[datetime] = []

    async def work(now: datetime) -> None:
        started.append(now)

    clock = SetClock(city.now)
    job = Job("long", MINUTE, work, at_most=5 * MINUTE)
    async with city.office.db.write() as tx:
        locked = {"due_at": city.now, "locked_until": city.now + job.at_most}
        await tx.execute(insert(JobRow).values(name="long", **locked))
    runner = runner_of(city, clock, job)
    assert await runner.run_due() == []
    clock.advance(job.at_most)
    assert await runner.run_due() == []
    clock.advance(timedelta(microseconds=1))
    assert await runner.run_due() == ["long"]
    assert len(started) == 1


async def test_who_comes_to_an_end_late_does_not_let_a_third_one_in(city: City) -> None:
    """A process was held up, another one took its job over and still has it in hand."""
    clock, started, ends = SetClock(city.now), *([asyncio.Event() for _ in range(3)] for _ in range(2))

    def runner(number: int) -> JobRunner:
        async def work(_now: datetime) -> None:
            started[number].set()
            await ends[number].wait()

        return runner_of(city, clock, Job("long", MINUTE, work, at_most=5 * MINUTE))

    late = asyncio.create_task(runner(0).run_due())
    await started[0].wait()
    clock.advance(6 * MINUTE)
    second = asyncio.create_task(runner(1).run_due())
    await started[1].wait()
    ends[0].set()
    ends[2].set()
    await late
    assert await runner(2).run_due() == []
    ends[1].set()
    assert await second == ["long"]
    clock.advance(MINUTE)
    assert await runner(2).run_due() == ["long"]


async def test_the_runner_outlives_a_database_that_is_away_or_says_something_odd(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles: list[Exception] = [Unavailable(), RuntimeError("odd"), OSError("gone")]
    done = asyncio.Event()

    async def work(_now: datetime) -> None:
        done.set()

    runner = runner_of(city, SetClock(city.now), Job("any", MINUTE, work))
    right = runner.run_due

    async def troubled() -> list[str]:
        if troubles:
            raise troubles.pop()
        return await right()

    monkeypatch.setattr(runner, "run_due", troubled)
    task = asyncio.create_task(runner.run_forever(asyncio.Event(), look_every_s=0.001))
    async with asyncio.timeout(10):
        await done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@only_sqlite()
async def test_a_server_does_the_houses_recurring_work_by_itself(
    city_database_url: str, tmp_path: Path
) -> None:
    """Also after its clock has moved on; elsewhere in these tests nobody works until `City.work()`."""
    clock = SetClock(small_city.NOW)
    app = make_app(settings_for(city_database_url, tmp_path, free_port()), clock)
    server = TestServer(app)
    await server.start_server()
    clock.advance(timedelta(days=1))
    due = select(JobRow.name).where(JobRow.due_at <= clock.now())
    async with asyncio.timeout(60):
        waiting: list[str] = [""]
        while waiting:
            async with app[OFFICE].db.read() as tx:
                waiting = list(await tx.scalars(due))
    await server.close()


async def _count(city: City, *where: Any) -> int:
    async with city.office.db.read() as tx:
        return await tx.scalar(select(func.count()).where(*where)) or 0


async def test_tidying_removes_what_ended_and_nothing_else(city: City) -> None:
    """Old holds with their claims and keys go; a running hold and an appointment stay with theirs."""
    slots = await city.free("bauberatung", "video")
    old = await (await city.hold("bauberatung", slots[0])).json()
    assert "hold" in old
    city.clock.advance(timedelta(minutes=11))
    booked = await city.book("meldebescheinigung", "video")
    await tidy(city.office.db, city.now)
    assert await _count(city, AppointmentRow.state == "held") == 1
    city.clock.advance(timedelta(hours=1))
    await city.hold("bauberatung", slots[-1])
    await tidy(city.office.db, city.now)
    await tidy(city.office.db, city.now)
    assert await _count(city, AppointmentRow.state == "held") == 1
    assert await _count(city, ClaimRow.expires_at.is_not(None)) == 6
    assert await _count(city, ClaimRow.expires_at.is_(None)) == 2
    answer = await city.client.get(f"/api/v1/appointments/{booked['token']}")
    assert answer.status == 200


async def test_keys_go_after_a_day_and_change_notes_after_hours(city: City) -> None:
    await city.book("bauberatung", "video")
    assert await _count(city, IdempotencyRow.key_hash.is_not(None)) == 2
    assert await _count(city, CalendarChangeRow.id > 0) > 0
    await tidy(city.office.db, city.now + timedelta(hours=23))
    assert await _count(city, IdempotencyRow.key_hash.is_not(None)) == 2
    assert await _count(city, CalendarChangeRow.id > 0) == 0
    await tidy(city.office.db, city.now + timedelta(hours=25))
    assert await _count(city, IdempotencyRow.key_hash.is_not(None)) == 0
    assert await _count(city, AppointmentRow.state == "confirmed") == 1


async def test_sessions_go_when_they_are_over(city: City) -> None:
    await city.sign_in("clerk1")
    await tidy_sessions(city.office.db, city.now + timedelta(hours=11))
    assert await _count(city, StaffSessionRow.staff_id > 0) == 1
    await tidy_sessions(city.office.db, city.now + timedelta(hours=13))
    assert await _count(city, StaffSessionRow.staff_id > 0) == 0
