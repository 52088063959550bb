"""Every route × everybody × own, foreign and missing objects: who gets what, and that a refusal changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestServer

from recordings_policy.consent import VERSION
from server.app import ENDPOINTS, PAGES
from server.web.api import Endpoint, Page
from tests.http.matrix import LOGINS, ROLES, TABLE, VISITORS, expected
from tests.http.matrix_world import Thing, World, a_file, nothing_sealed, random_thing
from tests.office.city import City, Client

CHANNELS = {"hotline": "phone", "gate": "walk-in"}
EVERY: list[Endpoint | Page] = [*ENDPOINTS, *PAGES]
ROUTES: dict[str, Endpoint | Page] = {f"{route.method} {route.path}": route for route in EVERY}
SIGNED = {"version": 1, "hash": "0" * 64, "code": "000000", "read": True, "name": "Erika Musterfrau"}
NOWHERE = {"duty": "999999", "series": "999999", "import": "0" * 32} | {
    "absence": "0" * 32,
    "visit": "0" * 32,
    "entry": "nobody-waits-here",
    "knock": "nobody-knocks-here",
    "incident": "0" * 32,
    "invitation": "0" * 32,
    "invited": "nobody-is-invited-here",
    "page": "0",
    "form": "0" * 32,
    "legal_hold": "0" * 32,
    "recording": "0" * 32,
}
ALL_WELL = {
    "camera": "ok",
    "microphone": "ok",
    "loudspeaker": "heard",
    "signaling": True,
    "media": "direct",
    "turn": None,
    "upload_kbit": 2000,
}
SEEN = {"level": "low", "method": "card"}
PERSONAL = ("{token}", "{hold}", "{appointment}", "{id}", "{document}")


@dataclass(frozen=True)
class Cell:
    key: str
    visitor: str
    thing: str

    @property
    def rightful(self) -> bool:
        return expected(self.key, self.visitor, self.thing) == TABLE[self.key].status


def things_of(key: str) -> tuple[str, ...]:
    if any(name in key for name in PERSONAL) or key == "POST /api/v1/appointments":
        return ("own", "foreign", "missing")
    return ("own", "missing") if "{service}" in key else ("",)


CELLS = [Cell(key, visitor, thing) for key in TABLE for visitor in VISITORS for thing in things_of(key)]


def path_of(cell: Cell, world: World, fresh: Thing) -> dict[str, str]:
    """The values for the address: the right ones for the rightful visitor, leaked ones for others."""
    aim = {"own": world.own, "foreign": world.foreign}.get(cell.thing) or random_thing()
    if cell.rightful and cell.thing:
        aim = fresh
    leaked = {"token": aim.id, "hold": aim.token, "appointment": aim.id, "id": aim.id}
    if cell.rightful:
        leaked |= {"token": aim.token, "hold": aim.hold}
    if "{document}" in cell.key and cell.visitor in ("citizen", "other citizen") and not cell.rightful:
        leaked["token"] = (world.own if cell.visitor == "citizen" else world.others).token
    service = "bauberatung" if cell.thing == "own" else "nothing"
    return {
        **leaked,
        "document": aim.document,
        "service": service,
        "scope": "home",
        "kind": "upload",
        **NOWHERE,
    }


PART = {
    "Tus-Resumable": "1.0.0",
    "Upload-Offset": "0",
    "X-HTTP-Method-Override": "PATCH",
    "Content-Type": "application/offset+octet-stream",
}


async def body_of(cell: Cell, world: World, values: dict[str, str], client: Client) -> dict[str, Any]:
    """What the request sends, complete and right in itself: only the right to it may decide."""
    sends = TABLE[cell.key].sends
    csrf = str(client.session.headers.get("X-CSRF-Token", ""))
    if sends in ("hold", "office hold", "move", "page hold", "page slot", "onsite"):
        body = _of_slot(sends, next(world.slots) if cell.rightful else world.spare)
        if sends == "office hold":
            body["json"]["channel"] = CHANNELS.get(cell.visitor, "onsite")
        return body
    wrong = {"name": cell.visitor.replace(" ", "-"), "password": "not the password"}
    bodies: dict[str, dict[str, Any]] = {
        "switch": {"json": {"online_capable": True}},
        "nonsense": {"json": {}},
        "incident": {"json": {"kind": "other"}},
        "invitation": {"json": {"part": "support", "name": "Max Mustermann"}},
        "transfer": {"json": {"colleague": 3}},
        "identity": {"json": SEEN},
        "why": {"json": {"why": "unneeded"}},
        "reason": {"json": {"why": "question"}},
        "sure": {"json": {"sure": True}},
        "page identity": {"data": {**SEEN, "csrf": csrf}},
        "plan": {"json": {"parts": []}},
        "empty": {"json": {}},
        "check": {"json": ALL_WELL},
        "score": {"json": {"score": 4}},
        "phone": {"json": {"phone": "0170 1234567"}},
        "version": {"json": {"version": 1}},
        "consent": {"json": {"agreed": False, "version": VERSION}},
        "signature": {"json": SIGNED},
        "form": {"json": {"blank": "vollmacht", "fields": {}}},
        "form fields": {"json": {"fields": {}}},
        "nothing sealed": {"data": nothing_sealed()},
        "page switch": {"data": {"to": "on", "csrf": csrf}},
        "appointment": {"json": {"hold": values["hold"], "name": "Erika Musterfrau"}},
        "details": {"data": {"name": "Erika Musterfrau"}},
        "file": {"data": a_file()},
        "page file": {"data": a_file(csrf=csrf)},
        "decision": {"json": {"decision": "accepted"}},
        "page decision": {"data": {"decision": "accepted", "csrf": csrf}},
        "part": {"data": b"%PDF-1.7\n", "headers": PART},
        "wrong password": {"json": wrong},
        "page wrong password": {"data": wrong},
        "": {"data": {"csrf": csrf}} if cell.key.startswith("POST /office") else {},
    }
    return bodies[sends]


def _of_slot(sends: str, slot: dict[str, Any]) -> dict[str, Any]:
    value = f"{int(datetime.fromisoformat(slot['start']).timestamp())}.video."
    wish = {"mode": "video", "start": slot["start"]}
    return {
        "hold": {"json": {**wish, "services": [{"id": "bauberatung"}]}},
        "office hold": {"json": {**wish, "services": [{"id": "bauberatung"}]}},
        "move": {"json": wish},
        "onsite": {"json": {"start": slot["start"], "site": "kronenstrasse"}},
        "page hold": {"data": {"service": "bauberatung", "slot": value}},
        "page slot": {"data": {"slot": value}},
    }[sends]


async def visit(cell: Cell, world: World) -> tuple[ClientResponse, str]:
    """Asks, and gives the answer with its text; what stood in the address is taken out of it."""
    row, client = TABLE[cell.key], world.clients[cell.visitor]
    fresh = world.own
    if row.fresh and cell.rightful:
        client = await world.client(cell.visitor) if row.roles else client
        fresh = await world.fresh(cell.key)
    values = path_of(cell, world, fresh)
    method, path = cell.key.split(" ", 1)
    body = await body_of(cell, world, values, client)
    asks_times = path in ("/times", "/api/v1/availability", "/api/v1/office/availability")
    query = {"service": "bauberatung"} if asks_times else None
    if query and "office" in path:
        query["channel"] = CHANNELS.get(cell.visitor, "onsite")
    address = path.format(**values)
    before = world.state()
    answer = await client.request(method, address, params=query, allow_redirects=False, **body)
    text = (await answer.read()).decode("latin-1")
    if answer.status >= 400 or not cell.rightful:
        assert world.state() == before, f"{cell} was refused and changed the database"
    for value in values.values():
        text = text.replace(value, "·") if value else text
    return answer, text


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_every_route_has_a_row_with_its_roles() -> None:
    """A new route without a row fails here, and so does one whose roles were changed without saying so."""
    assert ROUTES.keys() == TABLE.keys()
    assert {key: route.roles for key, route in ROUTES.items()} == {k: row.roles for k, row in TABLE.items()}


async def test_nothing_is_served_beside_the_matrix(city: City) -> None:
    """What is not in it has no object of a citizen, or has rules and tests of its own."""
    beside = ("/static", "/healthz", "/readyz", "/api/openapi.json", "/signaling/v1", "/api/citizen/")
    server = city.client.server
    assert isinstance(server, TestServer)
    served = {
        f"{route.method} {route.resource.canonical}"
        for route in server.app.router.routes()
        if route.resource is not None and not route.resource.canonical.startswith(beside)
    }
    assert {key for key in served if not key.startswith("HEAD ")} == TABLE.keys()


@pytest.mark.long
@pytest.mark.criterion("K02")
async def test_everybody_gets_what_the_matrix_says_and_nothing_else(city: City) -> None:
    """Also: foreign and missing look the same, and no visitor meets a fault of ours."""
    world = World(city)
    await world.open()
    wrong: list[str] = []
    seen: dict[tuple[str, str, str], tuple[int, str]] = {}
    for cell in CELLS:
        answer, text = await visit(cell, world)
        seen[cell.key, cell.visitor, cell.thing] = answer.status, text
        wanted = expected(cell.key, cell.visitor, cell.thing)
        if answer.status != wanted:
            wrong.append(f"{cell}: {answer.status} instead of {wanted}: {text[:200]}")
    world.close()
    assert wrong == []
    for key, visitor, thing in seen:
        if thing == "foreign":
            assert seen[key, visitor, "foreign"] == seen[key, visitor, "missing"], (key, visitor)


async def test_lists_hold_the_own_and_nothing_foreign(city: City) -> None:
    world = World(city)
    await world.open()
    path = f"/api/v1/appointments/{world.own.token}/documents"
    listed = await (await city.client.get(path)).json()
    assert [document["id"] for document in listed] == [world.own.document]
    day = await (await world.clients["clerk"].get("/office/day")).text()
    assert world.own.id in day
    assert world.foreign.id not in day
    other = await (await world.clients["other clerk"].get("/office/day")).text()
    assert world.own.id not in other
    assert world.foreign.id not in other


@pytest.mark.criterion("K04")
async def test_a_token_serves_one_purpose(city: City) -> None:
    """A hold's token opens no appointment, an appointment's no hold, and neither opens the staff's doors."""
    world = World(city)
    await world.open()
    hold, manage = world.own.hold, world.own.token
    for address in (f"/api/v1/appointments/{hold}", f"/a/{hold}", f"/holds/{manage}"):
        assert (await city.client.get(address)).status == 404, address
    assert (await city.client.delete(f"/api/v1/holds/{manage}")).status == 404
    for token in (hold, manage):
        session = {"Cookie": f"sprechzeit_session={token}"}
        answer = await city.client.get("/api/v1/session", headers=session)
        assert answer.status == 401
    for login in set(LOGINS) & set(ROLES):
        assert (await world.clients[login].get(f"/api/v1/office/appointments/{manage}/documents")).status in (
            403,
            404,
        )
