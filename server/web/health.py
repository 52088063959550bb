"""Whether the process lives, and whether its neighbours answer, each by name."""

from sqlalchemy import text

from server.errors import Unavailable
from server.web.api import Endpoint, Model, Reply
from server.web.call import BUS, OFFICE, Call
from server.web.running import LEAVING


class HealthOut(Model):
    status: str


class ReadyOut(Model):
    status: str
    neighbours: dict[str, str]


async def healthy(_call: Call) -> Reply:
    return Reply(HealthOut(status="ok"))


async def ready(call: Call) -> Reply:
    """503 when the database is away or this process is about to stop; Redis away is named, and pages go on working."""
    app = call.request.app
    neighbours = {"database": await _database(call)}
    neighbours["redis" if app[OFFICE].settings.redis_url else "bus"] = (
        "ok" if await app[BUS].ready() else "away"
    )
    if app[LEAVING].begun:
        return Reply(ReadyOut(status="stopping", neighbours=neighbours), 503)
    good = neighbours["database"] == "ok"
    return Reply(ReadyOut(status="ok" if good else "away", neighbours=neighbours), 200 if good else 503)


async def _database(call: Call) -> str:
    try:
        async with call.office.db.read() as tx:
            await tx.execute(text("SELECT 1"))
    except (Unavailable, OSError):
        return "away"
    return "ok"


endpoints = [
    Endpoint("GET", "/healthz", healthy, "Der Prozess lebt", {200: HealthOut}),
    Endpoint("GET", "/readyz", ready, "Die Nachbarn antworten", {200: ReadyOut, 503: ReadyOut}),
]
