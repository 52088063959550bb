"""A coturn on the loopback with the same kind of short-lived credentials as in production."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.neighbours.process import Neighbour, free_port, port_answers


@dataclass(frozen=True)
class Turn:
    """`urls` are what the server's settings want; `secret` is shared with coturn (use-auth-secret)."""

    port: int
    secret: str
    server: Neighbour

    @property
    def urls(self) -> tuple[str, ...]:
        place = f"turn:127.0.0.1:{self.port}"
        return (f"{place}?transport=udp", f"{place}?transport=tcp")


def start_turn(folder: Path) -> Turn:
    """A TURN server (UDP and TCP) that relays between loopback addresses, for tests only; the caller stops it."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.fail("turnserver is not on this machine; `make test` installs it (coturn)", pytrace=False)
    port, secret = free_port(), "turn-secret-of-the-tests-0123456789abcdef"
    server = Neighbour(
        [
            *(program, "-n", "--log-file=stdout"),
            *(f"--pidfile={folder / 'turn.pid'}", f"--db={folder / 'turn.db'}"),
            *(f"--listening-port={port}", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"),
            *("--use-auth-secret", f"--static-auth-secret={secret}", "--realm=sprechzeit.test"),
            *("--allow-loopback-peers", "--no-tls", "--no-dtls", "--no-cli", "--fingerprint"),
        ],
        folder / "turn.log",
        cwd=folder,
    )
    server.wait_until(lambda: port_answers(port))
    return Turn(port, secret, server)


@pytest.fixture(scope="session")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turn]:
    """A running TURN server."""
    running = start_turn(tmp_path_factory.mktemp("turn"))
    try:
        yield running
    finally:
        running.server.stop()
