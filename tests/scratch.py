"""Where a run of the tests keeps its files: in memory where there is plenty, for it makes thousands of databases and throws them away."""

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 4 * 2**30


def is_roomy(folder: Path, available: int) -> bool:
    """Whether `folder` takes all that a run writes, programs to be started among it; `available` bytes of memory are free."""
    if not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    free = min(found.f_bavail * found.f_frsize, available // 2)
    return free >= ENOUGH and not found.f_flag & os.ST_NOEXEC


def available_memory(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Bytes that programs may still take; 0 where the system does not say."""
    lines = meminfo.read_text().splitlines() if meminfo.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


def use_memory() -> None:
    """For this process and all that it starts; whoever has chosen a place by TMPDIR keeps it."""
    if "TMPDIR" not in os.environ and is_roomy(MEMORY, available_memory()):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None
