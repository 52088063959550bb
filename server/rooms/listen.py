"""What signaling tells about rooms, kept in memory: who is there now. That somebody came stands in the database."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from server.clock import Clock
from signaling.contract import Notice

MOST_ROOMS = 10_000
SUBJECT_CHARS = 22
ASK_EVERY_S, ASKED_APART_S = 40.0, 30
Finish = Callable[[str, datetime], Awaitable[None]]
Find = Callable[[str, datetime], Awaitable[str | None]]
Publish = Callable[[Notice], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Presence:
    """A guest who is in the waiting room or in the call. `told` in this round of asking, or in an earlier one."""

    since: datetime
    joined: bool
    told: int = 0


class RoomWatch:
    """Follows the notices of all rooms. A notice that got lost makes a list late, never a door open.

    Now and then a server asks who is there: one that has just started learns it, and whom nobody names any more is gone.
    """

    def __init__(self) -> None:
        self._guests: dict[str, dict[str, Presence]] = {}
        self._hosts: dict[str, str] = {}
        self._expected: dict[str, str] = {}
        self._finish: Finish | None = None
        self._find: Find | None = None
        self._round = 0
        self._asked_at = 0
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

    def when_ended(self, finish: Finish, find: Find) -> None:
        """What to do with an appointment whose clerk ended the room, and whose room it is when its tickets came from another
        process, or from this one before it was restarted."""
        self._finish, self._find = finish, find

    async def ask_forever(self, clock: Clock, stopping: asyncio.Event) -> None:
        """At the start, and again and again: notices get lost, and processes of signaling too."""
        while not stopping.is_set():
            await self.publish(Notice("asked", "", "", "", int(clock.now().timestamp())))
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), ASK_EVERY_S)

    async def hear(self, notice: Notice) -> None:
        at = datetime.fromtimestamp(notice.at, UTC)
        if notice.kind == "asked":
            self._forget_the_gone(notice.at)
        elif notice.kind == "ended":
            self._guests.pop(notice.room, None)
            self._hosts.pop(notice.room, None)
            await self._hear_end(notice, at)
        elif notice.role == "host" and notice.kind != "removed":
            self._hosts[notice.room] = "" if notice.kind == "left" else notice.subject
        elif notice.role == "guest" and notice.kind != "removed":  # that one is said by the server itself
            self._hear_guest(notice, at)

    async def _hear_end(self, notice: Notice, at: datetime) -> None:
        if not self._finish or notice.role != "host":
            return
        appointment_id = self._expected.get(notice.room)
        if appointment_id is None and self._find is not None:
            appointment_id = await self._find(notice.room, at)
        if appointment_id:
            await self._finish(appointment_id, at)

    def _forget_the_gone(self, at: int) -> None:
        """Everybody who is there was named after the last question; several servers ask, so that not each one counts."""
        if abs(at - self._asked_at) < ASKED_APART_S:
            return
        for room, guests in list(self._guests.items()):
            there = {subject: guest for subject, guest in guests.items() if guest.told >= self._round}
            self._guests[room] = there
            if not there:
                del self._guests[room]
        self._asked_at = at
        self._round += 1

    def _hear_guest(self, notice: Notice, at: datetime) -> None:
        guests = self._guests.setdefault(notice.room, {})
        if notice.kind == "left":
            guests.pop(notice.subject, None)
        else:
            known = guests.get(notice.subject)
            guests[notice.subject] = Presence(
                known.since if known else at, notice.kind == "joined", self._round
            )
        if not guests:
            del self._guests[notice.room]

    def guest_in(self, room: str) -> Presence | None:
        """The guest who has been there longest, or None."""
        return min(self._guests.get(room, {}).values(), key=lambda presence: presence.since, default=None)

    def inside(self, room: str) -> frozenset[str]:
        """Who is in the call, as far as it was told: the host and the guests who were let in, by who they are there."""
        guests = [subject for subject, guest in self._guests.get(room, {}).items() if guest.joined]
        host = self._hosts.get(room, "")
        return frozenset(one[:SUBJECT_CHARS] for one in (host, *guests) if host and one)
