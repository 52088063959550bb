"""A meeting goes to a colleague: who is offered, what the colleague sees, who may enter when, and who no more."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from server.booking.model import ClaimRow, DutyRow, TrainingRow
from server.clock import tick_of
from server.rooms.model import TransferRow
from tests.http.described import check
from tests.http.meeting import Meeting, meeting_in, problem
from tests.office.city import City, Client, only_sqlite

NOTE = "Es geht um den Anbau; die Statik fehlt noch."
TRANSFER = "/api/v1/office/appointments/{appointment}/transfer"
CLERK2, CLERK4 = 2, 4


@pytest.fixture
async def meeting(city: City) -> Meeting:
    """Clerk1's meeting at 9, while clerk4 (trained too) sits at a desk that takes video."""
    return await meeting_in(city)


async def colleagues(meeting: Meeting, by: Client | None = None) -> list[dict[str, Any]]:
    answer = await (by or meeting.clerk).get(f"{meeting.desk}/colleagues")
    assert answer.status == 200, await answer.text()
    found: list[dict[str, Any]] = await check(answer, "/api/v1/office/appointments/{appointment}/colleagues")
    return found


async def hand(meeting: Meeting, to: int = CLERK4, by: Client | None = None, **more: Any) -> tuple[int, Any]:
    body = {"colleague": to, "note": NOTE, **more}
    answer = await (by or meeting.clerk).post(f"{meeting.desk}/transfer", json=body)
    return answer.status, await check(answer, TRANSFER)


async def take_back(meeting: Meeting, by: Client | None = None) -> int:
    return (await (by or meeting.clerk).delete(f"{meeting.desk}/transfer")).status


async def arrivals(client: Client) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/office/arrivals")
    found = await check(answer, "/api/v1/office/arrivals")
    return list(found["arrivals"])


@only_sqlite()
@pytest.mark.criterion("C21")
async def test_the_colleague_sees_it_with_the_note_and_opens_the_same_room(meeting: Meeting) -> None:
    city = meeting.city
    _, citizen = await meeting.enter()
    colleague = await city.sign_in("clerk4")
    assert await arrivals(colleague) == []
    assert (await meeting.enter_as(colleague))[0] == 404
    status, made = await hand(meeting)
    assert (status, made["to"], made["taken"]) == (200, "Clerk4", False)
    [shown] = await arrivals(colleague)
    assert shown["appointment"] == meeting.id
    assert (shown["state"], shown["handed_by"], shown["note"]) == ("handover", "Clerk1", NOTE)
    assert shown["name"] == "Erika Musterfrau"
    assert meeting.id in await (await colleague.get("/office/day")).text()
    case = await (await colleague.get(f"/office/appointments/{meeting.id}")).text()
    assert NOTE in case
    assert NOTE in await (await colleague.get(f"/office/appointments/{meeting.id}/room")).text()
    status, entry = await meeting.enter_as(colleague)
    assert status == 200
    ticket = meeting.ticket(entry)
    assert (ticket.role, ticket.part, ticket.name) == ("host", "colleague", "Clerk4")
    assert ticket.room == meeting.ticket(citizen).room
    assert (await meeting.enter())[0] == 200, "the citizen keeps the link"


@pytest.mark.criterion("C21")
@pytest.mark.criterion("C28")
async def test_once_the_colleague_is_there_the_first_clerk_enters_no_more(meeting: Meeting) -> None:
    colleague = await meeting.city.sign_in("clerk4")
    await hand(meeting)
    assert (await meeting.enter_as(meeting.clerk))[0] == 200, "until somebody comes the citizen is not alone"
    assert (await meeting.enter_as(colleague))[0] == 200
    status, refused = await meeting.enter_as(meeting.clerk)
    assert (status, problem(refused)) == (409, "handed-over")
    assert "Clerk4" in refused["detail"]
    assert await take_back(meeting) == 409
    assert await arrivals(meeting.clerk) == []
    assert "Clerk4" in await (await meeting.clerk.get(f"/office/appointments/{meeting.id}")).text()


@pytest.mark.criterion("C21")
async def test_it_can_be_taken_back_until_the_colleague_is_there(meeting: Meeting) -> None:
    colleague = await meeting.city.sign_in("clerk4")
    await hand(meeting)
    assert await take_back(meeting) == 204
    assert await take_back(meeting) == 404
    assert await arrivals(colleague) == []
    assert (await meeting.enter_as(colleague))[0] == 404
    assert (await meeting.enter_as(meeting.clerk))[0] == 200
    assert (await hand(meeting))[0] == 200


async def test_it_goes_on_to_a_third_and_back_to_the_first(meeting: Meeting) -> None:
    city = meeting.city
    await train(city, CLERK2)
    second, third = await city.sign_in("clerk4"), await city.sign_in("clerk2")
    await hand(meeting)
    await meeting.enter_as(second)
    assert (await hand(meeting, CLERK2, second))[0] == 200
    assert await take_back(meeting, second) == 204
    assert (await meeting.enter_as(second))[0] == 200
    assert (await hand(meeting, CLERK2, second))[0] == 200
    assert (await meeting.enter_as(third))[0] == 200
    assert (await meeting.enter_as(second))[0] == 404
    assert (await hand(meeting, 1, third))[0] == 200
    assert (await meeting.enter_as(meeting.clerk))[0] == 200
    assert (await meeting.enter_as(third))[0] == 404


async def train(city: City, staff_id: int) -> None:
    """Clerk2 can advise on building too, and is on duty from 9."""
    async with city.office.db.write() as tx:
        row = {"staff_id": staff_id, "service_id": "bauberatung"}
        await tx.execute(insert(TrainingRow).values(row))
        home = {"place": "home", "site_id": None, "desk": None, "takes_video": True, "demo": False}
        times = {"starts_at": city.now, "ends_at": city.now.replace(hour=city.now.hour + 1)}
        await tx.execute(insert(DutyRow).values(staff_id=staff_id, **home, **times))


@pytest.mark.criterion("C21")
async def test_offered_is_who_can_do_it_and_is_on_duty_with_free_or_busy(meeting: Meeting) -> None:
    city = meeting.city
    assert await colleagues(meeting) == [{"id": CLERK4, "name": "Clerk4", "free": True}]
    await train(city, CLERK2)
    async with city.office.db.write() as tx:
        duty = select(DutyRow.id).where(DutyRow.staff_id == CLERK4, DutyRow.starts_at <= city.now)
        row = {"duty_id": await tx.scalar(duty.order_by(DutyRow.starts_at.desc()).limit(1))}
        await tx.execute(insert(ClaimRow).values(**row, tick=tick_of(city.now)))
    assert [(one["name"], one["free"]) for one in await colleagues(meeting)] == [
        ("Clerk2", True),
        ("Clerk4", False),
    ]
    async with city.office.db.write() as tx:
        await tx.execute(delete(ClaimRow))
        await tx.execute(delete(TrainingRow).where(TrainingRow.staff_id == CLERK4))
    assert [one["name"] for one in await colleagues(meeting)] == ["Clerk2"]
    for nobody in (3, 5, 1, 999_999):
        assert (await hand(meeting, nobody))[0] == 422


@only_sqlite()
async def test_the_note_is_sealed(meeting: Meeting) -> None:
    await hand(meeting)
    async with meeting.city.office.db.read() as tx:
        sealed = await tx.scalar(select(TransferRow.note_sealed))
    assert sealed
    assert NOTE.encode() not in sealed


@pytest.mark.criterion("C21")
async def test_of_two_hand_overs_at_once_one_holds(meeting: Meeting) -> None:
    await train(meeting.city, CLERK2)
    answers = await asyncio.gather(*(hand(meeting, to) for to in (CLERK2, CLERK4, CLERK2)))
    assert sorted(status for status, _ in answers) == [200, 409, 409]
    assert {problem(answer) for status, answer in answers if status == 409} == {"transfer-open"}


async def test_taking_back_and_coming_in_at_once_leave_one_in_charge(meeting: Meeting) -> None:
    colleague = await meeting.city.sign_in("clerk4")
    await hand(meeting)
    entered, back = await asyncio.gather(meeting.enter_as(colleague), take_back(meeting))
    assert (entered[0], back) in ((200, 409), (404, 204))


@only_sqlite()
async def test_a_meeting_that_is_over_is_handed_to_nobody(meeting: Meeting) -> None:
    body = {"kind": "other"}
    assert (await meeting.clerk.post(f"{meeting.desk}/incident", json=body)).status == 201
    assert (await hand(meeting))[0] == 410


@only_sqlite()
@pytest.mark.parametrize(
    "body", [{}, {"colleague": "4"}, {"colleague": 4, "note": "x" * 1001}, {"colleague": 4, "more": 1}]
)
async def test_what_makes_no_sense_is_refused(meeting: Meeting, body: dict[str, Any]) -> None:
    assert (await meeting.clerk.post(f"{meeting.desk}/transfer", json=body)).status == 422
