"""How much memory and computing time a server and its children take, as the kernel counts it (proc(5))."""

import os
import threading
from pathlib import Path
from typing import Self

MEGABYTE = 1024 * 1024
EVERY_S = 0.02


class Watch:
    """Looks at a process and its children until it is left. All sizes in megabytes."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.before = resident(pid)
        self.most_of_server = self.before
        self.most_of_all = self.before
        self.children: dict[int, tuple[int, float]] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def largest_child(self) -> int:
        return max((size for size, _ in self.children.values()), default=0)

    @property
    def longest_child(self) -> float:
        return max((spent for _, spent in self.children.values()), default=0.0)

    def _look(self) -> None:
        own = program_of(self.pid)
        while not self._over.wait(EVERY_S):
            server, living = resident(self.pid), 0
            for child in children_of(self.pid):
                if program_of(child) == own:
                    continue  # until it is another program it lives in the server's memory (vfork(2))
                size, (most, spent) = resident(child), self.children.get(child, (0, 0.0))
                living += size
                self.children[child] = (max(most, size), max(spent, computed(child)))
            self.most_of_server = max(self.most_of_server, server)
            self.most_of_all = max(self.most_of_all, server + living)


def program_of(pid: int) -> bytes:
    """The command that it was started by."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // MEGABYTE


def computed(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    """Those of the main thread; an asyncio server starts no others."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
