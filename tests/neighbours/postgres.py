"""A PostgreSQL cluster of our own for one test run, and an empty database of either kind for one test."""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

from tests.neighbours.process import Neighbour, free_port

CONFIGURATION = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # Speed: the cluster is thrown away. Tests that kill the database for real start one with these on.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "timezone": "UTC",
}


def find_program(name: str) -> str:
    """The path of one of PostgreSQL's programs; Debian keeps them outside of PATH."""
    found = shutil.which(name)
    if found is None:
        versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
        found = str(versions[-1]) if versions else None
    if found is None:
        pytest.fail(f"PostgreSQL's {name} is not on this machine; `make test` installs it", pytrace=False)
    return found


class Cluster:
    """A running PostgreSQL on the loopback, superuser `postgres`, no password."""

    def __init__(self, folder: Path, configuration: dict[str, str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self._configuration = configuration
        # PostgreSQL refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        self.server: Neighbour | None = None

    def create(self) -> None:
        self.folder.chmod(0o755)
        if self._user:
            shutil.chown(self.folder, self._user, self._user)
        subprocess.run(
            [
                *(find_program("initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust"),
                *("-E", "UTF8", "--no-locale", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            cwd=self.folder,
        )

    def start(self) -> None:
        options = [part for key, value in self._configuration.items() for part in ("-c", f"{key}={value}")]
        place = ["-D", str(self.data), "-k", str(self.folder), "-p", str(self.port)]
        self.server = Neighbour(
            [find_program("postgres"), *place, *options],
            self.folder / "postgres.log",
            user=self._user,
            stop_signal=signal.SIGINT,
            cwd=self.folder,
        )
        self.server.wait_until(self._answers)

    def stop(self) -> None:
        if self.server:
            self.server.stop()

    def kill_and_start(self) -> None:
        """As a power cut would: the first process and its children are gone at once; then it comes up again."""
        assert self.server is not None
        self.server.kill()
        while left := self._still_there():
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.start()

    def _still_there(self) -> list[int]:
        """The first process's children: each is in a group of its own, and works in the folder of the data."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (process / "cwd").readlink() == self.data:
                    found.append(int(process.name))
        return found

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Create a database as a copy of `template`; returns its name."""
        name = f"sz_{secrets.token_hex(6)}"
        self._command(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def drop_database(self, name: str) -> None:
        self._command(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _command(self, statement: str) -> None:
        """Over a connection instead of psql: this happens for every test, and psql takes longer to start than the work."""

        async def run() -> None:
            line = await asyncpg.connect(
                host="127.0.0.1", port=self.port, user="postgres", database="postgres"
            )
            try:
                await line.execute(statement)
            finally:
                await line.close()

        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, run()).result()

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement from outside the program under test; returns psql's bare output."""
        done = subprocess.run(
            [
                *(find_program("psql"), "-h", str(self.folder), "-p", str(self.port), "-U", "postgres"),
                *("-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{statement}: {done.stderr}")
        return done.stdout.strip()

    def _answers(self) -> bool:
        try:
            return self.sql("SELECT 1") == "1"
        except RuntimeError:
            return False


@contextmanager
def running_cluster(**changes: str) -> Iterator[Cluster]:
    """A fresh cluster, gone afterwards; `changes` overrides the configuration."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="sz-pg-")), {**CONFIGURATION, **changes})
    try:
        cluster.create()
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The cluster that all tests of this run share; each takes a database of its own from it."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgresql_url(postgres: Cluster) -> Iterator[str]:
    """An empty PostgreSQL database."""
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Runs the test once for each of the two databases."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database: the test runs once on SQLite and once on PostgreSQL."""
    if database_kind == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'office.sqlite3'}"
    return str(request.getfixturevalue("postgresql_url"))
