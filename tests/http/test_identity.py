"""A clerk notes how sure they are of who was there: by level and method alone, seen on the pages of both, gone with the case."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from server.audit import AuditRow
from server.documents.delete import close_due_cases
from server.rooms.model_identity import IdentityCheckRow
from tests.http.described import check
from tests.http.meeting import Meeting, meeting_in, problem
from tests.office.city import City, only_sqlite

PATH = "/api/v1/office/appointments/{appointment}/identity"


async def note(meeting: Meeting, level: str, method: str, **more: Any) -> tuple[int, dict[str, Any]]:
    answer = await meeting.clerk.post(
        f"{meeting.desk}/identity", json={"level": level, "method": method, **more}
    )
    found: dict[str, Any] = await check(answer, PATH)
    return answer.status, found


@pytest.mark.criterion("C23")
async def test_what_is_noted_is_level_and_method_and_both_sides_see_it(city: City) -> None:
    meeting = await meeting_in(city)
    assert (await meeting.clerk.get(f"{meeting.desk}/identity")).status == 404
    assert (await note(meeting, "none", "refused"))[0] == 201
    city.clock.advance(timedelta(minutes=1))
    status, noted = await note(meeting, "low", "card")
    assert (status, noted["level"], noted["method"], noted["by"]) == (201, "low", "card", "Clerk1")
    assert await (await meeting.clerk.get(f"{meeting.desk}/identity")).json() == noted
    case = await (await meeting.clerk.get(f"/office/appointments/{meeting.id}")).text()
    own = await (await city.client.get(f"/a/{meeting.token}")).text()
    for page in (case, own):
        assert "Personalausweis gesehen, Vertrauensniveau niedrig" in page
    assert "Clerk1" in case.split('id="identitaet"')[1]
    assert "Clerk1" not in own
    async with city.office.db.read() as tx:
        entry = (await tx.execute(select(AuditRow).where(AuditRow.action == "identity.noted"))).first()
    assert entry is not None
    assert entry.detail == {"appointment": meeting.id}


@only_sqlite()
@pytest.mark.criterion("C23")
async def test_there_is_no_field_for_what_stands_on_the_card(city: City) -> None:
    meeting = await meeting_in(city)
    for name in ("number", "card_number", "born", "picture", "note"):
        status, refused = await note(meeting, "low", "card", **{name: "L01X00T47"})
        assert (status, problem(refused)) == (422, "invalid")
    assert set(IdentityCheckRow.__table__.columns.keys()) == {
        "id",
        "appointment_id",
        "level",
        "method",
        "staff_id",
        "checked_at",
    }


@only_sqlite()
@pytest.mark.parametrize(
    ("level", "method", "wrong"),
    [
        ("none", "card", "invalid"),
        ("low", "refused", "invalid"),
        ("high", "card", "level-not-reached"),
        ("high", "known", "level-not-reached"),
        ("sure", "card", "invalid"),
        ("low", "eid", "invalid"),
    ],
)
async def test_a_level_that_this_way_can_not_give_is_refused(
    city: City, level: str, method: str, wrong: str
) -> None:
    status, refused = await note(await meeting_in(city), level, method)
    assert (status, problem(refused)) == (422, wrong)


@only_sqlite()
async def test_without_script_it_is_noted_on_the_page_of_the_case(city: City) -> None:
    meeting = await meeting_in(city)
    page = f"/office/appointments/{meeting.id}"
    csrf = str(meeting.clerk.session.headers["X-CSRF-Token"])
    form = {"level": "substantial", "method": "passport", "csrf": csrf}
    answer = await meeting.clerk.post(f"{page}/identity", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"{page}#identitaet")
    assert "Reisepass gesehen, Vertrauensniveau substanziell" in await (await meeting.clerk.get(page)).text()
    for wrong in ({"level": "", "method": ""}, {}):
        answer = await meeting.clerk.post(f"{page}/identity", data={**wrong, "csrf": csrf})
        assert answer.status == 422


@only_sqlite()
async def test_nothing_is_noted_once_the_meeting_is_over_and_the_note_goes_with_the_case(city: City) -> None:
    meeting = await meeting_in(city)
    await note(meeting, "low", "known")
    assert (await meeting.clerk.post(f"{meeting.desk}/end")).status == 204
    status, refused = await note(meeting, "low", "card")
    assert (status, problem(refused)) == (409, "too-late")
    await close_due_cases(city.office.db, city.now + timedelta(days=400))
    async with city.office.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(IdentityCheckRow)) == 0
