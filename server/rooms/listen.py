"""What signaling tells about rooms, kept in memory: who is there now. That somebody came stands in the database."""

from dataclasses import dataclass
from datetime import UTC, datetime

from signaling.contract import Notice

MOST_ROOMS = 10_000


@dataclass(frozen=True, slots=True)
class Presence:
    """A guest who is in the waiting room or in the call."""

    since: datetime
    joined: bool


class RoomWatch:
    """Follows the notices of all rooms. A notice that got lost makes a list late, never a door open."""

    def __init__(self) -> None:
        self._guests: dict[str, dict[str, Presence]] = {}
        self._ended: dict[str, datetime] = {}

    async def hear(self, notice: Notice) -> None:
        at = datetime.fromtimestamp(notice.at, UTC)
        if notice.kind == "ended":
            self._guests.pop(notice.room, None)
            self._ended[notice.room] = at
        elif notice.role == "guest":
            self._hear_guest(notice, at)
        while len(self._ended) > MOST_ROOMS:
            self._ended.pop(next(iter(self._ended)))

    def _hear_guest(self, notice: Notice, at: datetime) -> None:
        guests = self._guests.setdefault(notice.room, {})
        if notice.kind == "left":
            guests.pop(notice.subject, None)
        else:
            known = guests.get(notice.subject)
            guests[notice.subject] = Presence(known.since if known else at, notice.kind == "joined")
        if not guests:
            del self._guests[notice.room]

    def guest_in(self, room: str) -> Presence | None:
        """The guest who has been there longest, or None."""
        return min(self._guests.get(room, {}).values(), key=lambda presence: presence.since, default=None)

    def ended_at(self, room: str) -> datetime | None:
        return self._ended.get(room)
