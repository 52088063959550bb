"""Leads each hello to the process that owns its room: here, or over the bus to another. One room has one owner, always."""

import asyncio
import contextlib
import logging
from typing import Final, Protocol

from signaling.bus import Bus, BusAway, Processes
from signaling.carry import Carriage
from signaling.effects import Refused
from signaling.hub import Hub
from signaling.messages import Hello
from signaling.session import Wire
from signaling.talk import Talk

log = logging.getLogger(__name__)

TRIES: Final = 20
AGAIN_S: Final = 0.05
TEND_S: Final = 0.5
COMPARE_EVERY: Final = 10
KEEP_EVERY: Final = 60
# Redis or another process may be slow just then; what is given up here costs a clerk's admissions.
HAND_OVER_S: Final = 2.0
FAREWELL_S: Final = 2.0


class Speaker(Protocol):
    """What takes a person's texts after hello: the room here, or a pipe to another process."""

    def hear(self, text: str) -> None: ...
    def gone(self) -> None: ...


class Switchboard:
    """Without other processes every room is here."""

    def __init__(self, hub: Hub, bus: Bus) -> None:
        self._hub = hub
        self._processes: Processes | None = bus.processes
        self._carriage: Carriage | None = None
        self._claiming: dict[str, asyncio.Task[str]] = {}
        self._leaving = False
        if self._processes is not None:
            self._carriage = Carriage(hub, self._processes, self)
            self._processes.connect(self._carriage)

    async def enter(self, hello: Hello, text: str, wire: Wire) -> Speaker:
        """Whoever takes what this person says from now on. Raises Refused; BusAway while nobody can say where the room is."""
        if self._carriage is None:
            return Talk(self._hub, await self._hub.enter(hello, wire), wire)
        room = self._hub.room_of(hello)
        dead = ""
        for _ in range(TRIES):
            if self._leaving:
                break
            owner = await self.owner(room, dead=dead, only_known=bool(hello.resume))
            if owner == self._carriage.me:
                return Talk(self._hub, await self._hub.enter(hello, wire), wire)
            if not owner and hello.resume:
                raise Refused("no-such-session", "this session is over")
            if not owner:
                continue  # somebody else's question was answered; ours is about a room to be opened
            try:
                pipe = await self._carriage.carry(owner, text, wire)
            except ConnectionRefusedError:
                dead = owner
                continue
            if pipe is not None:
                return pipe
            await asyncio.sleep(AGAIN_S)  # the room is moving from one process to another at this moment
        raise BusAway("nobody takes this room")

    async def owner(self, room: str, *, dead: str = "", only_known: bool = False) -> str:
        """Who owns this room; us, if nobody did (or only `dead`). "": nobody, and it is not known (`only_known`)."""
        assert self._processes is not None
        if self._leaving:
            return ""
        if room in self._hub.rooms:
            return self._processes.me
        task = self._claiming.get(room)
        if task is None:
            task = asyncio.create_task(self._claim(self._processes, room, dead, only_known))
            self._claiming[room] = task
            task.add_done_callback(lambda _: self._claiming.pop(room, None))
        return await asyncio.shield(task)

    async def _claim(self, processes: Processes, room: str, dead: str, only_known: bool) -> str:
        certain = self._carriage is None or self._carriage.certain
        claim = await processes.claim(room, dead=dead, only_known=only_known or not certain)
        if not claim.owner and not certain:
            raise BusAway("just back")
        if claim.owner == processes.me:
            self._hub.adopt(room, claim)
        return claim.owner

    # ── what goes on beside ───────────────────────────────────────────────────────────────────────────────────────
    async def tend(self) -> None:
        """Runs as long as the process: finds out who is gone, and keeps what is ours."""
        turn = 0
        while self._processes is not None and self._carriage is not None:
            await asyncio.sleep(TEND_S)
            turn += 1
            try:
                if others := self._carriage.others:
                    for process in await self._processes.absent(others):
                        self._carriage.nobody(process)
                if turn % COMPARE_EVERY == 0:
                    self._carriage.compare()
                if turn % KEEP_EVERY == 0 or self._carriage.take_returned():
                    await self._keep(self._processes)
            except BusAway:
                continue

    async def _keep(self, processes: Processes) -> None:
        for room in await processes.keep(list(self._hub.rooms)):
            log.warning("a room was taken over by another process while Redis was away")
            self._hub.abandon(room)

    async def leave(self) -> None:
        """Hands all rooms over and says farewell; sockets close with 1012 then. Takes as long as the others, within bounds."""
        self._leaving = True
        packed, say_farewell = self._hub.surrender()
        try:
            if self._processes is not None and packed:
                async with asyncio.timeout(HAND_OVER_S):
                    await self._processes.hand_over(packed)
        except (BusAway, TimeoutError):
            log.warning("Redis away, rooms are not handed over: hosts admit again")
        say_farewell()
        if self._processes is not None and self._carriage is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_S):
                    await self._carriage.leave()
                    await self._processes.sent()
