"""The small city as processes of its own that share one database; on the machine's clock."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.neighbours.process import Neighbour, free_port, stop_all
from tests.office.city import settings_for
from tests.office.nursery import Server
from tests.office.seeding import outside_the_loop, seed

ROOT = Path(__file__).parents[2]


@dataclass
class ServedCity:
    """Running processes; `urls[i]` belongs to `processes[i]`. Kill and restart them as the test needs."""

    urls: list[str]
    processes: list[Neighbour]
    environments: list[dict[str, str]]
    folder: Path

    @property
    def url(self) -> str:
        return self.urls[0]

    def restart(self, number: int = 0, *, kill: bool = False) -> None:
        """End the process (politely, or as a power cut would) and start it again on the same port."""
        old = self.processes[number]
        if kill:
            old.kill()
        else:
            old.stop()
        self.processes[number] = _start(self.urls[number], self.environments[number], old.log)

    def stop(self) -> None:
        stop_all(self.processes)


ServeCity = Callable[..., ServedCity]


@pytest.fixture
def serve_city(database_url: str, tmp_path: Path) -> Iterator[ServeCity]:
    """`serve_city(processes=4, max_holds=1000)`: starts that many servers with these settings on one database."""
    served: list[ServedCity] = []

    def serve(processes: int = 1, **changes: Any) -> ServedCity:
        outside_the_loop(seed(database_url, datetime.now(UTC), duty_now=True))
        city = ServedCity([], [], [], tmp_path)
        served.append(city)
        for number in range(processes):
            environment = as_environment(database_url, tmp_path, free_port(), changes)
            city.urls.append(environment["SPRECHZEIT_PUBLIC_URL"])
            city.environments.append(environment)
            city.processes.append(_start(city.urls[-1], environment, tmp_path / f"server{number}.log"))
        return city

    try:
        yield serve
    finally:
        for city in served:
            city.stop()


@pytest.fixture
def served_city(serve_city: ServeCity) -> ServedCity:
    """One process; runs on both databases unless `database_kind` is set by the test."""
    return serve_city()


def as_environment(database_url: str, folder: Path, port: int, changes: dict[str, Any]) -> dict[str, str]:
    # The second of the times on a page may be a quarter of an hour later than the first: its room is to be open as well.
    settings = settings_for(database_url, folder, port, **{"room_opens_minutes": 30, **changes})
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    plain = {n: v.get_secret_value() if isinstance(v, SecretStr) else v for n, v in given.items()}
    return {f"SPRECHZEIT_{name.upper()}": str(value) for name, value in plain.items()}


def _start(url: str, environment: dict[str, str], log: Path) -> Neighbour:
    process = Server(log, environment)
    process.wait_until(lambda: _lives(url), within_s=120)
    return process


def _lives(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
