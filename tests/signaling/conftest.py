"""An office with signaling inside, on a clock that the test moves."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from signaling.app import add_signaling
from signaling.bus import Bus, InProcessBus, open_bus
from signaling.contract import Notice
from signaling.settings import SignalingSettings
from tests.signaling.people import NOON, SECRET, AnyClient, Office, SetTime

OpenOffice = Callable[..., Awaitable[Office]]
Offices = tuple[Office, Office]
OpenTwo = Callable[..., Awaitable[Offices]]


@pytest.fixture
def time() -> SetTime:
    return SetTime(NOON)


@pytest.fixture
def notices() -> list[Notice]:
    """What the server would be told."""
    return []


@pytest.fixture
def bus(notices: list[Notice]) -> InProcessBus:
    async def note(notice: Notice) -> None:
        notices.append(notice)

    bus = InProcessBus()
    bus.subscribe(note)
    return bus


@pytest.fixture
def open_office(
    aiohttp_client: Callable[[web.Application], Awaitable[AnyClient]], time: SetTime, bus: Bus
) -> OpenOffice:
    async def open_one(own: Bus | None = None, **settings: object) -> Office:
        app = web.Application()
        # A machine that stops this process for some seconds is nobody's silence.
        given = {"ticket_secret": SECRET, "sweep_s": 0.01, "hello_s": 60.0, "heartbeat_s": 0, **settings}
        add_signaling(app, SignalingSettings(**given), own or bus, time)  # type: ignore[arg-type]
        return Office(await aiohttp_client(app), time)

    return open_one


@pytest.fixture
async def office(open_office: OpenOffice) -> Office:
    return await open_office(allowed_origins=("https://termine.example.de",))


@pytest.fixture
def open_two(open_office: OpenOffice) -> OpenTwo:
    """Two processes over one Redis, in this event loop."""

    async def open_them(redis_url: str, **settings: object) -> Offices:
        return (
            await open_office(own=open_bus(redis_url), **settings),
            await open_office(own=open_bus(redis_url), **settings),
        )

    return open_them


@pytest.fixture
async def offices(open_two: OpenTwo, redis_url: str) -> Offices:
    return await open_two(redis_url)
