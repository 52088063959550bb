"""Somebody is away: every appointment of the span goes to a colleague, gets new times, or is to be called. Nobody is forgotten."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from server.audit import AuditRow
from server.booking.model import AppointmentRow, DutyRow
from server.notices.outbox import OutboxRow
from tests.http.reading import get
from tests.office.city import City, Client, only_sqlite
from tests.race.books import faults

ABSENCES = "/api/v1/office/absences"
DAY = {"starts_at": "2027-03-02T00:00:00+01:00", "ends_at": "2027-03-03T00:00:00+01:00"}
TODAY = {"starts_at": "2027-03-01T00:00:00+01:00", "ends_at": "2027-03-02T00:00:00+01:00"}


async def declare(
    scheduler: Client, staff_id: int | None, span: dict[str, str], **other: Any
) -> list[dict[str, Any]]:
    who = {"staff_id": staff_id} if staff_id else {}
    answer = await scheduler.post(ABSENCES, json={**who, **span, **other})
    assert answer.status == 201, await answer.text()
    made: list[dict[str, Any]] = await answer.json()
    return made


async def report(scheduler: Client, absence: str) -> dict[str, Any]:
    answer = await scheduler.get(f"{ABSENCES}/{absence}")
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def book_at(
    city: City, service: str, hour: str, day: str = "2027-03-02", mode: str = "video", **who: Any
) -> dict[str, Any]:
    """An appointment that begins at this time of the day."""
    slots = await city.free(service, mode)
    slot = next(s for s in slots if local(s["start"]) == f"{day} {hour}")
    held = await city.hold(service, slot)
    answer = await city.confirm((await held.json())["hold"], **who)
    assert answer.status == 201, await answer.text()
    booked: dict[str, Any] = await answer.json()
    return booked


def local(instant: str) -> str:
    return f"{datetime.fromisoformat(instant) + timedelta(hours=1):%Y-%m-%d %H:%M}"


async def clerk_of(city: City, number: str) -> int:
    query = select(DutyRow.staff_id).join(AppointmentRow, AppointmentRow.duty_id == DutyRow.id)
    async with city.office.db.read() as tx:
        return int(await tx.scalar(query.where(AppointmentRow.number == number)) or 0)


async def events(city: City) -> list[str]:
    """By name: notices of one instant have no order."""
    async with city.office.db.read() as tx:
        return sorted(await tx.scalars(select(OutboxRow.event)))


def by_number(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["number"]: one for one in found["appointments"]}


def numbers(booked: Iterable[dict[str, Any]]) -> set[str]:
    return {one["number"] for one in booked}


@pytest.mark.criterion("B09")
async def test_a_colleague_takes_the_appointment_and_the_citizen_hears_nothing(city: City) -> None:
    booked = await book_at(city, "bauberatung", "09:00")
    assert await clerk_of(city, booked["number"]) == 1
    scheduler, before = await city.sign_in("scheduler"), await events(city)
    (made,) = await declare(scheduler, 1, DAY)
    assert (made["colleague"], made["offered"], made["call"], made["done"]) == (1, 0, 0, True)
    assert await clerk_of(city, booked["number"]) == 4
    assert await events(city) == before
    mine = await (await city.client.get(f"/api/v1/appointments/{booked['token']}")).json()
    assert mine == booked
    assert await faults(city, numbers([booked])) == []
    (line,) = (await report(scheduler, made["id"]))["appointments"]
    assert (line["fate"], line["clerk"], line.get("name")) == ("colleague", "Clerk4", None)


@only_sqlite()
@pytest.mark.criterion("B09")
async def test_the_new_clerk_sees_the_case_and_the_old_one_no_more(city: City) -> None:
    booked = await book_at(city, "bauberatung", "09:00")
    await declare(await city.sign_in("scheduler"), 1, DAY)
    for login, status in (("clerk4", 200), ("clerk1", 404)):
        clerk = await city.sign_in(login)
        async with city.office.db.read() as tx:
            id_ = await tx.scalar(select(AppointmentRow.id).where(AppointmentRow.number == booked["number"]))
        assert (await clerk.get(f"/office/appointments/{id_}")).status == status
        assert (str(id_) in await (await clerk.get("/office/day?date=2027-03-02")).text()) is (status == 200)


@pytest.mark.criterion("B09")
async def test_without_a_colleague_the_citizen_gets_new_times_by_mail_and_page(city: City) -> None:
    booked = await book_at(city, "personalausweis", "09:00", mode="onsite")
    scheduler = await city.sign_in("scheduler")
    (made,) = await declare(scheduler, 3, DAY)
    assert (made["colleague"], made["offered"], made["call"]) == (0, 1, 0)
    assert await events(city) == ["confirmed", "displaced"]
    async with city.office.db.read() as tx:
        facts = await tx.scalar(select(OutboxRow.facts).where(OutboxRow.event == "displaced"))
    assert facts
    assert len(facts["alternatives"]) >= 3
    assert not [a for a in facts["alternatives"] if local(a["start"]).startswith("2027-03-02")]
    mine = await (await city.client.get(f"/api/v1/appointments/{booked['token']}")).json()
    assert mine["state"] == "confirmed"
    page = await get(city.client, f"/a/{booked['token']}")
    assert "Ihr Termin muss verlegt werden" in page.text
    page.form(f"/a/{booked['token']}/move")
    async with city.office.db.read() as tx:
        id_ = await tx.scalar(select(AppointmentRow.id).where(AppointmentRow.number == booked["number"]))
    day = await get(await city.sign_in("clerk3"), "/office/day?date=2027-03-02")
    assert str(id_) not in day.text
    assert await faults(city, numbers([booked])) == []
    line = by_number(await report(scheduler, made["id"]))[booked["number"]]
    assert (line["fate"], line["now"], line.get("name")) == ("offered", "waits", None)


@pytest.mark.criterion("B09")
async def test_choosing_a_new_time_ends_the_waiting(city: City) -> None:
    booked = await book_at(city, "personalausweis", "09:00", mode="onsite")
    scheduler = await city.sign_in("scheduler")
    (made,) = await declare(scheduler, 3, DAY)
    slot = (await city.free("personalausweis", "onsite"))[-1]
    body = {key: slot[key] for key in ("start", "mode", "site")}
    answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/move", json=body)
    assert answer.status == 200, await answer.text()
    assert await faults(city, numbers([booked])) == []
    line = by_number(await report(scheduler, made["id"]))[booked["number"]]
    assert (line["fate"], line["now"]) == ("offered", "moved")
    assert "muss verlegt" not in (await get(city.client, f"/a/{booked['token']}")).text


@pytest.mark.criterion("B09")
async def test_names_are_shown_only_of_those_to_be_called_and_every_look_is_recorded(city: City) -> None:
    soon = await book_at(city, "personalausweis", "09:00", "2027-03-01", "onsite", phone="0831 123456")
    silent = await book_at(
        city, "beglaubigung", "11:30", "2027-03-01", "onsite", name="Max Beispiel", email=None
    )
    later = await book_at(city, "personalausweis", "11:15", "2027-03-01", "onsite", name="Ute Später")
    scheduler = await city.sign_in("scheduler")
    (made,) = await declare(scheduler, 3, TODAY)
    found = by_number(await report(scheduler, made["id"]))
    assert found[soon["number"]]["phone"] == "0831 123456"
    assert found[silent["number"]]["name"] == "Max Beispiel"
    assert (found[later["number"]]["fate"], found[later["number"]].get("name")) == ("offered", None)
    one = found[soon["number"]]["appointment"]
    answer = await scheduler.post(f"{ABSENCES}/{made['id']}/called/{one}")
    assert answer.status == 204
    silent_id = found[silent["number"]]["appointment"]
    again = by_number(await report(scheduler, made["id"]))[soon["number"]]
    assert (again.get("name"), again.get("phone")) == (None, None)
    assert again["called_at"]
    async with city.office.db.read() as tx:
        seen = list(
            await tx.scalars(select(AuditRow.object_id).where(AuditRow.action == "absence.contact_seen"))
        )
    assert sorted(seen) == sorted([one, silent_id, silent_id])


@pytest.mark.criterion("B09")
async def test_no_time_of_the_span_can_be_had_any_more_and_back_early_they_return(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    had = [s["start"] for s in await city.free("beglaubigung") if local(s["start"]).startswith("2027-03-02")]
    (made,) = await declare(scheduler, 3, DAY)
    left = await city.free("beglaubigung")
    assert had
    assert not [s for s in left if local(s["start"]).startswith("2027-03-02")]
    gone = await city.hold("beglaubigung", {"start": had[0], "mode": "onsite", "site": "rathausplatz"})
    assert gone.status == 409
    assert len((await gone.json())["alternatives"]) >= 3
    answer = await scheduler.delete(f"{ABSENCES}/{made['id']}")
    assert answer.status == 200
    back = [s["start"] for s in await city.free("beglaubigung") if local(s["start"]).startswith("2027-03-02")]
    assert back == had


@only_sqlite()
async def test_ending_one_absence_leaves_the_time_that_another_needs(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    narrow = {"starts_at": "2027-03-02T08:00:00+01:00", "ends_at": "2027-03-02T10:00:00+01:00"}
    await declare(scheduler, 3, narrow)
    (whole,) = await declare(scheduler, 3, DAY)
    assert (await scheduler.delete(f"{ABSENCES}/{whole['id']}")).status == 200
    starts = [local(s["start"]) for s in await city.free("beglaubigung")]
    assert "2027-03-02 09:00" not in starts
    assert "2027-03-02 10:00" in starts


@pytest.mark.criterion("B09")
async def test_an_open_hold_goes_to_a_colleague_or_ends(city: City) -> None:
    slots = {local(s["start"]): s for s in await city.free("bauberatung", "video")}
    kept = await (await city.hold("bauberatung", slots["2027-03-02 09:00"])).json()
    desk = {local(s["start"]): s for s in await city.free("personalausweis")}
    lost = await (await city.hold("personalausweis", desk["2027-03-02 09:00"])).json()
    scheduler = await city.sign_in("scheduler")
    for staff_id in (1, 3):
        (made,) = await declare(scheduler, staff_id, DAY)
        assert (await report(scheduler, made["id"]))["appointments"] == []
    booked = await city.confirm(kept["hold"])
    assert booked.status == 201
    assert await clerk_of(city, (await booked.json())["number"]) == 4
    assert (await city.confirm(lost["hold"])).status == 410
    assert await faults(city) == []


@only_sqlite()
@pytest.mark.criterion("B09")
async def test_whoever_speaks_with_a_clerk_in_another_language_is_not_sent_to_one_who_does_not(
    city: City,
) -> None:
    """Clerk 1 speaks English, clerk 2 does the same service but doesn't."""
    booked = await book_at(city, "meldebescheinigung", "10:00")
    async with city.office.db.write() as tx:
        one = update(AppointmentRow).where(AppointmentRow.number == booked["number"])
        await tx.execute(one.values(spoken="en"))
    (made,) = await declare(await city.sign_in("scheduler"), 1, DAY)
    assert (made["colleague"], made["offered"]) == (0, 1)


@pytest.mark.criterion("B09")
async def test_two_who_are_away_are_not_sent_to_each_other(city: City) -> None:
    booked = await book_at(city, "bauberatung", "09:00")
    scheduler = await city.sign_in("scheduler")
    await declare(scheduler, 4, DAY)
    (made,) = await declare(scheduler, 1, DAY)
    assert made["offered"] == 1
    assert await faults(city, numbers([booked])) == []


@pytest.mark.criterion("B09")
async def test_a_site_that_closes_for_a_day_takes_all_of_its_desks_away(city: City) -> None:
    booked = await book_at(city, "bauberatung", "09:30", mode="onsite")
    scheduler = await city.sign_in("scheduler")
    made = await declare(scheduler, None, DAY, site="kronenstrasse")
    assert [one["staff_id"] for one in made] == [4]
    assert made[0]["offered"] == 1
    onsite = [local(s["start"]) for s in await city.free("bauberatung", "onsite")]
    assert not [start for start in onsite if start.startswith("2027-03-02")]
    assert await faults(city, numbers([booked])) == []


@only_sqlite()
@pytest.mark.criterion("B09")
async def test_declared_twice_it_is_one_absence_and_one_mail(city: City) -> None:
    await book_at(city, "personalausweis", "09:00", mode="onsite")
    scheduler = await city.sign_in("scheduler")
    first, second = await declare(scheduler, 3, DAY), await declare(scheduler, 3, DAY)
    assert first == second
    assert (await events(city)).count("displaced") == 1
