"""A clamd of our own, configured as shipped, with a signature file of our own: EICAR's test file and a word of ours."""

import hashlib
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.neighbours.process import Neighbour, free_port, running

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CURSED = b"this-paper-is-cursed-5591"
LARGEST_MB = 60
SHIPPED = Path(__file__).parents[2] / "deploy" / "clamd" / "clamd.conf"


class ClamdServer:
    """A clamd on the loopback that a test may stop and start again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.server: Neighbour | None = None
        folder.mkdir(parents=True, exist_ok=True)
        signatures = f"Sprechzeit.Cursed:0:*:{CURSED.hex()}\nEicar-Test:0:*:{EICAR.hex()}\n"
        (folder / "own.ndb").write_text(signatures)
        (folder / "own.hdb").write_text(
            f"{hashlib.md5(EICAR, usedforsecurity=False).hexdigest()}:68:Eicar-Test\n"
        )

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = shutil.which("clamd") or shutil.which("/usr/sbin/clamd")
        if program is None:
            pytest.fail(
                "clamd is not on this machine; `make test` installs it (clamav-daemon)", pytrace=False
            )
        ours = {
            "DatabaseDirectory": self.folder,
            "TemporaryDirectory": self.folder,
            "LocalSocket": self.folder / "clamd.sock",
            "TCPSocket": self.port,
            "TCPAddr": "127.0.0.1",
            "StreamMaxLength": f"{LARGEST_MB}M",
            "User": "root",
        }
        shipped = [line for line in SHIPPED.read_text().splitlines() if line.partition(" ")[0] not in ours]
        lines = shipped + [f"{key} {value}" for key, value in ours.items()]
        (self.folder / "clamd.conf").write_text("\n".join(lines) + "\n")
        command = [program, "--foreground", f"--config-file={self.folder / 'clamd.conf'}"]
        self.server = Neighbour(command, self.folder / "clamd.log")
        self.server.wait_until(self._answers, within_s=60)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(b"zPING\0")
                return line.recv(16).startswith(b"PONG")
        except OSError:
            return False

    def stop(self) -> None:
        if self.server:
            self.server.stop()


@pytest.fixture(scope="session")
def shared_clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClamdServer]:
    """For tests that only ask it."""
    with running(ClamdServer(tmp_path_factory.mktemp("clamd"))) as server:
        yield server


@pytest.fixture
def own_clamd(tmp_path: Path) -> Iterator[ClamdServer]:
    """For one test alone, not started yet."""
    server = ClamdServer(tmp_path / "clamd")
    try:
        yield server
    finally:
        server.stop()
