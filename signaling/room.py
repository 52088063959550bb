"""One room as a pure state machine: facts and `now` in, effects out. No sockets, no clock, no logs, no sending."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from signaling import messages as say
from signaling.contract import Ticket
from signaling.effects import ENDED, REPLACED, Bar, Effect, Greet, Refused, Send, Shut, Tell
from signaling.member import Member, in_queue, seen_by
from signaling.sdp import known

LAST: Final = 1_000_000


class Room:
    """At most one host and `guests` guests. Every verb changes facts, then `_settle` says who has to learn of it."""

    def __init__(self, name: str, opens_at: int, closes_at: int, guests: int = 3) -> None:
        self.name = name
        self.opens_at, self.closes_at = opens_at, closes_at
        self.members: dict[str, Member] = {}
        self.ended = False
        self._guests = guests
        self.turns = 0
        self._links: dict[tuple[str, str], bool] = {}
        self._queue: tuple[say.Guest, ...] = ()
        self._alone_since: float | None = None

    # ── coming and going ──────────────────────────────────────────────────────────────────────────────────────────
    def enter(self, session: str, ticket: Ticket, instance: str, device: str, now: float) -> list[Effect]:
        """A person with a checked ticket. The same page load or the same device goes on in the place of its older
        session; another device of somebody who is in the call waits beside it. Raises Refused when the room is full."""
        same = [m for m in self.members.values() if m.subject == ticket.subject]
        others = {m.subject for m in self.members.values() if m.role == "guest"} - {ticket.subject}
        if ticket.role == "guest" and len(others) >= self._guests:
            raise Refused("not-allowed", "the room is full")
        if ticket.role == "recorder" and (
            self._host() is None or any(m.role == "recorder" for m in self.members.values())
        ):
            raise Refused("not-allowed", "there is nothing to record, or it is recorded already")
        self.opens_at, self.closes_at = ticket.opens_at, ticket.closes_at
        for old in same:
            if old.role == ticket.role and (old.instance == instance or (device and old.device == device)):
                return self._take_over(old, session, ticket, instance, device, now)
        out = self._make_way(ticket, same)
        host = ticket.role == "host"
        inside = host or ticket.role == "recorder"
        member = Member(
            session=session,
            id=self._free_id(ticket.subject),
            subject=ticket.subject,
            name=ticket.name,
            role=ticket.role,
            part=ticket.part,
            rights=ticket.rights,
            instance=instance,
            device=device,
            since=int(now),
            state="admitted" if inside else "waiting",
            turn=0 if host else LAST,
            audio=ticket.role != "recorder",
            video=ticket.role != "recorder",
            position=0 if inside else 1 + sum(m.state == "waiting" for m in self.members.values()),
        )
        self.members[member.id] = member
        if host:
            self._queue = ()
        out += [Greet(session, member.id), Tell("joined" if inside else "arrived", member.id, member.role)]
        return out + self._settle(now)

    def _make_way(self, ticket: Ticket, same: list[Member]) -> list[Effect]:
        """Who has to go because this person comes: nobody who is in the call and there; for that the clerk is asked."""
        out: list[Effect] = []
        for old in same:
            if ticket.role == "host" or old.state == "waiting" or not old.connected:
                out += self._remove(old, "replaced", REPLACED)
        host = self._host()
        if ticket.role == "host" and host is not None:
            out += self._remove(host, "handed-over", REPLACED)
        return out

    def _free_id(self, subject: str) -> str:
        names = [subject, *(f"{subject}-{number}" for number in range(2, len(self.members) + 3))]
        return next(name for name in names if name not in self.members)

    def _take_over(
        self, member: Member, session: str, ticket: Ticket, instance: str, device: str, now: float
    ) -> list[Effect]:
        out: list[Effect] = [
            Send(member.session, say.Ended("replaced")),
            Shut(member.session, REPLACED),
            Greet(session, member.id),
        ]
        member.session = session
        member.name, member.part, member.rights = ticket.name, ticket.part, ticket.rights
        member.device = device or member.device
        if member.instance != instance:
            member.instance, member.screen = instance, False
        # Whatever was on its way to the old session is lost: both ends of each link are told of it once more.
        self._unlink(member)
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
        out: list[Effect] = []
        for other in list(self.members.values()):
            if other.subject == guest.subject and other is not guest:
                out += self._remove(other, "replaced", REPLACED)
        self.turns += 1
        guest.state, guest.position, guest.turn = "admitted", 0, self.turns
        out += [Send(guest.session, say.Admitted()), Tell("joined", guest.id, guest.role)]
        return out + self._settle(now)

    def remove(self, _host: Member, message: say.Remove, now: float) -> list[Effect]:
        return self.bar(self._guest(message.guest).subject, now)

    def bar(self, subject: str, now: float) -> list[Effect]:
        """Puts an identity out for good, on all its devices."""
        out: list[Effect] = [Bar(subject)]
        for member in list(self.members.values()):
            if member.subject == subject:
                out += self._remove(member, "removed", ENDED)
        return out + self._settle(now)

    def send_back(self, _host: Member, message: say.SendBack, now: float) -> list[Effect]:
        guest = self._guest(message.guest)
        if guest.state == "waiting":
            raise Refused("not-a-peer", "that guest is waiting already")
        out: list[Effect] = [Send(other.session, say.Left(guest.id)) for other, _ in self._linked(guest)]
        self._unlink(guest)
        guest.state, guest.turn, guest.since, guest.screen = "waiting", LAST, int(now), False
        self.members[guest.id] = self.members.pop(guest.id)  # to the end of the queue
        out += [Send(guest.session, say.SentBack()), Tell("arrived", guest.id, guest.role)]
        return out + self._settle(now)

    def _guest(self, id: str) -> Member:  # noqa: A002 - the protocol's word
        guest = self.members.get(id)
        if guest is None or guest.role != "guest":
            raise Refused("not-a-peer", "there is no guest of that id")
        return guest

    def describe(self, member: Member, message: say.Describe, _now: float) -> list[Effect]:
        prepared = self._links.get((member.id, message.to))
        if prepared is None:
            raise Refused("not-a-peer", "there is nothing between you and that id")
        if prepared and "\nm=application" in message.sdp:
            raise Refused("not-allowed", "no data channel before admission")
        to = self.members[message.to].session
        return [Send(to, say.Description(member.id, message.kind, known(message.sdp)))]

    def add_candidate(self, member: Member, message: say.AddCandidate, _now: float) -> list[Effect]:
        if (member.id, message.to) not in self._links:
            raise Refused("not-a-peer", "there is nothing between you and that id")
        passed = say.Candidate(
            member.id, message.candidate, message.sdp_mid, message.sdp_m_line_index, message.username_fragment
        )
        return [Send(self.members[message.to].session, passed)]

    def set_media(self, member: Member, message: say.SetMedia, _now: float) -> list[Effect]:
        member.audio, member.video, member.screen = message.audio, message.video, message.screen
        told = say.Media(member.id, message.audio, message.video, message.screen)
        return [Send(other.session, told) for other, prepared in self._linked(member) if not prepared]

    def leave(self, member: Member, _message: say.Leave, now: float) -> list[Effect]:
        return self._remove(member, "left", ENDED) + self._settle(now)

    def end(self, host: Member, _message: say.End, _now: float) -> list[Effect]:
        return self.close("host", host)

    # ── what follows ──────────────────────────────────────────────────────────────────────────────────────────────
    def snapshot(self, id: str) -> say.Snapshot:  # noqa: A002 - the protocol's word
        """All that a member may know at this moment."""
        member = self.members[id]
        peers = tuple(seen_by(other, member, prepared) for other, prepared in self._linked(member))
        return say.Snapshot(
            member.state, member.position, peers, self._queue if member.role == "host" else ()
        )

    def _settle(self, now: float) -> list[Effect]:
        """Compares what should be known with what is known, and tells the difference."""
        out: list[Effect] = []
        links = self._wanted_links()
        for (one, other), prepared in links.items():
            if self._links.get((one, other)) is not prepared:
                told = seen_by(self.members[other], self.members[one], prepared)
                out.append(Send(self.members[one].session, told))
        self._links = links
        waiting = [member for member in self.members.values() if member.state == "waiting"]
        for position, member in enumerate(waiting, 1):
            if member.position != position:
                member.position = position
                out.append(Send(member.session, say.Waiting(position)))
        inside = {member.subject: member.id for member in self.members.values() if member.state == "admitted"}
        queue = tuple(in_queue(member, inside.get(member.subject, "")) for member in waiting)
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
        self._unlink(member)
        return out

    def _unlink(self, member: Member) -> None:
        self._links = {pair: flag for pair, flag in self._links.items() if member.id not in pair}

    def _presence(self, member: Member, *, connected: bool = False) -> list[Effect]:
        return [Send(other.session, say.Presence(member.id, connected)) for other, _ in self._linked(member)]

    def _linked(self, member: Member) -> Iterable[tuple[Member, bool]]:
        return [(self.members[other], flag) for (one, other), flag in self._links.items() if one == member.id]

    def _host(self) -> Member | None:
        return next((member for member in self.members.values() if member.role == "host"), None)


_HANDLERS: Final[dict[str, Callable[[Room, Member, Any, float], list[Effect]]]] = {
    row.handler: getattr(Room, row.handler) for row in say.CLIENT.values() if row.make is not say.Hello
}
