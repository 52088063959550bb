"""A client of the citizen API, as the components of München and Berlin speak it; what it knows comes from the listing."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse

from tests.office.city import City

API = "/api/citizen"
VIDEO = 3
PERSON = {
    "familyName": "Erika Musterfrau",
    "email": "erika@example.org",
    "telephone": "0831 12345",
    "customTextfield": "",
    "customTextfield2": "",
}
STEPS = ("update-appointment", "preconfirm-appointment", "confirm-appointment", "cancel-appointment")


@dataclass
class Citizen:
    """Calls the API over HTTP; `ask` and `send` give the raw answer, the others expect a good one."""

    city: City

    async def ask(self, name: str, **query: Any) -> ClientResponse:
        return await self.city.client.get(f"{API}/{name}/", params={k: str(v) for k, v in query.items()})

    async def send(self, name: str, body: Any) -> ClientResponse:
        return await self.city.client.post(f"{API}/{name}/", json=body)

    async def get(self, name: str, **query: Any) -> dict[str, Any]:
        return await good(await self.ask(name, **query))

    async def post(self, name: str, process: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return await good(await self.send(name, {**own(process), "scope": process["scope"], **changes}))

    async def listing(self) -> dict[str, Any]:
        return await self.get("offices-and-services")

    async def service(self, name: str, *, video: bool = False) -> dict[str, Any]:
        """The service of this name, or its child by video."""
        fits = [s for s in (await self.listing())["services"] if s["name"] == name]
        return next(s for s in fits if (s["variantId"] == VIDEO) is video)

    async def office_of(self, service: dict[str, Any]) -> int:
        relations = (await self.listing())["relations"]
        return next(int(r["officeId"]) for r in relations if r["serviceId"] == service["id"])

    async def calendar(self, service: dict[str, Any], first: str, last: str, **more: Any) -> dict[str, Any]:
        asked = {"officeIds": await self.office_of(service), "serviceIds": service["id"], "serviceCounts": 1}
        return await self.get("available-calendar", startDate=first, endDate=last, **asked, **more)

    async def starts(self, service: dict[str, Any]) -> list[int]:
        found = await self.calendar(service, "2027-03-01", "2027-03-28")
        return [
            at for day in found["availableDays"] for office in day["offices"] for at in office["appointments"]
        ]

    async def wish(
        self, name: str = "Personalausweis", *, video: bool = False, nth: int = 0, **changes: Any
    ) -> dict[str, Any]:
        """The body of a reservation of the nth free time."""
        service = await self.service(name, video=video)
        wanted = {
            "timestamp": (await self.starts(service))[nth],
            "officeId": str(await self.office_of(service)),
            "serviceId": [str(service["id"])],
            "serviceCount": [1],
        }
        return {**wanted, **changes}

    async def reserve(self, name: str, *, video: bool = False, nth: int = 0) -> dict[str, Any]:
        wanted = await self.wish(name, video=video, nth=nth)
        return await good(await self.send("reserve-appointment", wanted))

    async def update(self, process: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return await self.post("update-appointment", process, **{**PERSON, **changes})

    async def booked(self, name: str, *, video: bool = False) -> dict[str, Any]:
        """All the way to a confirmed appointment."""
        process = await self.reserve(name, video=video)
        await self.update(process)
        await self.post("preconfirm-appointment", process)
        return await self.post("confirm-appointment", process)


def own(process: dict[str, Any]) -> dict[str, Any]:
    return {"processId": process["processId"], "authKey": process["authKey"]}


async def good(answer: ClientResponse) -> dict[str, Any]:
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def codes(answer: ClientResponse) -> tuple[int, list[str]]:
    """Status and error codes of a refusal, which all have the shape of that API."""
    found = await answer.json()
    assert list(found) == ["errors"], found
    for error in found["errors"]:
        assert set(error) == {"errorCode", "errorMessage", "statusCode"}
    assert found["errors"][0]["statusCode"] == answer.status
    return answer.status, [error["errorCode"] for error in found["errors"]]
