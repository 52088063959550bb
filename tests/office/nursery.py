"""The program in processes that are there at once: forked from one that has loaded it already. What a start from nothing is like
is tested in tests/http/test_cli.py and tests/deploy.

    python -m tests.office.nursery    a JSON line on standard input, an `Order` or the number of a process
                                      ► on standard output the number of the new process, or with what it ended
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
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from tests.neighbours.process import Neighbour

ROOT = Path(__file__).parents[2]
PR_SET_PDEATHSIG = 1
_ONE_AT_A_TIME = threading.Lock()


class Forked:
    """A process that is no child of ours, with the part of Popen that a neighbour needs; several threads may ask at once."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._life = os.pidfd_open(pid)
        weakref.finalize(self, os.close, self._life)
        self._end = select.poll()
        self._end.register(self._life, select.POLLIN)
        self._ending = threading.Lock()

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
            with self._ending:  # how it ended is told once
                if self.returncode is None:
                    self.returncode = int(_ask(self.pid))
        return self.returncode is not None


@dataclass(frozen=True)
class Order:
    """A command of the program; `said` and `complained` may be one file."""

    arguments: Sequence[str]
    env: Mapping[str, str]
    cwd: str
    typed: str
    said: str
    complained: str


class Nursery:
    """The process that has loaded the program; it ends with ours, and its children with it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.office.nursery"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        atexit.register(self.close)

    def ask(self, what: object) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        return self._process.stdout.readline()

    def close(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


@cache
def _nursery() -> Nursery:
    return Nursery()


def _ask(what: object) -> str:
    with _ONE_AT_A_TIME:
        return _nursery().ask(what)


def _forked(order: Order) -> Forked:
    return Forked(int(_ask(asdict(order))))


class Server(Neighbour):
    """`sprechzeit serve` with these settings, its output in a file."""

    def __init__(self, log: Path, env: Mapping[str, str]) -> None:
        self.command = ["sprechzeit", "serve"]
        self.log = log
        self.stop_signal = signal.SIGTERM
        settings = {**os.environ, **env}
        self.process = _forked(Order(["serve"], settings, str(ROOT), os.devnull, str(log), str(log)))


def run(
    arguments: Sequence[str], env: Mapping[str, str], cwd: Path, typed: str = "", timeout: float = 240
) -> subprocess.CompletedProcess[str]:
    """A command to its end, as `subprocess.run` with text."""
    with TemporaryDirectory() as folder:
        pipes = [Path(folder) / name for name in ("typed", "said", "complained")]
        pipes[0].write_text(typed)
        code = _forked(Order(arguments, env, str(cwd), *map(str, pipes))).wait(timeout)
        return subprocess.CompletedProcess(arguments, code, pipes[1].read_text(), pipes[2].read_text())


def main() -> None:
    """Reads standard input; see above."""
    import server.__main__
    import server.app  # noqa: F401

    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, int):
            print(os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1]), flush=True)
        elif child := os.fork():
            print(child, flush=True)
        else:
            _live(Order(**asked))


def _live(order: Order) -> NoReturn:
    """In the new process: nothing of the old one is left but what it has loaded."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    random.seed()
    os.dup2(os.open(order.typed, os.O_RDONLY), 0)
    for number, file in ((1, order.said), (2, order.complained)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), number)
    sys.stdin = os.fdopen(0)
    os.environ.clear()
    os.environ.update(order.env)
    os.chdir(order.cwd)
    sys.argv = ["sprechzeit", *order.arguments]
    code = _ends_with()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _ends_with() -> int:
    """As the interpreter ends, but without going back into the loop that forked."""
    from server.__main__ import main as sprechzeit

    try:
        sprechzeit()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()
