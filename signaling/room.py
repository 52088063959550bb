"""One room as a pure state machine: facts and `now` in, effects out. No sockets, no clock, no logs, no sending."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from signaling import messages as say
from signaling.contract import NoticeKind, Role, Ticket

REPLACED: Final = 4409
ENDED: Final = 4410


@dataclass(frozen=True, slots=True)
class Send:
    session: str
    message: say.ServerMessage


@dataclass(frozen=True, slots=True)
class Greet:
    """Welcome this session; everything after it in the list comes after the welcome."""

    session: str


@dataclass(frozen=True, slots=True)
class Shut:
    """The session is over: forget it, close its socket once everything is sent."""

    session: str
    code: int


@dataclass(frozen=True, slots=True)
class Tell:
    """A notice for the server."""

    kind: NoticeKind
    subject: str
    role: str


Effect = Send | Greet | Shut | Tell


class Refused(Exception):
    """What was asked may not be done; nothing has changed."""

    def __init__(self, code: say.ErrorCode, detail: str) -> None:
        super().__init__(detail)
        self.code: say.ErrorCode = code
        self.detail = detail


@dataclass(slots=True)
class Member:
    """A person in the room. `turn` orders admissions: the lower of two is the impolite side; the host's is 0."""

    session: str
    id: str
    name: str
    role: Role
    rights: tuple[str, ...]
    instance: str
    since: int
    state: say.State
    turn: int
    position: int = 0
    connected: bool = True
    lost_at: float = 0.0
    audio: bool = True
    video: bool = True


class Room:
    """At most one host and `guests` guests. Every verb changes facts, then `_settle` says who has to learn of it."""

    def __init__(self, ticket: Ticket, guests: int = 3) -> None:
        self.name = ticket.room
        self.opens_at, self.closes_at = ticket.opens_at, ticket.closes_at
        self.members: dict[str, Member] = {}
        self.ended = False
        self._guests = guests
        self._turns = 0
        self._links: dict[tuple[str, str], bool] = {}
        self._queue: tuple[say.Guest, ...] = ()
        self._alone_since: float | None = None

    # ── coming and going ──────────────────────────────────────────────────────────────────────────────────────────
    def enter(self, session: str, ticket: Ticket, instance: str, now: float) -> list[Effect]:
        """A person with a checked ticket. The same identity replaces its older session; the same page load keeps its
        place. Raises Refused when the room is full."""
        old = self.members.get(ticket.subject)
        guests = sum(member.role == "guest" for member in self.members.values())
        if ticket.role == "guest" and old is None and guests >= self._guests:
            raise Refused("not-allowed", "the room is full")
        self.opens_at, self.closes_at = ticket.opens_at, ticket.closes_at
        if old is not None and old.instance == instance and old.role == ticket.role:
            return self._take_over(old, session, now)
        out: list[Effect] = []
        for other in list(self.members.values()):
            if other is old or (other.role == "host" == ticket.role):
                out += self._remove(other, "replaced", REPLACED)
        host = ticket.role == "host"
        self.members[ticket.subject] = Member(
            session=session,
            id=ticket.subject,
            name=ticket.name,
            role=ticket.role,
            rights=ticket.rights,
            instance=instance,
            since=int(now),
            state="admitted" if host else "waiting",
            turn=0 if host else 1_000_000,
            position=0 if host else 1 + sum(member.state == "waiting" for member in self.members.values()),
        )
        if host:
            self._queue = ()
        out += [Greet(session), Tell("joined" if host else "arrived", ticket.subject, ticket.role)]
        return out + self._settle(now)

    def _take_over(self, member: Member, session: str, now: float) -> list[Effect]:
        out: list[Effect] = [
            Send(member.session, say.Ended("replaced")),
            Shut(member.session, REPLACED),
            Greet(session),
        ]
        member.session = session
        # Whatever was on its way to the old session is lost: both ends of each link are told of it once more.
        self._links = {pair: flag for pair, flag in self._links.items() if member.id not in pair}
        if member.role == "host":
            self._queue = ()
        return out + self.back(member.id, now)

    def lost(self, id: str, now: float) -> list[Effect]:  # noqa: A002 - the protocol's word
        """The socket is gone; the person is kept for a while."""
        member = self.members[id]
        member.connected, member.lost_at = False, now
        return self._presence(member) + self._settle(now)

    def back(self, id: str, now: float) -> list[Effect]:  # noqa: A002 - the protocol's word
        """The session has a socket again."""
        member = self.members[id]
        out = [] if member.connected else self._presence(member, connected=True)
        member.connected = True
        return out + self._settle(now)

    def expire(self, now: float, kept_s: float, idle_s: float) -> list[Effect]:
        """Ends what time has ended: the room at its closing time, lost sessions, somebody long alone."""
        if now >= self.closes_at:
            return self.close("window")
        lost = [m for m in self.members.values() if not m.connected and now - m.lost_at >= kept_s]
        out = [effect for member in lost for effect in self._remove(member, None, ENDED)]
        if lost:
            out += self._settle(now)
        if self._alone_since is not None and now - self._alone_since >= idle_s:
            out += [
                effect
                for member in list(self.members.values())
                for effect in self._remove(member, "idle", ENDED)
            ]
            self._alone_since = None
        return out

    def close(self, reason: say.EndReason, by: Member | None = None) -> list[Effect]:
        """Everybody out. The notice names who ended it; without a name it was time alone."""
        out: list[Effect] = []
        for member in self.members.values():
            out += [Send(member.session, say.Ended(reason)), Shut(member.session, ENDED)]
        self.members.clear()
        self._links.clear()
        self.ended = True
        return [*out, Tell("ended", by.id if by else "", by.role if by else "")]

    # ── what a member may ask for: the handlers of the table in messages ──────────────────────────────────────────
    def handle(self, id: str, row: say.Kind, message: say.ClientMessage, now: float) -> list[Effect]:  # noqa: A002
        """Does what a member asks for. Raises Refused."""
        member = self.members[id]
        if row.right is not None and row.right not in member.rights:
            raise Refused("not-allowed", "this needs a right that the ticket does not give")
        return _HANDLERS[row.handler](self, member, message, now)

    def admit(self, _host: Member, message: say.Admit, now: float) -> list[Effect]:
        guest = self.members.get(message.guest)
        if guest is None or guest.state != "waiting":
            raise Refused("not-a-peer", "nobody of that id is waiting")
        self._turns += 1
        guest.state, guest.position, guest.turn = "admitted", 0, self._turns
        admitted: list[Effect] = [Send(guest.session, say.Admitted()), Tell("joined", guest.id, guest.role)]
        return admitted + self._settle(now)

    def describe(self, member: Member, message: say.Describe, _now: float) -> list[Effect]:
        prepared = self._links.get((member.id, message.to))
        if prepared is None:
            raise Refused("not-a-peer", "there is nothing between you and that id")
        if prepared and "\nm=application" in message.sdp:
            raise Refused("not-allowed", "no data channel before admission")
        to = self.members[message.to].session
        return [Send(to, say.Description(member.id, message.kind, message.sdp))]

    def add_candidate(self, member: Member, message: say.AddCandidate, _now: float) -> list[Effect]:
        if (member.id, message.to) not in self._links:
            raise Refused("not-a-peer", "there is nothing between you and that id")
        passed = say.Candidate(
            member.id, message.candidate, message.sdp_mid, message.sdp_m_line_index, message.username_fragment
        )
        return [Send(self.members[message.to].session, passed)]

    def set_media(self, member: Member, message: say.SetMedia, _now: float) -> list[Effect]:
        member.audio, member.video = message.audio, message.video
        told = say.Media(member.id, message.audio, message.video)
        return [Send(other.session, told) for other, prepared in self._linked(member) if not prepared]

    def leave(self, member: Member, _message: say.Leave, now: float) -> list[Effect]:
        return self._remove(member, "left", ENDED) + self._settle(now)

    def end(self, host: Member, _message: say.End, _now: float) -> list[Effect]:
        return self.close("host", host)

    # ── what follows ──────────────────────────────────────────────────────────────────────────────────────────────
    def snapshot(self, id: str) -> say.Snapshot:  # noqa: A002 - the protocol's word
        """All that a member may know at this moment."""
        member = self.members[id]
        peers = tuple(_peer(other, member, prepared) for other, prepared in self._linked(member))
        return say.Snapshot(
            member.state, member.position, peers, self._queue if member.role == "host" else ()
        )

    def _settle(self, now: float) -> list[Effect]:
        """Compares what should be known with what is known, and tells the difference."""
        out: list[Effect] = []
        links = self._wanted_links()
        for (one, other), prepared in links.items():
            if self._links.get((one, other)) is not prepared:
                out.append(
                    Send(self.members[one].session, _peer(self.members[other], self.members[one], prepared))
                )
        self._links = links
        waiting = [member for member in self.members.values() if member.state == "waiting"]
        for position, member in enumerate(waiting, 1):
            if member.position != position:
                member.position = position
                out.append(Send(member.session, say.Waiting(position)))
        queue = tuple(say.Guest(m.id, m.name, m.position, m.since, m.connected, m.instance) for m in waiting)
        host = self._host()
        if queue != self._queue and host is not None:
            out.append(Send(host.session, say.Queue(queue)))
        self._queue = queue
        alone = len(self.members) == 1 and not waiting
        self._alone_since = (self._alone_since or now) if alone else None
        return out

    def _wanted_links(self) -> dict[tuple[str, str], bool]:
        """Who has to do with whom; True: only to prepare the transport. Never one guest with another unadmitted one."""
        inside = [member for member in self.members.values() if member.state == "admitted"]
        links = {(one.id, other.id): False for one in inside for other in inside if one is not other}
        host = self._host()
        first = next((member for member in self.members.values() if member.state == "waiting"), None)
        if host is not None and first is not None:
            links[host.id, first.id] = links[first.id, host.id] = True
        return links

    def _remove(self, member: Member, reason: say.EndReason | None, code: int) -> list[Effect]:
        out: list[Effect] = [] if reason is None else [Send(member.session, say.Ended(reason))]
        out += [Shut(member.session, code), Tell("left", member.id, member.role)]
        out += [Send(other.session, say.Left(member.id)) for other, _ in self._linked(member)]
        del self.members[member.id]
        self._links = {pair: flag for pair, flag in self._links.items() if member.id not in pair}
        return out

    def _presence(self, member: Member, *, connected: bool = False) -> list[Effect]:
        return [Send(other.session, say.Presence(member.id, connected)) for other, _ in self._linked(member)]

    def _linked(self, member: Member) -> Iterable[tuple[Member, bool]]:
        return [(self.members[other], flag) for (one, other), flag in self._links.items() if one == member.id]

    def _host(self) -> Member | None:
        return next((member for member in self.members.values() if member.role == "host"), None)


def _peer(other: Member, receiver: Member, prepared: bool) -> say.Peer:
    # A guest learns the clerk's name when the meeting begins, not while the transport is prepared.
    name = "" if prepared and receiver.role == "guest" else other.name
    audio, video = (False, False) if prepared else (other.audio, other.video)
    return say.Peer(
        other.id, name, other.role, receiver.turn > other.turn, other.instance, prepared, audio, video
    )


_HANDLERS: Final[dict[str, Callable[[Room, Member, Any, float], list[Effect]]]] = {
    row.handler: getattr(Room, row.handler) for row in say.CLIENT.values() if row.make is not say.Hello
}
