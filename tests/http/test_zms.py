"""The citizen API as its clients use it: from free times in both generations over the mail's link to a room, and back."""

import asyncio
import base64
import json
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select

from server.booking.model import AppointmentRow, CaseRow, ClaimRow
from server.booking.tidy import tidy
from server.notices.outbox import OutboxRow
from server.recurring import jobs_of
from server.zms.tidy import forget
from tests.http.citizen_api import PERSON, Citizen, codes, good, own
from tests.neighbours.smtp import Mailbox
from tests.office.city import City, MakeCity

FIRST, LAST = "2027-03-01", "2027-03-28"
CLIENT = "https://termine.example/buchen?ort=1"


@pytest.fixture
async def citizen(city: City) -> Citizen:
    return Citizen(city)


async def mails(city: City, smtp: Mailbox) -> list[EmailMessage]:
    """Everything that was sent, once nothing is left to send."""
    waiting = select(func.count()).select_from(OutboxRow).where(OutboxRow.sent_at.is_(None))
    async with asyncio.timeout(60):
        while True:
            async with city.office.db.read() as tx:
                if not await tx.scalar(waiting):
                    return smtp.messages
            await asyncio.sleep(0.02)


def text_of(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    return str(body.get_content())


async def count(city: City, row: Any) -> int:
    async with city.office.db.read() as tx:
        return await tx.scalar(select(func.count()).select_from(row)) or 0


async def test_a_client_of_the_newer_kind_books_by_calendar(citizen: Citizen) -> None:
    service = await citizen.service("Personalausweis")
    office = await citizen.office_of(service)
    shown = await citizen.calendar(
        service, FIRST, LAST, slotsStartDate="2027-03-03", slotsEndDate="2027-03-04"
    )
    days = [day["date"] for day in shown["availableDays"]]
    assert days[:5] == ["2027-03-01", "2027-03-02", "2027-03-03", "2027-03-04", "2027-03-08"]
    assert {day["providerIDs"] for day in shown["availableDays"]} == {str(office)}
    assert (shown["prevBookableDate"], shown["nextBookableDate"]) == ("2027-03-02", "2027-03-08")
    in_window = [day for day in shown["availableDays"] if day["offices"]]
    assert [day["date"] for day in in_window] == ["2027-03-03", "2027-03-04"]
    [times] = in_window[0]["offices"]
    assert times["officeId"] == office
    assert datetime.fromtimestamp(times["appointments"][0], UTC) == datetime(2027, 3, 3, 7, tzinfo=UTC)
    wanted = {"timestamp": times["appointments"][0], "officeId": office}
    wanted |= {"serviceId": [service["id"]], "serviceCount": [1]}
    process = await good(await citizen.send("reserve-appointment", wanted))
    assert (process["status"], process["timestamp"]) == ("reserved", str(times["appointments"][0]))
    assert (process["serviceName"], process["officeName"]) == ("Personalausweis", "Verwaltungsgebäude")
    assert process["slotCount"] == 3
    assert re.fullmatch(r"[0-9a-f]{64}", process["authKey"])
    assert process["displayNumber"].replace("-", "") == str(process["processId"])


async def test_a_client_of_the_older_kind_books_by_day_and_office(citizen: Citizen) -> None:
    service = await citizen.service("Meldebescheinigung")
    office = await citizen.office_of(service)
    asked = {"officeId": office, "serviceId": service["id"], "serviceCount": 2}
    shown = await citizen.get("available-days-by-office", startDate=FIRST, endDate=LAST, **asked)
    assert shown["availableDays"][0] == {"time": FIRST, "providerIDs": str(office)}
    times = await citizen.get("available-appointments-by-office", date="2027-03-02", **asked)
    [of_office] = times["offices"]
    assert of_office["officeId"] == office
    wanted = {"timestamp": str(of_office["appointments"][-1]), "officeId": str(office)}
    wanted |= {"serviceId": str(service["id"]), "serviceCount": "2"}
    process = await good(await citizen.send("reserve-appointment", wanted))
    assert (process["serviceCount"], process["slotCount"]) == (2, 4)
    assert of_office["appointments"][-1] not in await citizen.starts(service)


async def test_several_services_are_one_process(citizen: Citizen) -> None:
    one, other = await citizen.service("Personalausweis"), await citizen.service("Beglaubigung")
    office = await citizen.office_of(one)
    ids = f"{one['id']},{other['id']}"
    asked = {"officeIds": office, "serviceIds": ids, "serviceCounts": "2,1", "startDate": FIRST}
    shown = await citizen.get("available-calendar", endDate=LAST, **asked)
    start = shown["availableDays"][0]["offices"][0]["appointments"][0]
    wanted = {"timestamp": start, "officeId": office, "serviceCount": [2, 1]}
    process = await good(
        await citizen.send("reserve-appointment", {**wanted, "serviceId": [one["id"], other["id"]]})
    )
    assert (process["serviceId"], process["serviceCount"], process["slotCount"]) == (one["id"], 2, 9)
    assert process["subRequestCounts"] == [{"id": other["id"], "name": "Beglaubigung", "count": 1}]


async def test_from_reservation_to_cancellation_every_step_may_be_repeated(citizen: Citizen) -> None:
    process = await citizen.reserve("Personalausweis")
    for step, status in (
        ("update-appointment", "reserved"),
        ("preconfirm-appointment", "preconfirmed"),
        ("confirm-appointment", "confirmed"),
        ("cancel-appointment", "deleted"),
    ):
        for _ in range(2):
            answer = await citizen.post(step, process, **PERSON)
            assert answer["status"] == status, step
            assert own(answer) == own(process)
            assert (await citizen.get("appointment", **own(process)))["status"] == status
    assert int(process["timestamp"]) in await citizen.starts(await citizen.service("Personalausweis"))


async def test_what_was_told_comes_back_and_lies_sealed(citizen: Citizen) -> None:
    process = await citizen.reserve("Personalausweis")
    await citizen.update(process, familyName="Erich Muster", customTextfield="Rollstuhl")
    again = await citizen.update(process, customTextfield="Kinderwagen")
    shown = await citizen.get("appointment", **own(process))
    assert again == shown
    assert shown | {**PERSON, "customTextfield": "Kinderwagen"} == shown
    async with citizen.city.office.db.read() as tx:
        [sealed] = await tx.scalars(select(CaseRow.contact_sealed))
    assert sealed
    assert b"Erika" not in sealed
    assert b"Kinderwagen" not in sealed


async def test_the_link_in_the_mail_confirms_and_the_video_variant_books_a_room(
    make_city: MakeCity, smtp: Mailbox
) -> None:
    city = await make_city(smtp_url=smtp.url, citizen_clients=f"{CLIENT}, https://anders.example")
    citizen = Citizen(city)
    process = await citizen.reserve("Bauberatung", video=True)
    await citizen.update(process)
    await citizen.post("preconfirm-appointment", process)
    await citizen.post("preconfirm-appointment", process)
    [asking] = await mails(city, smtp)
    assert asking["Subject"] == "Bitte bestätigen Sie Ihren Termin: Stadt Kempten (Allgäu)"
    assert not list(asking.iter_attachments())
    link = next(line for line in text_of(asking).splitlines() if "#/appointment/confirm/" in line)
    assert link.startswith(f"{CLIENT}#")
    opened = json.loads(base64.b64decode(link.rpartition("/")[2]))
    assert opened == {"id": process["processId"], "authKey": process["authKey"]}
    key = {"processId": opened["id"], "authKey": opened["authKey"]}
    confirmed = await good(await citizen.send("confirm-appointment", key))
    await citizen.send("confirm-appointment", key)
    assert confirmed["status"] == "confirmed"
    _, booked = await mails(city, smtp)
    assert f"{CLIENT}#/appointment/{link.rpartition('/')[2]}" in text_of(booked).splitlines()
    manage = re.search(r"/a/(\S+)", text_of(booked))
    assert manage
    assert f"/a/{manage[1]}" in confirmed["icsContent"]
    city.clock.set(datetime.fromtimestamp(int(process["timestamp"]), UTC) - timedelta(minutes=5))
    entry = await city.client.post(f"/api/v1/appointments/{manage[1]}/entry")
    assert entry.status == 200
    assert (await entry.json())["ticket"]


async def test_the_clerk_sees_the_appointment_once_it_is_confirmed(citizen: Citizen) -> None:
    process = await citizen.reserve("Personalausweis")
    clerk = await citizen.city.sign_in("clerk3")
    await citizen.update(process)
    await citizen.post("preconfirm-appointment", process)
    assert "Erika Musterfrau" not in await (await clerk.get("/office/day")).text()
    await citizen.post("confirm-appointment", process)
    assert "Erika Musterfrau" in await (await clerk.get("/office/day")).text()


async def test_a_pending_time_is_kept_past_the_hold_and_free_again_after_the_window(citizen: Citizen) -> None:
    service = await citizen.service("Personalausweis")
    process = await citizen.reserve("Personalausweis", nth=20)
    start = int(process["timestamp"])
    await citizen.update(process)
    await citizen.post("preconfirm-appointment", process)
    citizen.city.clock.advance(timedelta(minutes=59))
    assert start not in await citizen.starts(service)
    citizen.city.clock.advance(timedelta(minutes=1))
    assert start in await citizen.starts(service)
    late = await citizen.send("confirm-appointment", own(process))
    assert await codes(late) == (400, ["preconfirmationExpired"])
    assert (await citizen.ask("appointment", **own(process))).status == 404
    assert int((await citizen.reserve("Personalausweis", nth=0))["timestamp"])


async def test_who_confirms_last_finds_the_time_taken(citizen: Citizen) -> None:
    process = await citizen.reserve("Personalausweis", nth=20)
    await citizen.update(process)
    await citizen.post("preconfirm-appointment", process)
    citizen.city.clock.advance(timedelta(minutes=61))
    service = await citizen.service("Personalausweis")
    wanted = {"timestamp": process["timestamp"], "officeId": process["officeId"]}
    wanted |= {"serviceId": [service["id"]], "serviceCount": [1]}
    other = await good(await citizen.send("reserve-appointment", wanted))
    assert (await citizen.send("confirm-appointment", own(process))).status == 400
    await citizen.update(other)
    await citizen.post("preconfirm-appointment", other)
    assert (await citizen.post("confirm-appointment", other))["status"] == "confirmed"


async def test_one_time_is_reserved_once_and_one_click_of_many_confirms(citizen: Citizen) -> None:
    service = await citizen.service("Personalausweis")
    wanted = {"timestamp": (await citizen.starts(service))[0], "serviceId": service["id"]}
    wanted |= {"officeId": await citizen.office_of(service), "serviceCount": 1}
    answers = await asyncio.gather(*(citizen.send("reserve-appointment", wanted) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200, *[404] * 7]
    [process] = [await answer.json() for answer in answers if answer.status == 200]
    await citizen.update(process)
    for step in ("preconfirm-appointment", "confirm-appointment", "cancel-appointment"):
        clicks = await asyncio.gather(*(citizen.send(step, own(process)) for _ in range(5)))
        assert {answer.status for answer in clicks} == {200}, step
    assert await count(citizen.city, OutboxRow) == 3


async def test_who_never_confirms_is_forgotten(citizen: Citizen) -> None:
    told = await citizen.reserve("Personalausweis")
    await citizen.update(told)
    waiting = await citizen.reserve("Bauberatung", video=True)
    await citizen.update(waiting)
    await citizen.post("preconfirm-appointment", waiting)
    kept = await citizen.booked("Meldebescheinigung")
    given_back = await citizen.reserve("Beglaubigung", nth=9)
    await citizen.update(given_back)
    await citizen.post("cancel-appointment", given_back)
    assert await count(citizen.city, CaseRow) == 3
    citizen.city.clock.advance(timedelta(minutes=61))
    await forget(citizen.city.office.db, citizen.city.now)
    assert await count(citizen.city, CaseRow) == 1
    assert await count(citizen.city, ClaimRow) == kept["slotCount"]
    citizen.city.clock.advance(timedelta(minutes=61))
    await tidy(citizen.city.office.db, citizen.city.now)
    assert await count(citizen.city, AppointmentRow) == 1
    assert (await citizen.get("appointment", **own(kept)))["familyName"] == PERSON["familyName"]


async def test_after_a_long_standstill_nobody_is_left_over(citizen: Citizen) -> None:
    process = await citizen.reserve("Personalausweis")
    await citizen.update(process)
    citizen.city.clock.advance(timedelta(hours=30))
    [job] = [job for job in jobs_of(citizen.city.office) if job.name == "booking-tidy"]
    await job.run(citizen.city.now)
    assert await count(citizen.city, CaseRow) == 0
