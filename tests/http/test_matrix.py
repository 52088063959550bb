"""Every route × everybody × own, foreign and missing objects: who gets what, and that a refusal changes nothing."""

import asyncio
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestServer
from sqlalchemy import select, update

from server.app import ENDPOINTS, PAGES
from server.booking.model import AppointmentRow, DutyRow
from server.jobs import JobRunner
from server.web.api import Endpoint, Page
from tests.http.matrix import LOGINS, ROLES, TABLE, VISITORS, expected
from tests.office.city import City, Client

CHANNELS = {"hotline": "phone", "gate": "walk-in"}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
EVERY: list[Endpoint | Page] = [*ENDPOINTS, *PAGES]
ROUTES: dict[str, Endpoint | Page] = {f"{route.method} {route.path}": route for route in EVERY}
NOWHERE = {"duty": "999999", "series": "999999", "import": "0" * 32} | {"absence": "0" * 32, "visit": "0" * 32}
PERSONAL = ("{token}", "{hold}", "{appointment}", "{id}", "{document}")
WATCHED = (
    "appointment",
    "claim",
    "case",
    "document",
    "service",
    "duty",
    "staff",
    "idempotency",
    "site",
    "unit",
)
COUNTED = ("outbox", "audit", "staff_session", "calendar_change", "closure", "training")


@dataclass(frozen=True)
class Thing:
    """An appointment with all that points to it; `hold` is a hold of its own, still open."""

    id: str
    token: str
    hold: str
    document: str


def random_thing() -> Thing:
    return Thing(
        secrets.token_hex(16), secrets.token_urlsafe(21), secrets.token_urlsafe(21), secrets.token_hex(16)
    )


@dataclass
class World:
    """The city with its visitors and three appointments."""

    city: City
    clients: dict[str, Client] = field(default_factory=dict)
    own: Thing = field(default_factory=random_thing)
    foreign: Thing = field(default_factory=random_thing)
    others: Thing = field(default_factory=random_thing)
    slots: Iterator[dict[str, Any]] = field(default_factory=lambda: iter(()))
    spare: dict[str, Any] = field(default_factory=dict)

    async def open(self) -> None:
        offered = await self.city.free("bauberatung", "video", days=27)
        slots = [slot for slot in offered if ":15:" not in slot["start"] and ":45:" not in slot["start"]]
        self.slots, self.spare = iter(slots[3:-1]), slots[-1]
        self.own = await self.thing(slots[0])
        self.foreign = await self.thing(slots[1])
        self.others = await self.thing(slots[2])
        await self._give(self.own, 1)
        await self._give(self.foreign, 4)
        await self._give(self.others, 4)
        self.city.clock.set(datetime.fromisoformat(slots[0]["start"]) - timedelta(minutes=5))
        self.own = replace(self.own, hold=await self.hold())
        for visitor in VISITORS:
            self.clients[visitor] = await self.client(visitor)

    async def client(self, visitor: str) -> Client:
        login = LOGINS.get(visitor)
        return await (self.city.sign_in(login) if login else self.city.another_client())

    async def _give(self, thing: Thing, staff_id: int) -> None:
        """The appointment lies on a duty of this clerk."""
        async with self.city.office.db.write() as tx:
            duty = await tx.scalar(select(DutyRow.id).where(DutyRow.staff_id == staff_id).limit(1))
            one = update(AppointmentRow).where(AppointmentRow.id == thing.id)
            await tx.execute(one.values(duty_id=duty))

    async def hold(self) -> str:
        answer = await self.city.hold("bauberatung", next(self.slots))
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["hold"])

    async def thing(self, slot: dict[str, Any] | None = None) -> Thing:
        held = await self.city.hold("bauberatung", slot or next(self.slots))
        answer = await self.city.confirm((await held.json())["hold"])
        booked = await answer.json()
        path = f"/api/v1/appointments/{booked['token']}/documents"
        sent = await (await self.city.client.post(path, data=a_file())).json()
        async with self.city.office.db.read() as tx:
            id_ = await tx.scalar(select(AppointmentRow.id).where(AppointmentRow.number == booked["number"]))
        return Thing(str(id_), booked["token"], "", sent["id"])

    def state(self) -> dict[str, Any]:
        """What the database holds, read beside the server."""
        connection = sqlite3.connect(str(self.city.office.db.url.database))
        try:
            rows = {t: sorted(map(repr, connection.execute(f'SELECT * FROM "{t}"'))) for t in WATCHED}
            counts = {t: connection.execute(f'SELECT count(*) FROM "{t}"').fetchone() for t in COUNTED}
            return {**rows, **counts}
        finally:
            connection.close()


def a_file() -> FormData:
    form = FormData()
    form.add_field("item", "lageplan")
    form.add_field("file", PDF, filename="plan.pdf", content_type="application/pdf")
    return form


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
    return {**leaked, "document": aim.document, "service": service, "scope": "home", **NOWHERE}


async def body_of(cell: Cell, world: World, values: dict[str, str], client: Client) -> dict[str, Any]:
    """What the request sends, complete and right in itself: only the right to it may decide."""
    sends = TABLE[cell.key].sends
    csrf = str(client.session.headers.get("X-CSRF-Token", ""))
    if sends in ("hold", "office hold", "move", "page hold", "page slot"):
        body = _of_slot(sends, next(world.slots) if cell.rightful else world.spare)
        if sends == "office hold":
            body["json"]["channel"] = CHANNELS.get(cell.visitor, "onsite")
        return body
    wrong = {"name": cell.visitor.replace(" ", "-"), "password": "not the password"}
    bodies: dict[str, dict[str, Any]] = {
        "switch": {"json": {"online_capable": True}},
        "nonsense": {"json": {}},
        "plan": {"json": {"parts": []}},
        "page switch": {"data": {"to": "on", "csrf": csrf}},
        "appointment": {"json": {"hold": values["hold"], "name": "Erika Musterfrau"}},
        "details": {"data": {"name": "Erika Musterfrau"}},
        "file": {"data": a_file()},
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
        "page hold": {"data": {"service": "bauberatung", "slot": value}},
        "page slot": {"data": {"slot": value}},
    }[sends]


async def visit(cell: Cell, world: World) -> tuple[ClientResponse, str]:
    """Asks, and gives the answer with its text; what stood in the address is taken out of it."""
    row, client = TABLE[cell.key], world.clients[cell.visitor]
    fresh = world.own
    if row.fresh and cell.rightful:
        client = await world.client(cell.visitor) if row.roles else client
        fresh = await world.thing() if "{token}" in cell.key else Thing("", "", await world.hold(), "")
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


@pytest.fixture(autouse=True)
def nobody_tidies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's own recurring work changes rows too; here only requests may."""

    async def rest(_runner: JobRunner, _look_every_s: float = 2.0) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(JobRunner, "run_forever", rest)


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
