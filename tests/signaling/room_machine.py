"""A room with people who do anything in any order, and what each page believes from what it was told. For test_room_machine.py."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from signaling import messages as say
from signaling import moved
from signaling.contract import HOST_RIGHTS, Role, Ticket
from signaling.effects import Bar, Effect, Greet, Refused, Send, Shut
from signaling.room import Room
from signaling.session import Session
from signaling.settings import SignalingSettings
from tests.signaling.people import CHAT, NOON, SDP, SECRET

GUESTS = 3
SETTINGS = SignalingSettings(SECRET, guests=GUESTS)
PEOPLE = st.sampled_from([("host", "huber"), ("host", "maier"), *(("guest", f"guest-{n}") for n in range(4))])
PAGES = st.integers(0, 2)
ANY = st.integers(0, 30)


@dataclass
class Page:
    """What a browser knows of the room, from messages alone."""

    id: str
    state: str = ""
    position: int = 0
    peers: dict[str, say.Peer] = field(default_factory=dict)
    queue: tuple[say.Guest, ...] = ()
    over: bool = False

    def hear(self, message: say.ServerMessage) -> None:
        assert not self.over, "nothing is told to a session that has ended"
        if isinstance(message, say.Peer):
            assert message.name or message.prepared
            self.peers[message.id] = message
        elif isinstance(message, say.Left):
            assert self.peers.pop(message.id, None), "who was not known can't leave"
        elif isinstance(message, say.Queue):
            self.queue = message.guests
        elif isinstance(message, say.Waiting):
            self.position = message.position
        elif isinstance(message, say.Admitted):
            self.state, self.position = "admitted", 0
        elif isinstance(message, say.SentBack):
            self.state = "waiting"
            self.peers.clear()
        elif isinstance(message, say.Description | say.Candidate | say.Media | say.Presence):
            of = message.id if isinstance(message, say.Presence) else message.sender
            assert of in self.peers, "nothing comes from somebody unknown"
        elif isinstance(message, say.Ended):
            self.over = True


class RoomMachine(RuleBasedStateMachine):
    """`self.pages` are the pages of all sessions that live, by the session's key."""

    @initialize(waiting=st.integers(0, 2), admitted=st.integers(0, 2))
    def open(self, waiting: int, admitted: int) -> None:
        """The clerk is there and has let somebody in; others wait. From here on it is anybody's."""
        self.now = NOON
        self.numbers = count()
        self.pages: dict[str, Page] = {}
        self.barred: set[str] = set()
        self.room = Room("room", NOON, NOON + 10**6, GUESTS)
        self.enter(("host", "huber"), 0, 0)
        for number in range(min(GUESTS, waiting + admitted)):
            self.enter(("guest", f"guest-{number}"), 0, number % 2)
            if number < admitted:
                assert self.ask("huber", "admit", guest=f"guest-{number}")

    # ── carrying out, as the hub does ─────────────────────────────────────────────────────────────────────────────
    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Greet):
                member = self.room.members[effect.id]
                self.pages[effect.session] = Page(effect.id, member.state, member.position)
            elif isinstance(effect, Send) and effect.session in self.pages:
                assert "device-" not in repr(effect.message), "a browser tab's secret is told to nobody"
                self.pages[effect.session].hear(effect.message)
            elif isinstance(effect, Shut):
                self.pages.pop(effect.session)
            elif isinstance(effect, Bar):
                self.barred.add(effect.subject)

    def ask(self, who: str, kind_of: str, /, **given: Any) -> bool:
        """Whether the room did what somebody asked for."""
        row = say.CLIENT[kind_of]
        try:
            self.perform(self.room.handle(who, row, row.make(**given), self.now))
        except Refused:
            return False
        return True

    def someone(self, number: int, *, role: str = "") -> str | None:
        there = [member.id for member in self.room.members.values() if role in ("", member.role)]
        return there[number % len(there)] if there else None

    # ── what people do ────────────────────────────────────────────────────────────────────────────────────────────
    @rule(person=PEOPLE, page=PAGES, device=PAGES)
    def enter(self, person: tuple[Role, str], page: int, device: int) -> None:
        role, who = person
        if who in self.barred or self.room.ended:
            return
        rights = HOST_RIGHTS if role == "host" else ()
        part = "clerk" if role == "host" else "citizen"
        ticket = Ticket("room", role, who, who, NOON, NOON + 10**6, rights, "jti", part)  # type: ignore[arg-type]
        key = f"session-{next(self.numbers)}"
        inside = {m.subject for m in self.room.members.values() if m.role == "guest"}
        tab = f"device-{who}-{device}" if device else ""
        instance = f"page-{who}-{page}"
        others = [
            member
            for member in self.room.members.values()
            if member.subject == who and member.instance != instance and not (tab and member.device == tab)
        ]
        try:
            self.perform(self.room.enter(key, ticket, instance, tab, self.now))
        except Refused:
            assert role == "guest"
            assert len(inside - {who}) == GUESTS
        for (
            other
        ) in others:  # nobody who is in the call is put out because the same link was opened elsewhere
            if role == "guest" and other.state == "admitted" and other.connected:
                assert self.room.members[other.id] is other

    @rule(number=ANY)
    def lose(self, number: int) -> None:
        if (who := self.someone(number)) is not None:
            self.perform(self.room.lost(who, self.now))

    @rule(number=ANY)
    def resume(self, number: int) -> None:
        if (who := self.someone(number)) is not None:
            self.perform(self.room.back(who, self.now))

    @rule(
        guest=ANY,
        kind=st.sampled_from(["admit", "admit", "admit", "admit", "send_back", "send_back", "remove"]),
    )
    def decide(self, guest: int, kind: str) -> None:
        host = self.someone(0, role="host")
        guests = [member for member in self.room.members.values() if member.role == "guest"]
        fitting = [member for member in guests if (member.state == "waiting") == (kind == "admit")] or guests
        if host is not None and fitting:
            about = fitting[guest % len(fitting)]
            done = kind == "remove" or (about.state == "waiting") == (kind == "admit")
            assert self.ask(host, kind, guest=about.id) == done

    @rule(number=ANY, about=ANY, kind=st.sampled_from(["admit", "remove", "send_back"]))
    def presume(self, number: int, about: int, kind: str) -> None:
        guest, other = self.someone(number, role="guest"), self.someone(about)
        if guest is not None and other is not None:
            assert not self.ask(guest, kind, guest=other)

    @precondition(lambda self: len(self.room.members) > GUESTS)
    @rule(number=ANY)
    def leave(self, number: int) -> None:
        if (who := self.someone(number)) is not None:
            assert self.ask(who, "leave")

    @rule(number=ANY, screen=st.booleans())
    def share(self, number: int, screen: bool) -> None:
        if (who := self.someone(number)) is not None:
            assert self.ask(who, "media", audio=True, video=True, screen=screen)

    @rule(seconds=st.sampled_from([1, 1, 30, 30, 61, 2000]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds
        self.perform(self.room.expire(self.now, 60, 1800))

    @rule(first=ANY)
    def move(self, first: int) -> None:
        """Another process goes on with the room; somebody resumes there."""
        if not self.room.members:
            return
        sessions = [
            Session(m.session, "room", m.id, m.instance, SETTINGS) for m in self.room.members.values()
        ]
        again = moved.unpack("room", moved.pack(self.room, sessions, SETTINGS), SETTINGS, self.now)
        assert again is not None
        self.room = again[0]
        who = self.someone(first)
        assert who is not None
        self.perform(self.room.back(who, self.now))

    @precondition(lambda self: self.room.members)
    @rule(one=ANY, other=ANY, chat=st.booleans())
    def describe(self, one: int, other: int, chat: bool) -> None:
        sender, receiver = self.someone(one), self.someone(other)
        assert sender is not None
        assert receiver is not None
        members = self.room.members
        passed = self.ask(sender, "description", to=receiver, kind="offer", sdp=CHAT if chat else SDP)
        pair = members[sender], members[receiver]
        in_call = sender != receiver and all(member.state == "admitted" for member in pair)
        next_one = {"host", "guest"} == {m.role for m in pair} and any(m.position == 1 for m in pair)
        assert passed == (in_call or (next_one and not chat))
        assert self.ask(sender, "candidate", to=receiver, candidate="") == (in_call or next_one)

    # ── what is always so ─────────────────────────────────────────────────────────────────────────────────────────
    @invariant()
    def pages_believe_what_is_so(self) -> None:
        """No ghosts: what a page learned bit by bit is what a snapshot tells at this moment."""
        assert {member.session for member in self.room.members.values()} == set(self.pages)
        for member in self.room.members.values():
            page, whole = self.pages[member.session], self.room.snapshot(member.id)
            assert (page.id, page.state, page.position) == (member.id, whole.state, whole.position)
            now = {peer.id: (peer.instance, peer.prepared, peer.polite) for peer in whole.peers}
            assert {p.id: (p.instance, p.prepared, p.polite) for p in page.peers.values()} == now
            if member.role == "host":
                assert page.queue == whole.guests

    @invariant()
    def the_room_is_as_it_should_be(self) -> None:
        members = self.room.members.values()
        guests = [member for member in members if member.role == "guest"]
        admitted = [member.subject for member in guests if member.state == "admitted"]
        assert len(members) - len(guests) <= 1
        assert len({member.subject for member in guests}) <= GUESTS
        assert len(admitted) == len(set(admitted))
        assert not self.barred & {member.subject for member in members}
        waiting = [member.position for member in guests if member.state == "waiting"]
        assert sorted(waiting) == list(range(1, len(waiting) + 1))
