"""Reminders of an appointment: once, the day before, never of what was cancelled; and "I am not coming" with one click."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select, update

from server.booking.model import AppointmentRow
from server.notices.outbox import OutboxRow
from server.notices.remind import due_at, remind
from tests.office.city import City, MakeCity
from tests.office.outbox import mails

MOBILE = "0151 23456789"


async def booked_in_days(
    city: City, days: int = 2, service: str = "bauberatung", **person: Any
) -> dict[str, Any]:
    """An appointment that begins this many days from today or later."""
    wanted = f"{city.now.date() + timedelta(days=days)}"
    mode = person.pop("mode", "any")
    slot = next(slot for slot in await city.free(service, mode) if slot["start"][:10] >= wanted)
    held = await city.hold(service, slot)
    answer = await city.confirm((await held.json())["hold"], **person)
    assert answer.status == 201, await answer.text()
    booked: dict[str, Any] = await answer.json()
    return booked


def day_before(booked: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(booked["start"]) - timedelta(hours=24)


async def run(city: City) -> int:
    return await remind(city.office.db, city.settings.remind_hours, city.now)


async def reminders(city: City) -> list[EmailMessage]:
    return [mail for mail in await mails(city) if "Erinnerung" in mail["Subject"]]


async def posted(city: City) -> list[str]:
    async with city.office.db.read() as tx:
        query = select(OutboxRow.channel).where(OutboxRow.event == "reminder").order_by(OutboxRow.channel)
        return list(await tx.scalars(query))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    return str(body.get_content())


@pytest.mark.criterion("A20")
async def test_the_day_before_one_reminder_names_time_place_and_what_to_bring(city: City) -> None:
    booked = await booked_in_days(city, service="bauberatung", mode="onsite")
    city.clock.set(day_before(booked) - timedelta(minutes=1))
    assert await run(city) == 0
    city.clock.advance(timedelta(minutes=1))
    assert await run(city) == 1
    assert await run(city) == 0
    [mail] = await reminders(city)
    text = text_of(mail)
    assert "morgen" in text
    assert booked["start"][11:16] in text
    assert "Kronenstraße 8" in text
    assert "Lageplan" in text
    assert "Skizze" not in text
    assert booked["links"]["manage"] in text
    assert f"/a/{booked['token']}/not-coming" in text
    assert "Bauberatung" not in mail["Subject"]
    assert not list(mail.iter_attachments())
    assert mail["List-Unsubscribe"] is None


@pytest.mark.criterion("A20")
async def test_processes_at_the_same_moment_remind_once(city: City) -> None:
    booked = await booked_in_days(city)
    city.clock.set(day_before(booked))
    assert sum(await asyncio.gather(*(run(city) for _ in range(6)))) == 1
    assert await posted(city) == ["mail"]


@pytest.mark.criterion("A20")
async def test_nobody_is_reminded_right_after_booking(city: City) -> None:
    booked = await booked_in_days(city, days=1)
    city.clock.set(datetime.fromisoformat(booked["start"]) - timedelta(minutes=30))
    assert await run(city) == 0


@pytest.mark.criterion("A20")
async def test_after_a_move_the_new_time_is_reminded_of(city: City) -> None:
    booked = await booked_in_days(city)
    city.clock.set(day_before(booked))
    await run(city)
    later = f"{city.now.date() + timedelta(days=5)}"
    slot = next(slot for slot in await city.free("bauberatung") if slot["start"][:10] >= later)
    asked = {key: slot[key] for key in ("start", "mode", "site") if slot.get(key)}
    assert (await city.client.post(f"/api/v1/appointments/{booked['token']}/move", json=asked)).status == 200
    assert await run(city) == 0
    city.clock.set(day_before(slot))
    assert await run(city) == 1


@pytest.mark.criterion("A20")
async def test_what_is_cancelled_is_not_reminded_of(city: City) -> None:
    booked = await booked_in_days(city)
    await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    city.clock.set(day_before(booked))
    assert await run(city) == 0


@pytest.mark.criterion("A20")
async def test_a_reminder_that_waits_is_dropped_when_the_appointment_is_cancelled(
    make_city: MakeCity,
) -> None:
    city = await make_city()
    booked = await booked_in_days(city)
    at = day_before(booked)
    assert (
        await remind(city.office.db, city.settings.remind_hours, at) == 1
    )  # to the postman's clock not due yet
    async with city.office.db.write() as tx:
        row = update(AppointmentRow).where(AppointmentRow.number == booked["number"])
        await tx.execute(row.values(state="cancelled"))
    city.clock.set(at)
    assert await reminders(city) == []


@pytest.mark.criterion("A20")
@pytest.mark.parametrize(
    ("by", "channels"), [("mail", ["mail"]), ("sms", ["sms"]), ("both", ["mail", "sms"]), ("none", [])]
)
async def test_the_citizen_chooses_how(city: City, by: str, channels: list[str]) -> None:
    booked = await booked_in_days(city, remind=by, phone=MOBILE)
    city.clock.set(day_before(booked))
    await run(city)
    assert await posted(city) == channels


async def test_the_city_may_switch_reminders_off(make_city: MakeCity) -> None:
    city = await make_city(remind_hours=0)
    booked = await booked_in_days(city)
    city.clock.set(day_before(booked))
    assert await run(city) == 0


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2027-03-28T10:00+02:00", "2027-03-27T10:00+01:00"),  # 23 hours: the clocks go forward
        ("2026-10-25T10:00+01:00", "2026-10-24T10:00+02:00"),  # 25 hours: back
        ("2027-03-02T10:00+01:00", "2027-03-01T10:00+01:00"),
    ],
)
async def test_the_day_before_is_meant_by_the_clock_on_the_wall(start: str, due: str) -> None:
    assert due_at(datetime.fromisoformat(start).astimezone(UTC), 24) == datetime.fromisoformat(due)


@pytest.mark.criterion("A20")
async def test_not_coming_is_one_button_and_opening_the_link_changes_nothing(city: City) -> None:
    booked = await booked_in_days(city)
    path = f"/a/{booked['token']}/not-coming"
    for _ in range(3):
        page = await city.client.get(path)
        assert page.status == 200
    text = await page.text()
    assert text.count("<button") == 1
    assert f'action="{path}" method="post"' in text
    still = await (await city.client.get(f"/api/v1/appointments/{booked['token']}")).json()
    assert still["state"] == "confirmed"
    done = await city.client.post(path, allow_redirects=False)
    assert (done.status, done.headers["Location"]) == (303, f"/a/{booked['token']}")
    gone = await (await city.client.get(f"/api/v1/appointments/{booked['token']}")).json()
    assert gone["state"] == "cancelled"
    again = await city.client.get(path, allow_redirects=False)
    assert again.status == 303


async def test_what_has_begun_can_not_be_given_back_there(city: City) -> None:
    booked = await booked_in_days(city)
    city.clock.set(datetime.fromisoformat(booked["start"]))
    assert (await city.client.get(f"/a/{booked['token']}/not-coming")).status == 409
    assert (await city.client.post(f"/a/{booked['token']}/not-coming")).status == 409
