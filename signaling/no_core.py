"""No image of a process is written when it crashes: keys and what people said stand in its memory. Its children have the same limit."""

import resource


def write_no_core() -> None:
    """A limit of one byte is the one that Linux also heeds where cores go to a program, as systemd's and Ubuntu's do."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    limit = 0 if most == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
