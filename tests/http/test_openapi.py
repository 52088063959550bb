"""The API keeps to its own description, and refuses in one form and in the asker's language."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from aiohttp import FormData
from jsonschema import Draft202012Validator
from sqlalchemy import select, update

from server.app import ENDPOINTS
from server.booking.model import AppointmentRow
from tests.http.described import DOCUMENT, OPERATIONS, check
from tests.office.city import City, Client, only_sqlite
from tests.office.papers import a_pdf

PDF = a_pdf()


def test_the_document_is_sound() -> None:
    """OpenAPI 3.1: every schema is one, every reference leads somewhere, every parameter of a path is told."""
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Za-z0-9.-]+", name), "two models of one name"
        Draft202012Validator.check_schema(schema)
    for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(DOCUMENT)):
        name = reference.removeprefix("#/components/schemas/")
        assert name in DOCUMENT["components"]["schemas"], reference
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(ids) == len(set(ids))
    for (_, path), operation in OPERATIONS.items():
        told = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert told == set(re.findall(r"{(\w+)}", path))
        assert operation["summary"]
        assert operation["responses"]


def test_every_route_of_the_api_is_in_the_document() -> None:
    assert {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS} == OPERATIONS.keys()
    assert all(("security" in OPERATIONS[e.method, e.path]) is bool(e.roles) for e in ENDPOINTS)


@only_sqlite()
async def test_the_server_hands_out_its_description(city: City) -> None:
    served = await (await city.client.get("/api/openapi.json")).json()
    assert served["paths"].keys() == DOCUMENT["paths"].keys()
    assert served["servers"] == [{"url": city.settings.public_url}]


API = "/api/v1/appointments/{token}"
DESK = "/api/v1/office/appointments"


@dataclass
class Walk:
    """A booking from the first question to the cancellation; every answer is held against the document."""

    city: City

    async def ask(
        self,
        method: str,
        path: str,
        values: dict[str, str] | None = None,
        *,
        by: Client | None = None,
        **more: Any,
    ) -> Any:
        client = by or self.city.client
        answer = await client.request(method, path.format(**(values or {})), **more)
        assert answer.status < 400, await answer.text()
        return await check(answer, path)

    async def offers(self) -> dict[str, Any]:
        await self.ask("GET", "/api/v1/sites")
        await self.ask("GET", "/api/v1/services", params={"q": "Bau"})
        asked = {"service": "bauberatung", "mode": "video"}
        answer = await self.ask("GET", "/api/v1/availability", params=asked)
        slots: list[dict[str, Any]] = [slot for day in answer["days"] for slot in day["slots"]]
        assert all(datetime.fromisoformat(slot["start"]).tzinfo for slot in slots)
        self.later = slots[-1]
        return slots[0]

    async def book(self, slot: dict[str, Any]) -> dict[str, str]:
        wish = {"services": [{"id": "bauberatung"}], "mode": "video", "start": slot["start"]}
        spare = await self.ask("POST", "/api/v1/holds", json={**wish, "start": self.later["start"]})
        await self.ask("DELETE", "/api/v1/holds/{hold}", {"hold": spare["hold"]})
        held = await self.ask("POST", "/api/v1/holds", json=wish)
        person = {"hold": held["hold"], "name": "Erika Musterfrau", "answers": {"frage": "Antwort"}}
        booked = await self.ask("POST", "/api/v1/appointments", json=person)
        form = FormData()
        form.add_field("item", "lageplan")
        form.add_field("file", PDF, filename="plan.pdf", content_type="application/pdf")
        token = {"token": booked["token"]}
        sent = await self.ask("POST", f"{API}/documents", token, data=form)
        async with self.city.office.db.read() as tx:
            row = select(AppointmentRow.id).where(AppointmentRow.number == booked["number"])
            id_ = str(await tx.scalar(row))
        return {**token, "document": sent["id"], "id": id_, "appointment": id_}

    async def meet(self, values: dict[str, str], slot: dict[str, Any]) -> None:
        self.city.clock.set(datetime.fromisoformat(slot["start"]))
        for path in (API, f"{API}/documents", f"{API}/documents/{{document}}", f"{API}/calendar.ics"):
            await self.ask("GET", path, values)
        await self.ask("POST", f"{API}/entry", values)
        clerk = await self.city.sign_in("clerk1")
        for path in ("/api/v1/session", "/api/v1/office/arrivals"):
            await self.ask("GET", path, by=clerk)
        for path in (f"{DESK}/{{id}}/documents", f"{DESK}/{{id}}/documents/{{document}}"):
            await self.ask("GET", path, values, by=clerk)
        await self.ask("POST", f"{DESK}/{{appointment}}/entry", values, by=clerk)
        await self.ask("DELETE", "/api/v1/session", by=clerk)

    async def switch(self) -> None:
        scheduler = await self.city.sign_in("scheduler")
        await self.ask("GET", "/api/v1/office/services", by=scheduler)
        path, name = "/api/v1/office/services/{service}", {"service": "meldebescheinigung"}
        await self.ask("PATCH", path, name, by=scheduler, json={"online_capable": False})
        who = {"name": "clerk2", "password": "sprechzeit-demo"}
        await self.ask("POST", "/api/v1/session", by=await self.city.another_client(), json=who)

    async def end(self, values: dict[str, str]) -> None:
        await self.ask("POST", f"{API}/move", values, json={"start": self.later["start"], "mode": "video"})
        await self.ask("DELETE", f"{API}/documents/{{document}}", values)
        await self.ask("DELETE", API, values)


async def test_a_whole_booking_answers_as_described(city: City) -> None:
    walk = Walk(city)
    slot = await walk.offers()
    values = await walk.book(slot)
    await walk.switch()
    await walk.end(await walk.book((await city.free("bauberatung", "video"))[3]))
    async with city.office.db.write() as tx:
        own = update(AppointmentRow).where(AppointmentRow.id == values["id"])
        await tx.execute(own.values(duty_id=1))
    await walk.meet(values, slot)


REFUSALS = [
    ("GET", "/api/v1/appointments/nobody", None, 404),
    ("GET", "/api/v1/session", None, 401),
    ("GET", "/api/v1/nothing", None, 404),
    ("PUT", "/api/v1/services", None, 405),
    ("POST", "/api/v1/holds", b"{}", 415),
    ("GET", "/api/v1/availability?service=nothing", None, 422),
    ("GET", "/api/v1/availability", None, 422),
]


@only_sqlite()
@pytest.mark.parametrize(("method", "address", "body", "status"), REFUSALS)
async def test_a_refusal_has_a_german_title_and_a_detail_in_the_askers_language(
    city: City, method: str, address: str, body: bytes | None, status: int
) -> None:
    said = {}
    for language in ("de", "en", "fr,en;q=0.5", "xx"):
        headers = {"Accept-Language": language}
        answer = await city.client.request(method, address, data=body, headers=headers)
        assert answer.status == status
        assert answer.content_type == "application/problem+json"
        said[language] = await answer.json(content_type="application/problem+json")
        assert said[language].keys() >= {"type", "title", "status", "detail"}
        assert said[language]["status"] == status
    assert len({one["title"] for one in said.values()}) == 1
    assert len({one["type"] for one in said.values()}) == 1
    assert said["de"]["detail"] == said["xx"]["detail"]
    assert said["en"]["detail"] == said["fr,en;q=0.5"]["detail"] != said["de"]["detail"]
