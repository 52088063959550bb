"""Every route of the citizen API × who asks × own, foreign and missing appointments. A route without a row fails here."""

from typing import Any

import pytest

from server.zms.routes import BASE, ROUTES
from tests.http.citizen_api import Citizen
from tests.office.city import City, only_sqlite

# Route ► what somebody gets who sends nothing, and whether it is about one appointment.
OPEN = {
    ("GET", "offices-and-services"): 200,
    ("GET", "available-calendar"): 400,
    ("GET", "available-days-by-office"): 400,
    ("GET", "available-appointments-by-office"): 400,
    ("POST", "reserve-appointment"): 400,
    ("GET", "captcha-details"): 200,
    ("GET", "captcha-challenge"): 200,
    ("POST", "captcha-verify"): 400,
}
PERSONAL = (
    ("POST", "update-appointment"),
    ("POST", "preconfirm-appointment"),
    ("POST", "confirm-appointment"),
    ("POST", "cancel-appointment"),
    ("GET", "appointment"),
)
PERSON = {"familyName": "Musterfrau", "email": "erika@example.org"}


def test_every_route_has_a_row() -> None:
    assert ROUTES.keys() == OPEN.keys() | set(PERSONAL)


async def ask(city: City, method: str, name: str, told: dict[str, Any]) -> tuple[int, str]:
    path = f"{BASE}/{name}/"
    if method == "GET":
        answer = await city.client.get(path, params={k: str(v) for k, v in told.items()})
    else:
        answer = await city.client.post(path, json=told)
    return answer.status, await answer.text()


@pytest.mark.criterion("K02")
@only_sqlite()
async def test_everybody_gets_what_the_rows_say(city: City) -> None:
    """Staff have no rights here that others lack: their cookie is not even looked at."""
    for (method, name), status in OPEN.items():
        assert (await ask(city, method, name, {}))[0] == status, name


@pytest.mark.criterion("K02")
@only_sqlite()
async def test_an_appointment_opens_to_its_own_key_alone(city: City) -> None:
    """A foreign key and a missing appointment look the same, and change nothing."""
    citizen = Citizen(city)
    own = await citizen.reserve("Personalausweis")
    other = await citizen.reserve("Personalausweis")
    for method, name in PERSONAL:
        foreign = {"processId": own["processId"], "authKey": other["authKey"], **PERSON}
        missing = {"processId": 123456789, "authKey": other["authKey"], **PERSON}
        refused = await ask(city, method, name, foreign)
        assert refused[0] == 406, name
        assert refused == await ask(city, method, name, missing), name
        assert (await ask(city, method, name, {}))[0] == 400, name
    key = {"processId": own["processId"], "authKey": own["authKey"]}
    status, text = await ask(city, "GET", "appointment", key)
    assert (status, '"status":"reserved"' in text.replace(" ", "")) == (200, True)
