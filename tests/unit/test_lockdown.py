"""The child that decodes citizens' files can neither talk, nor start, nor write, nor eat the machine."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "server" / "documents"
BEGIN = f"""
import ctypes, os, socket, subprocess, sys
sys.path.insert(0, {str(FOLDER)!r})
from lockdown import lock_down
shut = lock_down(seconds=2, memory_mb=400)
"""


def child(then: str, *, locked: bool = True, threads: bool = False) -> str:
    """What the child prints after it was locked down; "died" when it was ended."""
    begin = BEGIN if locked else BEGIN.replace("shut = lock_down", "shut = lambda **k: None #")
    begin = begin.replace("memory_mb=400", f"memory_mb=400, threads={threads}")
    program = f"{begin}\ntry:\n    {then}\n    print('did')\nexcept BaseException as error:\n    print(type(error).__name__)\n"
    ran = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    return ran.stdout.strip() if ran.returncode == 0 else "died"


@pytest.mark.criterion("D05")
@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket()",
        "socket.socketpair()",
        "os.fork()",
        "subprocess.run(['true'])",
        "os.execv('/bin/true', ['true'])",
        "open('/tmp/lockdown-writes', 'wb')",
        "os.unlink('/tmp/lockdown-not-there')",
        "os.kill(os.getppid(), 0)",
    ],
)
def test_what_decoding_does_not_need_is_refused(attempt: str) -> None:
    assert child(attempt) == "PermissionError"


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        ("import threading; thread = threading.Thread(target=print); thread.start(); thread.join()", "did"),
        ("os.fork()", "PermissionError"),
        ("subprocess.run(['true'])", "PermissionError"),
        ("socket.socket()", "PermissionError"),
    ],
)
def test_a_child_that_needs_threads_gets_threads_alone(attempt: str, said: str) -> None:
    """What prints forms starts one for every font."""
    assert child(attempt, threads=True) == said


def test_memory_is_bounded() -> None:
    assert child("bytearray(600_000_000)") == "MemoryError"


def test_time_is_bounded() -> None:
    assert child("exec('while True: pass')") == "died"


def test_without_the_lock_the_same_things_are_done() -> None:
    for attempt in ("socket.socket()", "bytearray(600_000_000)", "subprocess.run(['true'])"):
        assert child(attempt, locked=False) == "did"


@pytest.mark.criterion("J15")
@pytest.mark.parametrize("how", ["lock_down(seconds=2, memory_mb=400)", "write_no_core()"])
def test_no_image_of_a_process_is_written_when_it_crashes(how: str) -> None:
    """Neither of the child that decodes, nor of server and signaling, nor of what they start."""
    path = f"sys.path[:0] = [{str(FOLDER)!r}, {str(FOLDER.parents[1])!r}]"
    program = f"import resource, sys\n{path}\nfrom lockdown import lock_down\nfrom signaling.no_core import write_no_core\n"
    program += f"{how}\nprint(max(resource.getrlimit(resource.RLIMIT_CORE)))"
    ran = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert int(ran.stdout) in (0, 1)
