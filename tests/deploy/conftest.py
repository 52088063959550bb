"""The deployed city, started once for a module of tests."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.deploy.running_city import RunningCity, run_city
from tests.neighbours.postgres import Cluster
from tests.neighbours.redis import RedisServer


@pytest.fixture(scope="module")
def deployed(
    postgres: Cluster, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[RunningCity]:
    """A module may name settings of its own as `SETTINGS`."""
    folder = tmp_path_factory.mktemp("deployed")
    redis = RedisServer(folder)
    redis.start()
    name = postgres.new_database()
    try:
        city = run_city(postgres.url(name), redis.url, folder, **getattr(request.module, "SETTINGS", {}))
        try:
            yield city
        finally:
            city.stop()
    finally:
        redis.stop()
        postgres.drop_database(name)


@pytest.fixture
async def browser_like(deployed: RunningCity) -> AsyncIterator[aiohttp.ClientSession]:
    """Asks through nginx, trusts its certificate, and opens a new line for every request."""
    connector = aiohttp.TCPConnector(ssl=deployed.tls, force_close=True, limit=0)
    async with aiohttp.ClientSession(deployed.url, connector=connector) as session:
        yield session
