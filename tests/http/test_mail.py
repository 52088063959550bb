"""Mails about appointments as citizens get them: one for each event, with a calendar file that follows the appointment."""

import asyncio
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from server.notices.outbox import OutboxRow
from tests.neighbours.smtp import Mailbox
from tests.office import small_city
from tests.office.city import City, MakeCity

PERSON: dict[str, Any] = {"name": "Jürgen Groß", "email": "juergen@example.org"}


@pytest.fixture
async def city(make_city: MakeCity, smtp: Mailbox) -> City:
    return await make_city(smtp_url=smtp.url)


async def mails(city: City, smtp: Mailbox, expected: int) -> list[EmailMessage]:
    """Waits until nothing is left to send; exactly this many mails must have come since the start."""
    waiting = select(func.count()).select_from(OutboxRow).where(OutboxRow.sent_at.is_(None))
    async with asyncio.timeout(60):
        while True:
            async with city.office.db.read() as tx:
                if not await tx.scalar(waiting):
                    break
            await asyncio.sleep(0.02)
    assert len(smtp.messages) == expected
    return smtp.messages


def calendar_of(message: EmailMessage) -> Calendar:
    [attachment] = list(message.iter_attachments())
    assert attachment.get_content_type() == "text/calendar"
    content = attachment.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    assert attachment.get_param("method") == calendar["METHOD"]
    return calendar


def text_of(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    return str(body.get_content())


async def downloaded(city: City, booked: dict[str, Any]) -> Calendar:
    answer = await city.client.get(f"/api/v1/appointments/{booked['token']}/calendar.ics")
    assert answer.status == 200
    assert answer.content_type == "text/calendar"
    calendar = Calendar.from_ical(await answer.read())
    assert isinstance(calendar, Calendar)
    return calendar


@pytest.mark.criterion("A12")
async def test_a_booking_brings_one_mail_with_link_number_time_and_calendar_file(
    city: City, smtp: Mailbox
) -> None:
    booked = await city.book("bauberatung", "video", **PERSON)
    [message] = await mails(city, smtp, 1)
    assert smtp.recipients == [PERSON["email"]]
    text = text_of(message)
    assert booked["number"] in text
    assert booked["links"]["manage"] in text
    assert booked["start"][11:16] in text
    [event] = calendar_of(message).events
    assert event.start.isoformat() == booked["start"]
    assert event["URL"] == booked["links"]["manage"]


@pytest.mark.criterion("A12")
async def test_subject_sender_and_calendar_tell_nothing_of_person_or_concern(
    city: City, smtp: Mailbox
) -> None:
    await city.book("bauberatung", "video", **PERSON)
    [message] = await mails(city, smtp, 1)
    outside = f"{message['Subject']} {message['From']} {calendar_of(message).to_ical().decode()}"
    assert "Groß" not in outside
    assert "Bauberatung" not in outside


@pytest.mark.criterion("A12", "A15")
async def test_move_and_cancellation_change_the_same_entry(city: City, smtp: Mailbox) -> None:
    booked = await city.book("bauberatung", "video", **PERSON)
    await mails(city, smtp, 1)
    slot = (await city.free("bauberatung", "onsite"))[-1]
    path = f"/api/v1/appointments/{booked['token']}"
    asked = {"start": slot["start"], "mode": "onsite", "site": slot["site"]}
    assert (await city.client.post(f"{path}/move", json=asked)).status == 200
    await mails(city, smtp, 2)
    assert (await city.client.delete(path)).status == 204
    booking, moved, cancelled = await mails(city, smtp, 3)
    calendars = [calendar_of(message) for message in (booking, moved, cancelled)]
    assert [calendar["METHOD"] for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [calendar.events[0]["SEQUENCE"] for calendar in calendars] == [0, 1, 2]
    assert len({calendar.events[0]["UID"] for calendar in calendars}) == 1
    assert calendars[1].events[0].start == datetime.fromisoformat(slot["start"])
    assert small_city.SITES[1]["address"] in text_of(moved)
    assert "abgesagt" in text_of(cancelled)
    assert "/a/" not in text_of(cancelled)


@pytest.mark.criterion("A15")
async def test_cancelling_twice_sends_one_mail(city: City, smtp: Mailbox) -> None:
    booked = await city.book("bauberatung", "video", **PERSON)
    for _ in range(2):
        await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    await mails(city, smtp, 2)


async def test_who_gives_no_address_gets_no_mail(city: City, smtp: Mailbox) -> None:
    await city.book("bauberatung", "video", name="Jürgen Groß", email=None, phone="+49 831 123456")
    await mails(city, smtp, 0)


async def test_mails_speak_the_language_of_the_booking(city: City, smtp: Mailbox) -> None:
    await city.book("bauberatung", "video", **PERSON, language="en")
    [message] = await mails(city, smtp, 1)
    body = message.get_body()
    assert body is not None
    assert body["Content-Language"] == "en"
    assert "Bauberatung (en)" in text_of(message)
    assert "Guten Tag" not in text_of(message)


@pytest.mark.criterion("A12", "A15")
async def test_the_calendar_file_can_be_fetched_and_follows_the_appointment(city: City) -> None:
    booked = await city.book("bauberatung", "video", **PERSON)
    calendar = await downloaded(city, booked)
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar.events[0].start.isoformat() == booked["start"]
    await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    after = await downloaded(city, booked)
    assert (after["METHOD"], after.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")
    assert after.events[0]["UID"] == calendar.events[0]["UID"]


async def test_the_calendar_file_needs_the_right_link(city: City) -> None:
    answer = await city.client.get(f"/api/v1/appointments/{'x' * 28}/calendar.ics")
    assert answer.status == 404


async def test_without_a_mail_server_mails_go_into_a_folder(make_city: MakeCity, tmp_path: Path) -> None:
    city = await make_city()
    booked = await city.book("bauberatung", "video", **PERSON)
    async with asyncio.timeout(60):
        while not (written := list((tmp_path / "outbox").glob("*.eml"))):  # noqa: ASYNC110  another task writes it
            await asyncio.sleep(0.02)
    assert f"To: {PERSON['email']}" in written[0].read_text()
    assert booked["number"] in written[0].read_text()
