"""What the citizen API says there is: complete shapes, numbers that stay, a child for video, what goes together."""

from typing import Any

import pytest
from sqlalchemy import insert, update

from server.booking.model import CalendarChangeRow
from server.catalog.model import ServiceRow
from server.zms.ids import LARGEST, number_of, numbered, process_id, whole
from tests.http.citizen_api import API, VIDEO, Citizen, codes
from tests.office.city import City, only_sqlite

OFFICE = {
    "id",
    "name",
    "address",
    "showAlternativeLocations",
    "displayNameAlternatives",
    "organization",
    "organizationUnit",
    "slotTimeInMinutes",
    "geo",
    "scope",
    "disabledByServices",
    "allowDisabledServicesMix",
    "sharedBookingOfficeIds",
    "slotsPerAppointment",
    "priority",
    "parentId",
}
SCOPE = {
    "id",
    "provider",
    "shortName",
    "emailFrom",
    "emailRequired",
    "telephoneActivated",
    "telephoneRequired",
    "customTextfieldActivated",
    "customTextfieldRequired",
    "customTextfieldLabel",
    "customTextfield2Activated",
    "customTextfield2Required",
    "customTextfield2Label",
    "captchaActivatedRequired",
    "infoForAppointment",
    "infoForAllAppointments",
    "slotsPerAppointment",
    "appointmentsPerMail",
    "whitelistedMails",
    "reservationDuration",
    "activationDuration",
    "hint",
}
SERVICE = {
    "id",
    "name",
    "maxQuantity",
    "combinable",
    "parentId",
    "variantId",
    "rootParentId",
    "showOnStartPage",
    "public",
}
PROCESS = {
    "processId",
    "authKey",
    "timestamp",
    "familyName",
    "email",
    "telephone",
    "customTextfield",
    "customTextfield2",
    "officeName",
    "officeId",
    "scope",
    "subRequestCounts",
    "serviceId",
    "serviceName",
    "serviceCount",
    "status",
    "slotCount",
    "displayNumber",
    "icsContent",
    "captchaToken",
}


@pytest.fixture
async def citizen(city: City) -> Citizen:
    return Citizen(city)


async def test_every_shape_is_complete(citizen: Citizen) -> None:
    listing = await citizen.listing()
    assert set(listing) == {"offices", "services", "relations"}
    for office in listing["offices"]:
        assert set(office) == OFFICE
        assert set(office["address"]) == {"street", "house_number", "postal_code", "city", "hint"}
        assert set(office["scope"]) == SCOPE
        assert set(office["scope"]["provider"]) == {"id", "source"}
        assert office["scope"]["activationDuration"] == 60
    assert all(set(service) == SERVICE for service in listing["services"])
    for relation in listing["relations"]:
        assert set(relation) == {"officeId", "serviceId", "slots", "public", "maxQuantity"}
    assert set(await citizen.booked("Personalausweis")) == PROCESS
    numbers = [entry["id"] for entry in (*listing["offices"], *listing["services"])]
    assert len(set(numbers)) == len(numbers)


@only_sqlite()
async def test_an_address_comes_in_its_parts(citizen: Citizen) -> None:
    offices = {office["name"]: office for office in (await citizen.listing())["offices"]}
    assert offices["Verwaltungsgebäude"]["address"] == {
        "street": "Rathausplatz",
        "house_number": "22",
        "postal_code": "87435",
        "city": "Kempten (Allgäu)",
        "hint": None,
    }


@only_sqlite()
async def test_what_goes_by_video_has_a_child_for_it(citizen: Citizen) -> None:
    listing = await citizen.listing()
    by_id = {service["id"]: service for service in listing["services"]}
    children = [service for service in listing["services"] if service["parentId"]]
    assert {child["name"] for child in children} == {"Meldebescheinigung", "Bauberatung"}
    for child in children:
        assert (child["variantId"], by_id[child["parentId"]]["variantId"]) == (VIDEO, 1)
        assert by_id[child["parentId"]]["name"] == child["name"]
    where = {
        relation["officeId"]
        for relation in listing["relations"]
        if relation["serviceId"] == children[0]["id"]
    }
    [video] = [office for office in listing["offices"] if office["id"] in where]
    assert video["name"] == "Video"


@only_sqlite()
async def test_a_service_switched_off_for_video_loses_its_child_and_keeps_its_number(
    citizen: Citizen,
) -> None:
    before = {service["id"]: service for service in (await citizen.listing())["services"]}
    child = await citizen.service("Bauberatung", video=True)
    office = await citizen.office_of(child)
    booked = await citizen.booked("Bauberatung", video=True)
    scheduler = await citizen.city.sign_in("scheduler")
    path = "/api/v1/office/services/bauberatung"
    assert (await scheduler.patch(path, json={"online_capable": False})).status == 200
    after = {service["id"] for service in (await citizen.listing())["services"]}
    assert after == set(before) - {child["id"]}
    asked = {"officeId": office, "serviceId": child["id"], "date": "2027-03-02"}
    assert (await citizen.ask("available-appointments-by-office", **asked)).status == 404
    shown = await citizen.get("appointment", processId=booked["processId"], authKey=booked["authKey"])
    assert shown["serviceName"] == "Bauberatung"


@only_sqlite()
async def test_a_hidden_service_is_not_listed(citizen: Citizen) -> None:
    assert await citizen.service("Beglaubigung")
    async with citizen.city.office.db.write() as tx:
        await tx.execute(update(ServiceRow).where(ServiceRow.id == "beglaubigung").values(hidden=True))
        await tx.execute(insert(CalendarChangeRow).values(duty_id=None, at=citizen.city.now))
    citizen.city.office.calendar.catalogue_changed()
    assert "Beglaubigung" not in {service["name"] for service in (await citizen.listing())["services"]}


@only_sqlite()
async def test_what_goes_together_is_said_by_order_service_and_office(citizen: Citizen) -> None:
    card, certificate = await citizen.service("Personalausweis"), await citizen.service("Beglaubigung")
    office = await citizen.office_of(card)
    assert card["combinable"]["1"] == {str(card["id"]): [office]}
    assert {str(certificate["id"]): [office]} in card["combinable"].values()
    building = await citizen.service("Bauberatung")
    assert list(building["combinable"].values()) == [
        {str(building["id"]): [await citizen.office_of(building)]}
    ]


@only_sqlite()
async def test_every_address_works_with_and_without_its_slash_and_no_proof_is_asked_for(
    citizen: Citizen,
) -> None:
    for slash in ("", "/"):
        answer = await citizen.city.client.get(f"{API}/captcha-details{slash}")
        details = await answer.json()
        assert set(details) == {"siteKey", "captchaChallenge", "captchaVerify", "captchaEnabled"}
        assert details["captchaEnabled"] is False
        listing = await citizen.city.client.get(f"{API}/offices-and-services{slash}")
        assert listing.status == 200
        assert (await citizen.city.client.get(f"{API}/captcha-challenge{slash}")).status == 200
        empty = await citizen.city.client.post(f"{API}/captcha-verify{slash}", json={})
        assert await codes(empty) == (400, ["captchaMissing"])


def test_numbers_stay_when_something_is_added() -> None:
    before = numbered("service", ["ausweis", "pass"])
    after = numbered("service", ["anmeldung", "pass", "ausweis", "zulassung"])
    assert before.items() <= after.items()
    assert all(0 < number <= LARGEST for number in after.values())


def test_two_thousand_names_have_two_thousand_numbers() -> None:
    names = [f"dienst-{n}" for n in range(2000)]
    assert len(set(numbered("service", names).values())) == 2000


def test_a_process_id_and_its_number_are_the_same_thing() -> None:
    assert process_id("482-915-376") == 482915376
    assert number_of(482915376) == "482-915-376"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        ("5", 5),
        (" 12 ", 12),
        (5.0, 5),
        (True, None),
        ("٥", None),
        ("5x", None),
        (5.5, None),
        (-1, None),
        (float("inf"), None),
        (float("nan"), None),
        (None, None),
        ([], None),
        ("9" * 16, None),
        (10**20, None),
    ],
)
def test_numbers_come_as_numbers_or_text(value: Any, number: int | None) -> None:
    assert whole(value) == number
