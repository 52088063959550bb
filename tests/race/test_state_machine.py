"""Whatever citizens and staff do, in whatever order: no overlap on a duty, no capacity exceeded, nobody forgotten."""

import itertools
import os
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from server.app import make_app
from server.booking.claim import claims_of
from server.clock import SetClock
from server.web.call import OFFICE
from tests.neighbours.postgres import Cluster
from tests.neighbours.process import free_port
from tests.office import small_city
from tests.office.city import City, Client, only_sqlite, settings_for
from tests.race.machine import OfficeMachine, Opened

EXAMPLES, STEPS = (200, 50) if os.environ.get("SOAK") else (8, 30)

# The recurring work is a step of its own, so that an example can be played again.
pytestmark = pytest.mark.usefixtures("work_when_told")


@pytest.fixture
def new_database(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], str]:
    """A fresh copy of the small city for every example."""
    numbers = itertools.count()
    if database_kind == "sqlite":
        template = request.getfixturevalue("sqlite_template")

        def copy() -> str:
            path = tmp_path / f"{next(numbers)}.sqlite3"
            shutil.copyfile(template, path)
            return f"sqlite+aiosqlite:///{path}"

        return copy
    cluster: Cluster = request.getfixturevalue("postgres")
    template_name: str = request.getfixturevalue("postgresql_template")
    return lambda: cluster.url(cluster.new_database(template_name))


async def open_city(database_url: str, folder: Path) -> Opened:
    port = free_port()
    chosen = settings_for(database_url, folder, port, max_holds=1000)
    clock = SetClock(small_city.NOW)
    app = make_app(chosen, clock)
    server = TestServer(app, port=port)
    await server.start_server()
    clients: list[Client] = []

    async def new_client() -> Client:
        clients.append(TestClient(server))
        return clients[-1]

    async def close() -> None:
        for client in clients:
            await client.close()
        await server.close()

    return City(await new_client(), clock, chosen, app[OFFICE], new_client), close


def play(new_database: Callable[[], str], folder: Path, examples: int, steps: int) -> None:
    class Machine(OfficeMachine):
        @staticmethod
        def opener() -> Coroutine[Any, Any, Opened]:
            return open_city(new_database(), folder)

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=checks,
    )
    run_state_machine_as_test(Machine, settings=chosen)


@pytest.mark.criterion("A09", "B09")
def test_the_books_are_right_after_every_step(new_database: Callable[[], str], tmp_path: Path) -> None:
    play(new_database, tmp_path, EXAMPLES, STEPS)
    made = {path for path, status in OfficeMachine.done if status == 201}
    assert made == {"/api/v1/office/absences", "/api/v1/office/duties"}, (
        "sickness and roster changes happened"
    )


@only_sqlite()
def test_the_books_tell_when_a_rule_is_broken(
    new_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: holds that take a tick too few are noticed."""

    def one_too_few(duty_id: int, ticks: Any, *rest: Any) -> Any:
        return claims_of(duty_id, ticks[:-1], *rest)

    monkeypatch.setattr("server.booking.hold.claims_of", one_too_few)
    with pytest.raises(AssertionError):
        play(new_database, tmp_path, 3, 10)
