"""What the job does for absences: it finishes what a process left behind, and cancels where nobody answered."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.booking.model import ClaimRow, DutyRow
from tests.http.test_absence import ABSENCES, DAY, book_at, declare, events, numbers, report
from tests.office.city import City, only_sqlite
from tests.race.books import faults


@pytest.mark.criterion("B09")
async def test_who_does_not_choose_is_cancelled_with_a_mail_when_the_old_time_comes(city: City) -> None:
    booked = await book_at(city, "personalausweis", "09:00", mode="onsite")
    await declare(await city.sign_in("scheduler"), 3, DAY)
    address = f"/api/v1/appointments/{booked['token']}"
    for minutes, state in ((-1, "confirmed"), (0, "cancelled")):
        city.clock.set(datetime.fromisoformat(booked["start"]) + timedelta(minutes=minutes))
        await city.work()
        assert (await (await city.client.get(address)).json())["state"] == state
    assert (await events(city)).count("cancelled") == 1


@pytest.mark.criterion("B09")
async def test_the_job_finishes_what_a_killed_process_left(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is there, nothing else was done: as if the power had failed right after it."""
    booked = [
        await book_at(city, "bauberatung", "09:00"),
        await book_at(city, "bauberatung", "09:30"),
    ]
    scheduler = await city.sign_in("scheduler")

    async def dies(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("server.planning.absence.work_off", dies)
        answer = await scheduler.post(ABSENCES, json={"staff_id": 1, **DAY})
        assert answer.status == 500
    (left,) = await (await scheduler.get(ABSENCES)).json()
    assert left["done"] is False
    city.clock.advance(timedelta(minutes=2))
    await city.work()
    (made,) = await (await scheduler.get(ABSENCES)).json()
    assert made["done"] is True
    assert numbers((await report(scheduler, made["id"]))["appointments"]) == numbers(booked)
    assert await faults(city, numbers(booked)) == []


@only_sqlite()
async def test_a_duty_planned_later_stays_out_of_the_absence(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    await declare(scheduler, 2, DAY)
    async with city.office.db.write() as tx:
        duty = (await tx.execute(select(DutyRow.__table__).where(DutyRow.staff_id == 2))).first()
        assert duty is not None
        at = datetime.fromisoformat("2027-03-02T13:00:00+01:00")
        fresh = {**duty._asdict(), "starts_at": at, "ends_at": at + timedelta(hours=1), "id": 900}
        await tx.execute(DutyRow.__table__.insert().values(**fresh))  # type: ignore[attr-defined]
    city.clock.advance(timedelta(minutes=2))
    await city.work()
    async with city.office.db.read() as tx:
        blocked = list(await tx.scalars(select(ClaimRow.tick).where(ClaimRow.duty_id == 900)))
    assert len(blocked) == 12
