"""The small city running in this process, with a clock that the test moves. Asked over HTTP, like everybody asks."""

import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from aiohttp.web_app import _cached_build_middleware
from sqlalchemy import select

from server.booking.model import AppointmentRow
from server.clock import SetClock
from server.jobs import JobRunner
from server.recurring import jobs_of
from server.settings import Settings
from server.web.call import OFFICE, Office
from tests.neighbours.process import free_port
from tests.office import small_city

Client = TestClient[Request, Application]
SECRET = "a-secret-of-the-tests-that-is-long-enough"
MASTER_KEY = base64.b64encode(b"thirty-two bytes for the tests..").decode()


def settings_for(database_url: str, folder: Path, port: int, **changes: Any) -> Settings:
    """Settings as in production (no demo), every file below `folder`."""
    chosen: dict[str, Any] = {
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "database_url": database_url,
        "data_dir": folder,
        "store": folder / "documents",
        "secret": SECRET,
        "ticket_secret": SECRET[::-1],
        "master_key": MASTER_KEY,
        "max_holds": 100,
        "freed_rest_minutes": "0-0",
        "altcha_after": 0,
        "max_per_contact": 1000,
        "max_per_contact_day": 1000,
    }
    return Settings(**{**chosen, **changes})


@dataclass
class City:
    """`client` is a citizen's browser; `sign_in` gives one for a member of staff."""

    client: Client
    clock: SetClock
    settings: Settings
    office: Office
    _new_client: Callable[[], Awaitable[Client]]

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def another_client(self) -> Client:
        """A second browser with cookies of its own."""
        return await self._new_client()

    async def sign_in(self, login: str) -> Client:
        """A browser in which this member of staff is signed in; it sends the CSRF header by itself."""
        client = await self._new_client()
        answer = await client.post("/api/v1/session", json={"name": login, "password": small_city.PASSWORD})
        assert answer.status == 200, await answer.text()
        client.session.headers["X-CSRF-Token"] = (await answer.json())["csrf"]
        return client

    async def free(
        self, service: str, mode: str = "any", days: int = 14, **query: str
    ) -> list[dict[str, Any]]:
        """The slots that the API offers from today on."""
        today = self.now.date()
        asked = {
            "service": service,
            "mode": mode,
            "from": f"{today}",
            "to": f"{today + timedelta(days=days)}",
        }
        answer = await self.client.get("/api/v1/availability", params={**asked, **query})
        assert answer.status == 200, await answer.text()
        return [slot for day in (await answer.json())["days"] for slot in day["slots"]]

    async def hold(self, service: str, slot: dict[str, Any], *, key: str | None = None) -> ClientResponse:
        wanted = {"services": [{"id": service, "count": 1}], "mode": slot["mode"], "start": slot["start"]}
        if slot.get("site"):
            wanted["site"] = slot["site"]
        headers = {"Idempotency-Key": key or secrets.token_hex(16)}
        return await self.client.post("/api/v1/holds", json=wanted, headers=headers)

    async def confirm(self, hold: str, *, key: str | None = None, **person: Any) -> ClientResponse:
        who = {"name": "Erika Musterfrau", "email": "erika@example.org", **person}
        headers = {"Idempotency-Key": key or secrets.token_hex(16)}
        return await self.client.post("/api/v1/appointments", json={"hold": hold, **who}, headers=headers)

    async def book(self, service: str, mode: str = "any", *, nth: int = 0, **person: Any) -> dict[str, Any]:
        """Hold and confirm the nth free slot; the API's `Appointment`."""
        held = await self.hold(service, (await self.free(service, mode))[nth])
        assert held.status == 201, await held.text()
        answer = await self.confirm((await held.json())["hold"], **person)
        assert answer.status == 201, await answer.text()
        booked: dict[str, Any] = await answer.json()
        return booked

    async def work(self) -> None:
        """All recurring work that is due by now is done."""
        await JobRunner(self.office.db, self.clock, jobs_of(self.office)).run_due()

    async def id_of(self, booked: dict[str, Any]) -> str:
        """The appointment's inner id, as it stands in the addresses of the clerk's pages."""
        one = select(AppointmentRow.id).where(AppointmentRow.number == booked["number"])
        async with self.office.db.read() as tx:
            return str(await tx.scalar(one))


MakeCity = Callable[..., Awaitable[City]]


@pytest.fixture
def work_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the test moves the clock, so it says when the recurring work is done: `await city.work()`."""
    monkeypatch.setattr("server.app.jobs_of", lambda _office: [])


@pytest_asyncio.fixture
async def make_city(city_database_url: str, tmp_path: Path, work_when_told: None) -> AsyncIterator[MakeCity]:
    """Starts a city with settings of your choice: `await make_city(max_holds=2, smtp_url=smtp.url)`."""
    from server.app import make_app

    opened: list[Client | TestServer] = []

    async def make(**changes: Any) -> City:
        port = free_port()
        url = changes.pop("database_url", city_database_url)
        settings = settings_for(url, tmp_path, port, **changes)
        clock = SetClock(small_city.NOW)
        app = make_app(settings, clock)
        server = TestServer(app, port=port)
        opened.append(server)
        await server.start_server()

        async def new_client() -> Client:
            client: Client = TestClient(server)
            opened.append(client)
            return client

        return City(await new_client(), clock, settings, app[OFFICE], new_client)

    try:
        yield make
    finally:
        for one in reversed(opened):
            await one.close()
        _cached_build_middleware.cache_clear()  # aiohttp would keep a thousand apps that have ended


@pytest_asyncio.fixture
async def city(make_city: MakeCity) -> City:
    """The small city, once on SQLite and once on PostgreSQL. Only SQLite: `@pytest.mark.parametrize("database_kind", ["sqlite"])`."""
    return await make_city()


def only_sqlite() -> pytest.MarkDecorator:
    """For tests in which the database makes no difference."""
    return pytest.mark.parametrize("database_kind", ["sqlite"])
