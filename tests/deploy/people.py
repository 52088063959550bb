"""Who uses the deployed city over HTTP and WebSockets, without a browser."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import aiohttp

from signaling.messages import SUBPROTOCOL
from tests.office import small_city
from tests.signaling.people import Person

SERVICE = "bauberatung"


async def free(session: aiohttp.ClientSession) -> list[dict[str, Any]]:
    """Video times of the days to come, the next one first; more than a week, so that no weekend leaves too few."""
    today = date.today()  # noqa: DTZ011 - the machine's day, as the server process has it
    asked = {"service": SERVICE, "mode": "video", "from": f"{today}", "to": f"{today + timedelta(9)}"}
    async with session.get("/api/v1/availability", params=asked) as answer:
        assert answer.status == 200, await answer.text()
        return [slot for day in (await answer.json())["days"] for slot in day["slots"]]


def beside(slots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that leave each other free."""
    chosen: list[dict[str, Any]] = []
    for slot in slots:
        if not chosen or slot["start"] >= chosen[-1]["end"]:
            chosen.append(slot)
    return chosen


async def hold(
    session: aiohttp.ClientSession, slot: dict[str, Any], **headers: str
) -> tuple[int, dict[str, Any]]:
    wanted = {"services": [{"id": SERVICE, "count": 1}], "mode": "video", "start": slot["start"]}
    headers = {"Idempotency-Key": secrets.token_hex(16), **headers}
    async with session.post("/api/v1/holds", json=wanted, headers=headers) as answer:
        return answer.status, await answer.json()


async def book(session: aiohttp.ClientSession, name: str = "Erika Musterfrau") -> str:
    """Books the next video time; the appointment's token."""
    for slot in await free(session):
        status, held = await hold(session, slot)
        if status == 201:
            break
    who = {"hold": held["hold"], "name": name, "email": "erika@example.org"}
    headers = {"Idempotency-Key": secrets.token_hex(16)}
    async with session.post("/api/v1/appointments", json=who, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["token"])


async def sign_in(session: aiohttp.ClientSession, login: str = "clerk1") -> None:
    async with session.post(
        "/api/v1/session", json={"name": login, "password": small_city.PASSWORD}
    ) as answer:
        assert answer.status == 200, await answer.text()
        session.headers["X-CSRF-Token"] = (await answer.json())["csrf"]


async def entry(session: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    async with session.post(f"/api/v1{path}/entry") as answer:
        assert answer.status in (200, 201), await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


@asynccontextmanager
async def enter(session: aiohttp.ClientSession, path: str) -> AsyncIterator[Person]:
    """Somebody in a room, on a line that goes through nginx; `path` is `/appointments/TOKEN` or `/office/appointments/ID`."""
    given = await entry(session, path)
    async with session.ws_connect(given["signaling_url"], protocols=(SUBPROTOCOL,)) as socket:
        person = Person(socket)
        await person.say("hello", ticket=given["ticket"], instance=secrets.token_hex(8))
        person.welcome = await person.hear("welcome")
        yield person
