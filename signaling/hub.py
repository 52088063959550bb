"""All rooms that this process owns, with their sessions; carries out what rooms decide. Opens no sockets, reads no messages."""

import asyncio
import contextlib
import logging
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final

from signaling import moved, relay_only, turn
from signaling.bus import EVERYBODY, Bus, BusAway, Claim
from signaling.closing import MOVING
from signaling.contract import Notice, NoticeKind, Ticket, TicketRefused, verify
from signaling.effects import REPLACED, Bar, Effect, Greet, Refused, Send, Shut, Tell
from signaling.messages import ClientMessage, Error, Hello, Kind, Welcome
from signaling.room import Room
from signaling.session import Session, Wire
from signaling.settings import SignalingSettings
from signaling.wire import encode

log = logging.getLogger(__name__)

JTI_KEPT_S: Final = 120
ERRANDS: Final = 10_000
ENDED_KEPT_S: Final = 86_400

Errand = Callable[[], Awaitable[None]]


class Hub:
    """Everything here runs between two awaits of one event loop; only tickets and notices wait for the bus."""

    def __init__(self, settings: SignalingSettings, bus: Bus, clock: Callable[[], float]) -> None:
        self.settings = settings
        self.rooms: dict[str, Room] = {}
        self.sessions: dict[str, Session] = {}
        self._bus = bus
        self._clock = clock
        self._ended: dict[str, float] = {}
        self._barred: dict[tuple[str, str], float] = {}
        self._errands: asyncio.Queue[Errand] = asyncio.Queue(ERRANDS)
        self._leaving = False

    # ── entering ──────────────────────────────────────────────────────────────────────────────────────────────────
    def room_of(self, hello: Hello) -> str:
        """Where this hello wants to go. Raises Refused when its ticket opens nothing."""
        return (
            hello.resume.partition(".")[2] if hello.resume else self._ticket(hello.ticket, self._clock()).room
        )

    async def enter(self, hello: Hello, wire: Wire) -> Session:
        """A session for a ticket or a session that goes on; the welcome is on its way then.

        Raises Refused; BusAway while nobody can say whether the ticket was used before.
        """
        if hello.resume:
            return self._resume(hello, wire)
        now = self._clock()
        ticket = self._ticket(hello.ticket, now)
        # Asked last: a refusal for another reason must not use the ticket up.
        if not await self._bus.once(f"jti:{ticket.jti}", JTI_KEPT_S):
            raise Refused("ticket-used", "this ticket has been used")
        if self._leaving:
            raise BusAway("leaving")
        if ticket.room in self._ended:
            raise Refused("room-closed", "this room is closed")
        return self._enter(ticket, hello, wire, now)

    def _ticket(self, token: str, now: float) -> Ticket:
        try:
            ticket = verify(token, self.settings.ticket_secret, now)
        except TicketRefused as refused:
            log.info("ticket refused: %s", refused.reason)
            raise Refused("ticket-refused", "this ticket opens nothing") from None
        if now < ticket.opens_at:
            raise Refused("too-early", "this room is not open yet")
        if now >= ticket.closes_at or ticket.room in self._ended:
            raise Refused("room-closed", "this room is closed")
        if (ticket.room, ticket.subject) in self._barred:
            raise Refused("removed", "this person was put out of the room")
        return ticket

    def _enter(self, ticket: Ticket, hello: Hello, wire: Wire, now: float) -> Session:
        # The room's name in it lets every process find the owner of a session that wants to go on.
        key = f"{secrets.token_urlsafe(16)}.{ticket.room}"
        session = Session(key, ticket.room, ticket.subject, hello.instance, self.settings)
        room = self.rooms.get(ticket.room)
        if room is None:
            room = Room(ticket.room, ticket.opens_at, ticket.closes_at, self.settings.guests)
        effects = room.enter(session.key, ticket, hello.instance, hello.device, now)
        self.rooms[ticket.room] = room
        self.sessions[session.key] = session
        session.wire = wire
        self._perform(room, effects)
        return session

    def _resume(self, hello: Hello, wire: Wire) -> Session:
        session = self.sessions.get(hello.resume)
        if session is None or session.instance != hello.instance:
            raise Refused("no-such-session", "this session is over")
        room = self.rooms[session.room]
        if session.wire is not None:
            session.wire.shut(REPLACED)
        missed = session.since(hello.seen)
        session.wire = wire
        wire.put(
            encode(self._welcome(room, session, resumed=True), session.n if missed is None else hello.seen)
        )
        if missed is None:
            session.tell(room.snapshot(session.member))
        else:
            for text in missed:
                wire.put(text)
        self._perform(room, room.back(session.member, self._clock()))
        return session

    # ── being there ───────────────────────────────────────────────────────────────────────────────────────────────
    def handle(self, session: Session, row: Kind, message: ClientMessage) -> None:
        """What a client asks for. A refusal is told to that client alone."""
        room = self.rooms.get(session.room)
        if room is None or session.key not in self.sessions:
            return
        passed: ClientMessage | None = message
        if turn.relays_only(self.settings, room.members[session.member].role):
            passed = relay_only.hide(message)
        if passed is None:
            return
        try:
            effects = room.handle(session.member, row, passed, self._clock())
        except Refused as refused:
            if session.wire is not None:
                session.wire.put(encode(Error(refused.code, refused.detail, row.type)))
            return
        self._perform(room, effects)

    def lost(self, session: Session, wire: Wire) -> None:
        """A socket is gone; does nothing when the session already has another one or is over."""
        if session.wire is not wire:
            return
        session.wire = None
        room = self.rooms.get(session.room)
        if room is not None and session.key in self.sessions:
            self._perform(room, room.lost(session.member, self._clock()))

    def sweep(self) -> None:
        """Ends what time has ended; to be called about once a second."""
        now = self._clock()
        for room in list(self.rooms.values()):
            self._perform(room, room.expire(now, self.settings.session_kept_s, self.settings.idle_s))
        self._ended = {name: until for name, until in self._ended.items() if until > now}
        self._barred = {pair: until for pair, until in self._barred.items() if until > now}

    async def hear(self, notice: Notice) -> None:
        """A notice from the bus: a room that somebody ended elsewhere is ended here too, and its links die; a person whom
        the office has put out is out.

        Without a subject its time was over, which every process sees by itself, and which a later time undoes."""
        if notice.kind == "asked":
            self._say_who_is_there()
        if notice.kind not in ("ended", "removed") or not notice.subject:
            return
        room = self.rooms.get(notice.room)
        if notice.kind == "removed":
            self._barred[notice.room, notice.subject] = self._clock() + ENDED_KEPT_S
            if room is not None:
                self._perform(room, room.bar(notice.subject, self._clock()))
        elif room is not None:
            self._perform(room, room.close("host"), told=True)
        elif notice.room not in self._ended:
            self._ended[notice.room] = self._clock() + ENDED_KEPT_S

    async def run_errands(self) -> None:
        """Runs as long as the process: a slow neighbour never holds up a room."""
        while True:
            errand = await self._errands.get()
            try:
                await errand()
            except BusAway as away:
                log.warning("not remembered, Redis away: %s", away)

    # ── rooms come from other processes and go to them ────────────────────────────────────────────────────────────
    def adopt(self, name: str, claim: Claim) -> None:
        """This process owns the room from now on, with what the one before left of it."""
        until = self._clock() + ENDED_KEPT_S
        for subject in claim.barred:
            if subject == EVERYBODY:
                self._ended[name] = until
            else:
                self._barred[name, subject] = until
        left = moved.unpack(name, claim.moved, self.settings, self._clock()) if claim.moved else None
        if left is None or name in self.rooms:
            return
        room, sessions = left
        if room.members:
            self.rooms[name] = room
            self.sessions.update((session.key, session) for session in sessions)

    def surrender(self) -> tuple[dict[str, bytes], Callable[[], None]]:
        """Everything stops as it is. All rooms, packed for the next owner, and the farewell to be said once they are safe."""
        self._leaving = True
        leaving = [(session, session.farewell()) for session in self.sessions.values()]
        of_room = defaultdict(list)
        for session, _ in leaving:
            of_room[session.room].append(session)
        packed = {name: moved.pack(room, of_room[name], self.settings) for name, room in self.rooms.items()}
        self.rooms.clear()
        self.sessions.clear()
        return packed, partial(_say_farewell, leaving)

    def abandon(self, name: str) -> None:
        """Somebody else owns this room by now: whoever is here has to go there."""
        self.rooms.pop(name, None)
        leaving = [session for session in self.sessions.values() if session.room == name]
        for session in leaving:
            del self.sessions[session.key]
        _say_farewell([(session, session.farewell()) for session in leaving])

    # ── carrying out ──────────────────────────────────────────────────────────────────────────────────────────────
    def _perform(self, room: Room, effects: Iterable[Effect], *, told: bool = False) -> None:
        for effect in effects:
            if isinstance(effect, Tell):
                if not told:
                    self._note(room, effect)
            elif isinstance(effect, Bar):
                self._barred[room.name, effect.subject] = room.closes_at
                self._bar(room, effect.subject)
            elif (session := self.sessions.get(effect.session)) is not None:
                self._carry_out(room, session, effect)
        if room.ended:
            self._ended[room.name] = room.closes_at
            self._bar(room, EVERYBODY)
        if not room.members:
            self.rooms.pop(room.name, None)

    def _carry_out(self, room: Room, session: Session, effect: Send | Greet | Shut) -> None:
        if isinstance(effect, Send):
            session.tell(effect.message)
        elif isinstance(effect, Greet):
            session.member = effect.id
            session.tell(self._welcome(room, session, resumed=False))
        else:
            del self.sessions[session.key]
            if session.wire is not None:
                session.wire.shut(effect.code)

    def _note(self, room: Room, told: Tell) -> None:
        notice = Notice(told.kind, room.name, told.subject, told.role, int(self._clock()))
        self._queue(partial(self._bus.publish, notice))

    def _say_who_is_there(self) -> None:
        for room in self.rooms.values():
            for member in room.members.values():
                kind: NoticeKind = "arrived" if member.state == "waiting" else "joined"
                notice = Notice(kind, room.name, member.id, member.role, int(member.since))
                self._queue(partial(self._bus.publish, notice))

    def _bar(self, room: Room, subject: str) -> None:
        for_s = int(room.closes_at - self._clock()) + 1
        if self._bus.processes is not None and for_s > 0:
            self._queue(partial(self._bus.processes.bar, room.name, subject, for_s))

    def _queue(self, errand: Errand) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._errands.put_nowait(errand)

    def _welcome(self, room: Room, session: Session, *, resumed: bool) -> Welcome:
        member = room.members[session.member]
        return Welcome(
            me=member.id,
            session=session.key,
            room=room.name,
            role=member.role,
            part=member.part,
            name=member.name,
            state=member.state,
            position=member.position,
            opens_at=room.opens_at,
            closes_at=room.closes_at,
            ice_servers=turn.ice_servers(self.settings, member.id, room.closes_at, self._clock()),
            ice_transport_policy=turn.ice_transport_policy(self.settings, member.role),
            resumed=resumed,
        )


def _say_farewell(leaving: Iterable[tuple[Session, str]]) -> None:
    for session, text in leaving:
        if session.wire is not None:
            session.wire.put(text)
            session.wire.shut(MOVING)
            session.wire = None
