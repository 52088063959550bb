"""What signaling tells about rooms, kept in memory: who is there now. That somebody came stands in the database."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from signaling.contract import Notice

MOST_ROOMS = 10_000
Finish = Callable[[str, datetime], Awaitable[None]]
Publish = Callable[[Notice], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Presence:
    """A guest who is in the waiting room or in the call."""

    since: datetime
    joined: bool


class RoomWatch:
    """Follows the notices of all rooms. A notice that got lost makes a list late, never a door open."""

    def __init__(self) -> None:
        self._guests: dict[str, dict[str, Presence]] = {}
        self._expected: dict[str, str] = {}
        self._finish: Finish | None = None
        self._publish: Publish | None = None

    def tell_by(self, publish: Publish) -> None:
        """How signaling is told of what happened here."""
        self._publish = publish

    async def publish(self, notice: Notice) -> None:
        """To every process, signaling's too; a hint that may get lost while the bus is away."""
        if self._publish is not None:
            await self._publish(notice)

    def expect(self, room: str, appointment_id: str) -> None:
        """A ticket to this room was given out here: who ends it ends this appointment."""
        self._expected[room] = appointment_id
        while len(self._expected) > MOST_ROOMS:
            self._expected.pop(next(iter(self._expected)))

    def when_ended(self, finish: Finish) -> None:
        """What to do with an appointment whose clerk ended the room."""
        self._finish = finish

    async def hear(self, notice: Notice) -> None:
        at = datetime.fromtimestamp(notice.at, UTC)
        if notice.kind == "ended":
            self._guests.pop(notice.room, None)
            await self._hear_end(notice, at)
        elif notice.role == "guest" and notice.kind != "removed":  # that one is said by the server itself
            self._hear_guest(notice, at)

    async def _hear_end(self, notice: Notice, at: datetime) -> None:
        appointment_id = self._expected.get(notice.room)
        if appointment_id and self._finish and notice.role == "host":
            await self._finish(appointment_id, at)

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
