"""Years go by: each kind of data is there until its day and gone on it, by the default or an approved rule; a legal hold wins."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from recordings_policy import classes as kinds
from recordings_policy.classes import CLASSES
from recordings_policy.data_class import DataClass
from server.audit import AuditRow
from server.booking.model import AppointmentRow, CaseRow
from server.privacy.anchor_chain import extend
from server.privacy.model import LegalHoldRow
from server.privacy.model_report import SweptRow
from server.privacy.report_sweeps import due_now
from server.recurring import sweep_all
from tests.http.old_data import ONE, OldData, approve, old_data
from tests.http.reading import get
from tests.office.city import City, only_sqlite

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
DEFAULTS = {one: one.period for one in CLASSES}
CHANGED = {
    kinds.UNCONFIRMED: timedelta(hours=3),
    kinds.DEVICE_CHECK: 2 * DAY,
    kinds.CALL_BACK: 3 * DAY,
    kinds.RECORDING: 3 * DAY,
    kinds.UPLOAD: 4 * DAY,
    kinds.CITY_DOCUMENT: 5 * DAY,
    kinds.IDENTITY: 6 * DAY,
    kinds.SIGNATURE: 7 * DAY,
    kinds.GUEST: 8 * DAY,
    kinds.CONTACT: 9 * DAY,
    kinds.CANCELLED: 10 * DAY,
    kinds.HAND_OVER: 11 * DAY,
    kinds.LIMITS: 7 * DAY,
    kinds.REPEAT: 2 * DAY,
    kinds.WAITING: 6 * DAY,
    kinds.KNOCK: 5 * DAY,
    kinds.NOTICE: 40 * DAY,
    kinds.BOOKING: 90 * DAY,
    kinds.INCIDENT: 50 * DAY,
    kinds.ABSENCE: 60 * DAY,
    kinds.FEEDBACK: 100 * DAY,
    kinds.ACCOUNT: 365 * DAY,
    kinds.ROSTER: 700 * DAY,
    kinds.AUDIT: 730 * DAY,
}


async def swept(data: OldData, at: datetime) -> None:
    office = data.city.office
    await extend(office.db)
    await sweep_all(office.db, office.store, at)


async def live_until(data: OldData, some: list[DataClass], due: datetime) -> None:
    await swept(data, due - SECOND)
    for kind in some:
        assert await data.there(kind) > 0, f"{kind.key} was gone before its day"
    await swept(data, due)
    for kind in some:
        assert await data.there(kind) == 0, f"{kind.key} was there after its day"


@pytest.mark.criterion("J04")
@pytest.mark.criterion("J05")
@pytest.mark.parametrize("changed", [{}, CHANGED], ids=["defaults", "approved"])
async def test_each_kind_is_there_until_its_day_and_gone_on_it(
    city: City, changed: dict[DataClass, timedelta]
) -> None:
    data = await old_data(city)
    await approve(city, changed, city.now)
    periods = {**DEFAULTS, **changed}
    days = {kind: start + periods[kind] for kind, start in data.starts.items()}
    for day in sorted(set(days.values())):
        await live_until(data, [kind for kind in days if days[kind] == day], day)
    async with city.office.db.read() as tx:
        told = set(await tx.scalars(select(SweptRow.class_key)))
        left = await tx.scalar(select(func.count()).select_from(CaseRow))
    assert told >= {one.key for one in CLASSES} - {kinds.DECISION.key}
    assert left == 0
    still_due = {kind for kind, _ in await due_now(city.office.db, max(days.values()))}
    assert still_due <= {kinds.AUDIT}, "the head of the chain alone stays"


@pytest.mark.criterion("J03")
async def test_a_proposal_alone_deletes_nothing_and_a_legal_hold_keeps_all_of_its_case(city: City) -> None:
    data = await old_data(city)
    db, end = city.office.db, data.appointment.ends_at
    hold = {"id": ONE, "case_id": data.appointment.case_id, "reason": "court", "placed_by": 1}
    async with db.write() as tx:
        await tx.execute(insert(LegalHoldRow).values(**hold, placed_at=city.now))
    late = end + 400 * DAY
    await swept(data, late)
    for kind in (
        kinds.CONTACT,
        kinds.UPLOAD,
        kinds.CITY_DOCUMENT,
        kinds.IDENTITY,
        kinds.GUEST,
        kinds.BOOKING,
    ):
        assert await data.there(kind) > 0, kind.key
    async with db.write() as tx:
        await tx.execute(update(LegalHoldRow).values(lifted_by=2, lifted_at=late))
    await swept(data, late)
    for kind in (
        kinds.CONTACT,
        kinds.UPLOAD,
        kinds.CITY_DOCUMENT,
        kinds.IDENTITY,
        kinds.GUEST,
        kinds.BOOKING,
    ):
        assert await data.there(kind) == 0, kind.key


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_sweeps_at_the_same_moment_tell_each_deletion_once(city: City) -> None:
    """A long one was taken over by another process, or somebody sweeps by hand."""
    data, db, store = await old_data(city), city.office.db, city.office.store
    await approve(city, CHANGED, city.now)
    at = data.appointment.ends_at + 400 * DAY
    await asyncio.gather(*(sweep_all(db, store, at) for _ in range(4)), return_exceptions=True)
    await sweep_all(db, store, at)  # what one left because another had it in hand
    entries = select(AuditRow.action, AuditRow.object_id).where(AuditRow.action.like("%.deleted"))
    accounts = select(func.sum(SweptRow.amount)).where(SweptRow.class_key == kinds.ACCOUNT.key)
    async with db.read() as tx:
        told = [tuple(row) for row in await tx.execute(entries)]
        assert await tx.scalar(accounts) == 1
    assert {action for action, _ in told} >= {"appointment.deleted", "document.deleted", "incident.deleted"}
    assert sorted(told) == sorted(set(told))


@pytest.mark.criterion("J04")
@only_sqlite()
async def test_the_officer_sees_what_is_due_and_what_was_deleted(city: City) -> None:
    data = await old_data(city)
    at = data.appointment.ends_at + 14 * DAY
    due = {kind.key: count for kind, count in await due_now(city.office.db, at)}
    assert due["contact"] == 1
    assert due["upload"] == 1
    assert await data.there(kinds.CONTACT) == 1, "counting deletes nothing"
    city.clock.set(at)
    await swept(data, at)
    page = await get(await city.sign_in("dpo"), "/office/privacy/sweeps")
    assert "Gesendete Unterlagen 1" in page.text
    assert "Jetzt ist nichts fällig." in page.text
    async with city.office.db.read() as tx:
        numbers = list(await tx.scalars(select(AppointmentRow.number)))
    assert not any(number in page.text for number in numbers)
