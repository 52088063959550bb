"""Server processes that are there at once: forked from one that has loaded the program already. What a start from nothing is like
is tested in tests/http/test_cli.py and tests/deploy.

    python -m tests.office.nursery    a JSON line {"log", "env"} on standard input ► the number of a new process on standard output
"""

import atexit
import ctypes
import gc
import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

from tests.neighbours.process import Neighbour

ROOT = Path(__file__).parents[2]
PR_SET_PDEATHSIG = 1
_ONE_AT_A_TIME = threading.Lock()


class Forked:
    """A process that is no child of ours, with the part of Popen that a neighbour needs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._life = os.pidfd_open(pid)
        self._end = select.poll()
        self._end.register(self._life, select.POLLIN)

    def poll(self) -> int | None:
        return self.returncode if self._ends_within(0) else None

    def wait(self, timeout: float | None = None) -> int:
        if not self._ends_within(None if timeout is None else timeout * 1000):
            raise subprocess.TimeoutExpired(f"server {self.pid}", timeout or 0)
        return self.returncode or 0

    def send_signal(self, what: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._life, what)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ends_within(self, ms: float | None) -> bool:
        if self.returncode is None and self._end.poll(ms):
            self.returncode = -1  # how it ended nobody was told
            os.close(self._life)
        return self.returncode is not None


class Nursery:
    """The process that has loaded the program; it ends with ours, and its children with it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.office.nursery"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        atexit.register(self.close)

    def fork(self, log: Path, env: Mapping[str, str]) -> Forked:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"log": str(log), "env": {**os.environ, **env}}) + "\n")
        return Forked(int(self._process.stdout.readline()))

    def close(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


@cache
def _nursery() -> Nursery:
    return Nursery()


class Server(Neighbour):
    """`sprechzeit serve` with these settings, its output in a file."""

    def __init__(self, log: Path, env: Mapping[str, str]) -> None:
        self.command = ["sprechzeit", "serve"]
        self.log = log
        self.stop_signal = signal.SIGTERM
        with _ONE_AT_A_TIME:
            self.process = _nursery().fork(log, env)


def main() -> None:
    """Reads standard input; see above."""
    import server.__main__
    import server.app  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel clears away who has ended
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        if (child := os.fork()) == 0:
            _serve(Path(asked["log"]), asked["env"])
        print(child, flush=True)


def _serve(log: Path, env: Mapping[str, str]) -> NoReturn:
    from server.__main__ import main as sprechzeit

    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    random.seed()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number in (1, 2):
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), number)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["sprechzeit", "serve"]
    try:
        sprechzeit()
    except Exception:  # noqa: BLE001  as the interpreter would, but without going back into the loop above
        traceback.print_exc()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
