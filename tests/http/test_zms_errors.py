"""The citizen API says no in its own words and statuses, tells nobody what exists, step by step."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from server.booking.model import CalendarChangeRow
from server.catalog.model import ServiceRow
from tests.http.citizen_api import PERSON, STEPS, Citizen, codes, own
from tests.office.city import City, MakeCity, only_sqlite

FIRST, LAST = "2027-03-01", "2027-03-28"
STRANGER = "f" * 64


@pytest.fixture
async def citizen(city: City) -> Citizen:
    return Citizen(city)


async def test_a_taken_a_past_and_a_senseless_time_are_not_available(citizen: Citizen) -> None:
    wanted = await citizen.wish()
    assert (await citizen.send("reserve-appointment", wanted)).status == 200
    for timestamp in (
        wanted["timestamp"],
        wanted["timestamp"] - 86400 * 7,
        wanted["timestamp"] + 60,
        wanted["timestamp"] + 86400 * 300,
    ):
        answer = await citizen.send("reserve-appointment", {**wanted, "timestamp": timestamp})
        assert await codes(answer) == (404, ["appointmentNotAvailable"])


@only_sqlite()
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"timestamp": None}, ["invalidTimestamp"]),
        ({"timestamp": "morgen"}, ["invalidTimestamp"]),
        ({"timestamp": True}, ["invalidTimestamp"]),
        ({"timestamp": 10**14}, ["invalidTimestamp"]),
        ({"officeId": 7}, ["invalidOfficeId"]),
        ({"officeId": None}, ["invalidOfficeId"]),
        ({"serviceId": [7]}, ["invalidServiceId"]),
        ({"serviceId": []}, ["invalidServiceId", "invalidServiceCount"]),
        ({"serviceCount": [0]}, ["invalidServiceCount"]),
        ({"serviceCount": [5]}, ["invalidServiceCount"]),
        ({"serviceCount": [1, 1]}, ["invalidServiceCount"]),
        ({"serviceCount": ["viele"]}, ["invalidServiceCount"]),
        ({"officeId": "x", "serviceId": "y"}, ["invalidOfficeId", "invalidServiceId"]),
    ],
)
async def test_every_wrong_field_of_a_reservation_is_named(
    citizen: Citizen, changes: dict[str, Any], expected: list[str]
) -> None:
    answer = await citizen.send("reserve-appointment", await citizen.wish(**changes))
    assert await codes(answer) == (400, expected)


@only_sqlite()
async def test_services_that_exclude_each_other_or_mix_their_ways_do_not_go_together(
    citizen: Citizen,
) -> None:
    names = ("Personalausweis", "Meldebescheinigung", "Bauberatung", "Beglaubigung")
    onsite = {name: (await citizen.service(name))["id"] for name in names}
    video = (await citizen.service("Meldebescheinigung", video=True))["id"]
    for pair in (
        [onsite["Beglaubigung"], onsite["Bauberatung"]],
        [onsite["Personalausweis"], video],
        [onsite["Meldebescheinigung"], video],
        [onsite["Personalausweis"], onsite["Personalausweis"]],
    ):
        wanted = await citizen.wish(serviceId=pair, serviceCount=[1, 1])
        answer = await citizen.send("reserve-appointment", wanted)
        assert await codes(answer) == (400, ["invalidServiceId"])
    elsewhere = await citizen.wish("Bauberatung", serviceId=[onsite["Personalausweis"]])
    answer = await citizen.send("reserve-appointment", elsewhere)
    assert await codes(answer) == (404, ["noAppointmentForThisScope"])


@only_sqlite()
async def test_more_than_three_hours_are_too_much_for_one_visit(citizen: Citizen) -> None:
    wanted = await citizen.wish(serviceCount=[4])
    async with citizen.city.office.db.write() as tx:
        await tx.execute(update(ServiceRow).where(ServiceRow.id == "personalausweis").values(minutes=50))
        await tx.execute(insert(CalendarChangeRow).values(duty_id=None, at=citizen.city.now))
    citizen.city.office.calendar.catalogue_changed()
    answer = await citizen.send("reserve-appointment", wanted)
    assert await codes(answer) == (400, ["tooManySlotsPerAppointment"])


@only_sqlite()
@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("available-calendar", {"startDate": "1.3.2027"}, ["invalidStartDate"]),
        ("available-calendar", {"endDate": "2027-02-30"}, ["invalidEndDate"]),
        ("available-calendar", {"endDate": "2027-02-01"}, ["invalidEndDate"]),
        ("available-calendar", {"endDate": "2028-03-02"}, ["invalidEndDate"]),
        ("available-calendar", {"startDate": "", "endDate": ""}, ["invalidStartDate", "invalidEndDate"]),
        ("available-calendar", {"slotsStartDate": "x"}, ["invalidStartDate"]),
        ("available-calendar", {"slotsEndDate": "2027-02-01"}, ["invalidEndDate"]),
        ("available-calendar", {"officeIds": "1"}, ["invalidOfficeId"]),
        ("available-calendar", {"serviceCounts": "x"}, ["invalidServiceCount"]),
        ("available-days-by-office", {"serviceId": "1"}, ["invalidServiceId"]),
        ("available-days-by-office", {"startDate": ""}, ["invalidStartDate"]),
        ("available-appointments-by-office", {"date": "heute"}, ["invalidDate"]),
    ],
)
async def test_every_wrong_field_of_a_question_is_named(
    citizen: Citizen, name: str, changes: dict[str, Any], expected: list[str]
) -> None:
    service = await citizen.service("Personalausweis")
    office = await citizen.office_of(service)
    asked = {
        "startDate": FIRST,
        "endDate": LAST,
        "date": FIRST,
        "officeId": office,
        "serviceId": service["id"],
    }
    asked |= {"officeIds": office, "serviceIds": service["id"], **changes}
    assert await codes(await citizen.ask(name, **asked)) == (400, expected)


@only_sqlite()
async def test_where_nothing_is_free_that_is_said(citizen: Citizen) -> None:
    service = await citizen.service("Personalausweis")
    office = await citizen.office_of(service)
    asked = {"officeId": office, "serviceId": service["id"], "serviceCount": 1}
    answer = await citizen.ask(
        "available-days-by-office", startDate="2027-08-01", endDate="2027-08-02", **asked
    )
    assert await codes(answer) == (404, ["noAppointmentForThisScope"])
    empty = await citizen.get("available-appointments-by-office", date="2027-03-06", **asked)
    assert empty == {"offices": [{"officeId": office, "appointments": []}]}
    shown = await citizen.calendar(service, "2027-01-01", "2027-12-31", slotsStartDate="2027-03-27")
    assert shown["availableDays"]
    assert not any(day["offices"] for day in shown["availableDays"])
    assert (shown["prevBookableDate"], shown["nextBookableDate"]) == ("2027-03-25", None)


@only_sqlite()
@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({"familyName": ""}, 400, ["invalidFamilyName"]),
        ({"familyName": "..."}, 400, ["invalidFamilyName"]),
        ({"familyName": "E\u202fika\n"}, 200, []),
        ({"familyName": "E\nika"}, 400, ["invalidFamilyName"]),
        ({"familyName": "\ud800"}, 400, ["invalidFamilyName"]),
        ({"familyName": "x\0"}, 400, ["invalidFamilyName"]),
        ({"familyName": 5}, 400, ["invalidFamilyName"]),
        ({"email": "erika"}, 400, ["invalidEmail"]),
        ({"email": ["a@example.org"]}, 400, ["invalidEmail"]),
        ({"email": ""}, 406, ["emailIsRequired"]),
        ({"email": None}, 406, ["emailIsRequired"]),
        ({"telephone": "anrufen"}, 400, ["invalidTelephone"]),
        ({"telephone": None}, 200, []),
        ({"customTextfield": "x" * 1001}, 400, ["invalidCustomTextfield"]),
        ({"customTextfield2": {}}, 200, []),
        ({"customTextfield2": {"a": 1}}, 400, ["invalidCustomTextfield"]),
        (
            {"familyName": "", "email": "x", "telephone": "y"},
            400,
            ["invalidFamilyName", "invalidEmail", "invalidTelephone"],
        ),
        ({"processId": "x"}, 400, ["invalidProcessId"]),
        ({"processId": -5, "authKey": "kurz"}, 400, ["invalidProcessId", "invalidAuthKey"]),
        ({"authKey": STRANGER}, 406, ["authKeyMismatch"]),
    ],
)
async def test_what_is_told_is_checked(
    citizen: Citizen, changes: dict[str, Any], status: int, expected: list[str]
) -> None:
    process = await citizen.reserve("Personalausweis")
    answer = await citizen.send("update-appointment", {**PERSON, **own(process), **changes})
    assert answer.status == status
    if expected:
        assert await codes(answer) == (status, expected)


async def test_a_foreign_process_and_a_missing_one_look_the_same(citizen: Citizen) -> None:
    process = await citizen.reserve("Personalausweis")
    for number in (process["processId"], 999_999_999, 1):
        key = {"processId": number, "authKey": STRANGER}
        for step in STEPS:
            answer = await citizen.send(step, {**PERSON, **key})
            assert await codes(answer) == (406, ["authKeyMismatch"])
        assert await codes(await citizen.ask("appointment", **key)) == (406, ["authKeyMismatch"])
    other = await citizen.reserve("Personalausweis")
    swapped = {"processId": process["processId"], "authKey": other["authKey"]}
    assert (await citizen.ask("appointment", **swapped)).status == 406


async def test_steps_out_of_their_order_are_refused(citizen: Citizen) -> None:
    process = await citizen.reserve("Personalausweis")
    early = await citizen.send("confirm-appointment", own(process))
    assert await codes(early) == (409, ["processNotPreconfirmedAnymore"])
    nobody = await citizen.send("preconfirm-appointment", own(process))
    assert await codes(nobody) == (406, ["emailIsRequired"])
    await citizen.update(process)
    await citizen.post("preconfirm-appointment", process)
    again = await citizen.send("update-appointment", {**PERSON, **own(process)})
    assert await codes(again) == (409, ["processNotReservedAnymore"])
    await citizen.post("cancel-appointment", process)
    for step, code in (
        ("preconfirm-appointment", "processNotReservedAnymore"),
        ("confirm-appointment", "processNotPreconfirmedAnymore"),
    ):
        assert await codes(await citizen.send(step, own(process))) == (409, [code])


async def test_after_the_hold_is_over_nothing_goes_on(citizen: Citizen) -> None:
    process = await citizen.reserve("Personalausweis", nth=8)
    await citizen.update(process)
    citizen.city.clock.advance(timedelta(minutes=10))
    for step in ("update-appointment", "preconfirm-appointment"):
        answer = await citizen.send(step, {**PERSON, **own(process)})
        assert await codes(answer) == (409, ["processNotReservedAnymore"])
    assert await codes(await citizen.ask("appointment", **own(process))) == (404, ["appointmentNotFound"])


async def test_an_appointment_that_has_begun_is_not_cancelled(citizen: Citizen) -> None:
    process = await citizen.booked("Personalausweis")
    citizen.city.clock.advance(timedelta(hours=1, minutes=1))
    answer = await citizen.send("cancel-appointment", own(process))
    assert await codes(answer) == (406, ["appointmentCanNotBeCanceled"])


async def test_open_and_unconfirmed_times_are_limited_per_client(make_city: MakeCity) -> None:
    citizen = Citizen(await make_city(max_holds=2))
    for _ in range(2):
        process = await citizen.reserve("Personalausweis")
        await citizen.update(process)
        await citizen.post("preconfirm-appointment", process)
    third = await citizen.reserve("Personalausweis")
    await citizen.update(third)
    refused = await citizen.send("preconfirm-appointment", own(third))
    assert await codes(refused) == (429, ["rateLimitExceeded"])
    assert refused.headers["Retry-After"]
    await citizen.reserve("Personalausweis")
    answer = await citizen.send("reserve-appointment", await citizen.wish())
    assert await codes(answer) == (429, ["rateLimitExceeded"])
