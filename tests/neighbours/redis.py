"""A Redis server of our own, in memory only."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.neighbours.process import Neighbour, free_port, port_answers, running


class RedisServer:
    """A Redis on the loopback that a test may stop and start again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.server: Neighbour | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.fail("redis-server is not on this machine; `make test` installs it", pytrace=False)
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.server = Neighbour([*command, "--save", "", "--appendonly", "no"], self.folder / "redis.log")
        self.server.wait_until(lambda: port_answers(self.port))

    def stop(self) -> None:
        if self.server:
            self.server.stop()

    def empty(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            line.sendall(b"FLUSHALL\r\n")
            if not line.recv(64).startswith(b"+OK"):
                raise RuntimeError("Redis did not empty itself")


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running(RedisServer(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture
def redis_url(shared_redis: RedisServer) -> str:
    """An empty Redis, shared by all tests of the run."""
    shared_redis.empty()
    return shared_redis.url


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis for one test alone, running; the test may take it away."""
    with running(RedisServer(tmp_path)) as server:
        yield server
