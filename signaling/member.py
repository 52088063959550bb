"""A person in a room, and how others may see that person. Decides nothing about who enters or who is linked to whom."""

from dataclasses import dataclass

from signaling.contract import Part, Role
from signaling.messages import Guest, Peer, State


@dataclass(slots=True)
class Member:
    """`subject` is the identity of the ticket; `id` is the same but for a second device, which waits beside the first.

    `turn` orders admissions: the lower of two is the impolite side; the host's is 0. `device` is a browser tab's secret.
    """

    session: str
    id: str
    subject: str
    name: str
    role: Role
    part: Part
    rights: tuple[str, ...]
    instance: str
    device: str
    since: int
    state: State
    turn: int
    position: int = 0
    connected: bool = True
    lost_at: float = 0.0
    audio: bool = True
    video: bool = True
    screen: bool = False


def seen_by(other: Member, receiver: Member, prepared: bool) -> Peer:
    """What `receiver` is told of `other`."""
    # A guest learns the clerk's name when the meeting begins, not while the transport is prepared.
    name = "" if prepared and receiver.role == "guest" else other.name
    audio, video, screen = (False,) * 3 if prepared else (other.audio, other.video, other.screen)
    return Peer(
        id=other.id,
        name=name,
        role=other.role,
        part=other.part,
        polite=receiver.turn > other.turn,
        instance=other.instance,
        prepared=prepared,
        audio=audio,
        video=video,
        screen=screen,
    )


def in_queue(member: Member, replaces: str) -> Guest:
    """The row of somebody who waits; `replaces` is the id whose place an admission would take."""
    return Guest(
        id=member.id,
        name=member.name,
        position=member.position,
        since=member.since,
        connected=member.connected,
        instance=member.instance,
        part=member.part,
        replaces=replaces,
    )
