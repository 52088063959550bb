"""Answers about free times, kept as they were sent as long as nothing they were made from can have changed.

An answer holds while the calendar in memory is the same (`version`) and no instant has come at which free times
change by themselves: a whole minute (lead times, releases, midnight) or the end of a hold. What was booked is
written elsewhere and decided there; nothing here reserves anything.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_BYTES = 8 * 1024 * 1024
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and from when until when it is right."""

    body: bytes
    since: datetime
    until: datetime


class Answers:
    """Forgets everything when the calendar changes, or when it would take too much memory."""

    def __init__(self) -> None:
        self._version = -1
        self._size = 0
        self._kept: dict[Hashable, Kept] = {}

    def find(self, key: Hashable, version: int, now: datetime) -> bytes | None:
        if version != self._version:
            return None
        kept = self._kept.get(key)
        return kept.body if kept and kept.since <= now < kept.until else None

    def keep(self, key: Hashable, body: bytes, version: int, now: datetime, expiry: datetime | None) -> None:
        """Keeps what was made at `now`; `expiry` is when the first hold of the calendar ends."""
        if version != self._version or self._size + len(body) > MOST_BYTES:
            self._version, self._size, self._kept = version, 0, {}
        until = now.replace(second=0, microsecond=0) + MINUTE
        self._kept[key] = Kept(body, now, min(until, expiry) if expiry else until)
        self._size += len(body)
