"""Starting a program beside the tests and being sure that it ends: with the test, or with the test run if that is killed."""

import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

POLL_S = 0.02


PORTS_OF_ONE = 2400


def _ports() -> Iterator[int]:
    """Ports below those that the kernel hands out, a range for each process of a parallel run."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    begin = random.randrange(PORTS_OF_ONE)
    for offset in itertools.count(begin):
        yield 12_000 + number * PORTS_OF_ONE + offset % PORTS_OF_ONE


PORTS = _ports()


def free_port() -> int:
    """A TCP port on the loopback that nobody holds at the moment; not the same one twice in a row of many."""
    while True:
        port = next(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def port_answers(port: int, host: str = "127.0.0.1") -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


def _dying_with_us(command: Sequence[str], by: signal.Signals) -> list[str]:
    # A test run that is killed hard can not clean up; the kernel does it then.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", by.name.removeprefix("SIG"), *command] if setpriv else list(command)


class Running(Protocol):
    """What a neighbour needs of its process."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...
    def kill(self) -> None: ...


class Neighbour:
    """A child process with its output in a file.

    `user` is the account to run as (only when we are root). `stop_signal` is what the program
    understands as "end now, cleanly".
    """

    _asked = False

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        cwd: Path | None = None,
    ) -> None:
        self.command = list(command)
        self.log = log
        self.stop_signal = stop_signal
        with log.open("ab") as out:
            self.process: Running = subprocess.Popen(
                _dying_with_us(command, stop_signal),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **env} if env else None,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_until(self, ready: Callable[[], bool], within_s: float = 60) -> None:
        """Return as soon as `ready()`; RuntimeError with the program's last words if it ends or takes too long."""
        deadline = time.monotonic() + within_s
        while not ready():
            if self.process.poll() is not None:
                self._give_up(f"ended with {self.process.returncode}")
            if time.monotonic() > deadline:
                self.stop()
                self._give_up(f"was not ready within {within_s} s")
            time.sleep(POLL_S)

    def ask_to_stop(self) -> None:
        """End it politely, without waiting: for several that are to end at the same time."""
        if not self._asked and self.process.poll() is None:
            self._asked = True
            self.process.send_signal(self.stop_signal)

    def stop(self, within_s: float = 10) -> None:
        """End it politely, then by force. Safe to repeat."""
        self.ask_to_stop()
        if self.process.poll() is None:
            try:
                self.process.wait(within_s)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """As the power cut would: SIGKILL, now."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def _give_up(self, why: str) -> None:
        raise RuntimeError(f"{self.command[0]} {why}:\n{self.output()[-4000:]}")


class Stoppable(Protocol):
    """A neighbour as its fixtures see it."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


Server = TypeVar("Server", bound=Stoppable)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Started, and stopped whatever happens."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def stop_all(neighbours: Sequence[Neighbour]) -> None:
    """All at the same time: each may need a moment for what it still has under way."""
    for one in neighbours:
        one.ask_to_stop()
    for one in neighbours:
        one.stop()
