"""What a process holds at this moment, by the kernel's own lists. What is closed meanwhile is not among it."""

from contextlib import suppress
from pathlib import Path

GONE = FileNotFoundError, ProcessLookupError


def held_by(pid: int) -> set[str]:
    """Its files and sockets, by the names that the kernel gives them; none of one that has ended, even while they are listed."""
    held = set()
    with suppress(*GONE):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(*GONE):
                held.add(str(entry.readlink()))
    return held


def udp_sockets(pid: int) -> set[str]:
    """Those for UDP: media goes through nothing else. FileNotFoundError for a process that has ended, which shows nothing."""
    rows = [
        row.split()
        for table in ("udp", "udp6")
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return {f"socket:[{row[9]}]" for row in rows} & held_by(pid)
