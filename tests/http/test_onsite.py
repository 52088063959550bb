"""From the video meeting to a desk: a real booking on the same case, told by mail, with all documents on both sides."""

import asyncio
import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from server.booking.model import CaseRow
from server.documents import delete
from tests.http.described import check
from tests.http.meeting import Meeting, id_of, meeting_in, problem
from tests.office.city import City, only_sqlite
from tests.office.outbox import mails

SITE = "kronenstrasse"
DAY = timedelta(days=1)


async def times(meeting: Meeting, **query: str) -> dict[str, Any]:
    answer = await meeting.clerk.get(f"{meeting.desk}/onsite-times", params=query)
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await check(answer, "/api/v1/office/appointments/{appointment}/onsite-times")
    return found


async def book(
    meeting: Meeting, start: str, site: str = SITE, key: str = "one"
) -> tuple[int, dict[str, Any]]:
    headers = {"Idempotency-Key": key}
    answer = await meeting.clerk.post(
        f"{meeting.desk}/onsite", json={"start": start, "site": site}, headers=headers
    )
    return answer.status, await answer.json()


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    return str(body.get_content())


def token_in(mail: EmailMessage) -> str:
    """The token of the citizen's link."""
    found = re.search(r"/a/([\w-]+)", text_of(mail))
    assert found
    return found[1]


def starts(found: dict[str, Any]) -> list[str]:
    return [slot["start"] for day in found["days"] for slot in day["slots"]]


@pytest.mark.criterion("C22")
async def test_the_clerk_books_a_time_on_site_and_the_documents_go_along(city: City) -> None:
    meeting = await meeting_in(city)
    document = await meeting.send_document("lageplan.pdf")
    found = await times(meeting)
    assert [place["id"] for place in found["sites"]] == [SITE]
    assert {slot["mode"] for day in found["days"] for slot in day["slots"]} == {"onsite"}
    status, booked = await book(meeting, starts(found)[0])
    assert status == 201
    assert booked["where"] == "Bürger-Service-Bauen, Kronenstraße 8, 87435 Kempten (Allgäu)"
    desk = await city.sign_in("clerk4")
    listed = await (await desk.get(f"/api/v1/office/appointments/{booked['id']}/documents")).json()
    assert [one["id"] for one in listed] == [document]
    own = await (await meeting.clerk.get(f"{meeting.desk}/documents")).json()
    assert [one["id"] for one in own] == [document]
    assert [one["number"] for one in (await times(meeting))["booked"]] == [booked["number"]]


@only_sqlite()
@pytest.mark.criterion("C22")
async def test_the_citizen_gets_a_mail_with_calendar_file_and_finds_the_time_on_the_own_page(
    city: City,
) -> None:
    meeting = await meeting_in(city)
    await meeting.send_document("lageplan.pdf")
    _, booked = await book(meeting, starts(await times(meeting))[0])
    sent = [mail for mail in await mails(city) if booked["number"] in text_of(mail)]
    assert len(sent) == 1
    assert "Kronenstraße 8" in text_of(sent[0])
    [attachment] = list(sent[0].iter_attachments())
    assert attachment.get_content_type() == "text/calendar"
    page = await (await city.client.get(f"/a/{meeting.token}")).text()
    assert booked["number"] in page
    assert token_in(sent[0]) in page
    shown = await (await city.client.get(f"/a/{token_in(sent[0])}")).text()
    assert "lageplan.pdf" in shown
    assert booked["number"] in shown


async def test_the_same_request_twice_books_once(city: City) -> None:
    meeting = await meeting_in(city)
    start, other, *_ = starts(await times(meeting))
    answers = await asyncio.gather(*(book(meeting, start) for _ in range(3)))
    assert {status for status, _ in answers} == {201}
    assert len({booked["id"] for _, booked in answers}) == 1
    status, refused = await book(meeting, other)
    assert (status, problem(refused)) == (422, "idempotency-key-reused")


async def test_two_clerks_after_the_same_time_get_it_once_and_the_other_is_told_of_others(city: City) -> None:
    meeting = await meeting_in(city)
    start = starts(await times(meeting))[0]
    answers = await asyncio.gather(*(book(meeting, start, key=f"key {n}") for n in range(4)))
    assert sorted(status for status, _ in answers) == [201, 409, 409, 409]
    refused = next(answer for status, answer in answers if status == 409)
    assert problem(refused) == "slot-taken"
    assert len(refused["alternatives"]) >= 3
    assert {slot["mode"] for slot in refused["alternatives"]} == {"onsite"}


@pytest.mark.criterion("C22")
async def test_the_documents_stay_until_the_last_appointment_of_the_case_is_over(city: City) -> None:
    meeting = await meeting_in(city)
    await meeting.send_document()
    start = starts(await times(meeting, to=str(city.now.date() + 20 * DAY)))[-1]
    _, booked = await book(meeting, start)

    async def closed_after(at: datetime) -> bool:
        await delete.sweep(city.office.db, city.office.store, at)
        async with city.office.db.read() as tx:
            return (await tx.scalar(select(CaseRow.closed_at))) is not None

    begin, end = (datetime.fromisoformat(booked[name]) for name in ("start", "end"))
    assert begin - datetime.fromisoformat(meeting.booked["end"]) > 14 * DAY
    assert not await closed_after(begin)
    assert not await closed_after(end + 13 * DAY)
    assert await closed_after(end + 14 * DAY)


@only_sqlite()
async def test_what_the_citizen_cancelled_keeps_the_case_no_longer(city: City) -> None:
    meeting = await meeting_in(city)
    _, booked = await book(meeting, starts(await times(meeting, to=str(city.now.date() + 20 * DAY)))[-1])
    token = token_in((await mails(city))[-1])
    assert (await city.client.delete(f"/api/v1/appointments/{token}")).status == 204
    end = datetime.fromisoformat(meeting.booked["end"])
    assert (await delete.sweep(city.office.db, city.office.store, end + 13 * DAY)).cases_closed == 0
    assert (await delete.sweep(city.office.db, city.office.store, end + 14 * DAY)).cases_closed == 1
    assert booked["id"] == await id_of(city, booked["number"])


@only_sqlite()
async def test_once_the_case_is_closed_nothing_can_be_booked_on_it(city: City) -> None:
    meeting = await meeting_in(city)
    start = starts(await times(meeting, to=str(city.now.date() + 27 * DAY)))[-1]
    city.clock.set(datetime.fromisoformat(meeting.booked["end"]) + 15 * DAY)
    await delete.sweep(city.office.db, city.office.store, city.now)
    clerk = await city.sign_in("clerk1")
    assert (await clerk.post(f"{meeting.desk}/reason", json={"why": "follow-up"})).status == 204
    answer = await clerk.post(f"{meeting.desk}/onsite", json={"start": start, "site": SITE})
    assert answer.status == 409


REFUSED = [
    ({"start": "2027-03-02T08:07:00Z", "site": SITE}, 422),
    ({"start": "2027-02-02T08:00:00Z", "site": SITE}, 422),
    ({"start": "2027-03-02T08:00:00Z", "site": "nowhere"}, 422),
    ({"start": "2027-03-02T08:00:00Z", "site": "rathausplatz"}, 422),
    ({"start": "2027-03-02T08:00:00Z"}, 422),
    ({"start": "2027-03-02T08:00:00Z", "site": SITE, "more": 1}, 422),
]


@only_sqlite()
async def test_what_makes_no_sense_is_refused_in_words(city: City) -> None:
    meeting = await meeting_in(city)
    for body, status in REFUSED:
        answer = await meeting.clerk.post(f"{meeting.desk}/onsite", json=body)
        assert answer.status == status, body
        await check(answer, "/api/v1/office/appointments/{appointment}/onsite")


@only_sqlite()
async def test_an_appointment_on_site_needs_no_other(city: City) -> None:
    booked = await city.book("personalausweis")
    clerk = await city.sign_in("clerk3")
    path = f"/api/v1/office/appointments/{await id_of(city, booked['number'])}"
    assert (await clerk.get(f"{path}/onsite-times")).status == 409
    body = {"start": booked["start"], "site": "rathausplatz"}
    assert problem(await (await clerk.post(f"{path}/onsite", json=body)).json()) == "not-video"
