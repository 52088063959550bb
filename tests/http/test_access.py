"""Whoever of the staff opens a citizen's case leaves an entry with the reason, and the data-protection officer sees it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from server.app import ENDPOINTS, PAGES
from server.audit import LOOKED, AuditRow
from server.booking.model import DutyRow
from server.privacy.note_look import look_of
from server.web.api import Endpoint, Page
from tests.http.meeting import meeting_in
from tests.office.city import City, Client, only_sqlite

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DESK = "/office/appointments"


async def looks(city: City) -> list[tuple[str, str, str]]:
    """(who, what, why), in order."""
    async with city.office.db.read() as tx:
        query = select(AuditRow.actor, AuditRow.detail).where(AuditRow.action == LOOKED)
        rows = await tx.execute(query.order_by(AuditRow.id))
        return [(row.actor, row.detail["what"], row.detail["why"]) for row in rows]


async def rows_of(officer: Client, **query: Any) -> list[list[str]]:
    """The lines of the officer's page, without the time."""
    answer = await officer.get("/office/access", params=query)
    assert answer.status == 200
    text = await answer.text()
    lines = re.findall(
        r"<tr class=\"kern-table__row\"><th class=\"kern-table__cell\".*?</tr>", text, re.DOTALL
    )
    return [re.findall(r"<td[^>]*>(.*?)</td>", line) for line in lines]


@pytest.mark.criterion("J11")
async def test_what_a_clerk_opens_is_listed_with_the_reason_for_the_officer(city: City) -> None:
    """Opened again within a quarter of an hour it stands there once."""
    booked = await city.book("bauberatung", "video")
    id_, clerk = await city.id_of(booked), await city.sign_in("clerk1")
    for path in (f"{DESK}/{id_}", f"/api/v1{DESK}/{id_}/documents", f"{DESK}/{id_}", f"{DESK}/{id_}/room"):
        assert (await clerk.get(path)).status == 200
    officer = await city.sign_in("dpo")
    number, why = booked["number"], "Eigener Dienst"
    lines = [["Clerk1", number, what, why] for what in ("Videoraum", "Unterlagen", "Vorgang")]
    assert await rows_of(officer) == await rows_of(officer, number=number.lower(), staff=1) == lines
    assert await rows_of(officer, staff=2) == await rows_of(officer, number="none") == []
    city.clock.advance(16 * MINUTE)
    await clerk.get(f"{DESK}/{id_}")
    assert await rows_of(officer) == [lines[-1], *lines]
    for wrong in ({"page": "-1"}, {"page": "9" * 30}, {"staff": "x" * 9}, {"number": "%_'" * 30}):
        await rows_of(officer, **wrong)
    assert await rows_of(officer, page=2) == []


@only_sqlite()
@pytest.mark.criterion("J11")
async def test_every_other_way_in_has_its_reason_and_a_foreign_case_leaves_none(city: City) -> None:
    """Handed over, handing over, replanned after an absence, an incident read by the administration."""
    meeting = await meeting_in(city)
    colleague = await city.sign_in("clerk4")
    assert (await colleague.get(meeting.desk)).status == 404
    assert await looks(city) == []
    await meeting.clerk.post(f"{meeting.desk}/transfer", json={"colleague": 4})
    await colleague.get(f"{meeting.desk}/documents")
    async with city.office.db.write() as tx:
        await tx.execute(update(DutyRow).where(DutyRow.staff_id == 1).values(staff_id=2))
    city.clock.advance(16 * MINUTE)
    await meeting.clerk.get(f"{meeting.desk}/documents")
    await colleague.post(f"{meeting.desk}/incident", json={"kind": "other"})
    await (await city.sign_in("admin")).get("/api/v1/office/incidents")
    assert await looks(city) == [
        ("staff/1", "case", "own-duty"),
        ("staff/4", "documents", "handed-over"),
        ("staff/1", "documents", "handing-over"),
        ("staff/4", "case", "handed-over"),
        ("staff/9", "incident", "administration"),
    ]


@only_sqlite()
@pytest.mark.criterion("J11")
async def test_long_after_the_appointment_the_clerk_says_why_first(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    page = f"{DESK}/{await city.id_of(booked)}"
    city.clock.set(datetime.fromisoformat(booked["end"]) + 3 * DAY)
    clerk = await city.sign_in("clerk1")
    asked = await clerk.get(page, allow_redirects=False)
    assert (asked.status, asked.headers["Location"]) == (303, f"{page}/reason")
    refused = await clerk.get(f"/api/v1{page}/documents")
    assert (refused.status, (await refused.json())["type"].rsplit(":", 1)[-1]) == (403, "reason-needed")
    form = {"csrf": clerk.session.headers["X-CSRF-Token"]}
    assert (await clerk.get(f"{page}/reason")).status == 200
    assert (await clerk.post(f"{page}/reason", data=form)).status == 422
    assert await looks(city) == []
    opened = await clerk.post(f"{page}/reason", data={**form, "why": "complaint"})
    assert (opened.status, opened.url.path) == (200, page)
    for _ in range(2):
        city.clock.advance(25 * MINUTE)
        assert (await clerk.get(f"/api/v1{page}/documents")).status == 200
    assert {why for _, _, why in await looks(city)} == {"complaint"}
    city.clock.advance(61 * MINUTE)
    assert (await (await city.sign_in("clerk1")).get(f"/api/v1{page}/documents")).status == 403
    other = await city.sign_in("clerk2")
    assert (await other.post(f"/api/v1{page}/reason", json={"why": "question"})).status == 404


def test_every_route_below_a_case_notes_the_look() -> None:
    """A new one does it by its address; the one that asks for the reason is the only exception."""
    routes: list[Endpoint | Page] = [*ENDPOINTS, *PAGES]
    staff = [route for route in routes if "office/appointments/{" in route.path]
    assert len(staff) > 20
    assert {route.path.rsplit("/", 1)[-1] for route in staff if look_of(route.path) is None} == {"reason"}
    assert all(route.roles for route in staff)
