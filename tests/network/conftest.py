"""One office, one booked appointment and two browsers for all network tests; each begins a conversation of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.network.call import Call, call
from tests.network.internet import CITY, internet
from tests.network.relay import relay
from tests.network.world import World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with internet() as net, relay(net.city, [CITY], folder / "turn") as turn:
        yield World(net, turn, folder)


@pytest_asyncio.fixture(scope="session")
async def booked(world: World) -> AsyncIterator[Call]:
    async with call(world.internet, world.folder, world.turn) as one:
        yield one


@pytest_asyncio.fixture
async def meeting(booked: Call) -> AsyncIterator[Call]:
    """Both at their pages, nobody in the room; afterwards the network is whole again."""
    try:
        yield booked
    finally:
        await booked.part()
