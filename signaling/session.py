"""A person's session: numbers what it is told and keeps the last of it for a resume. Knows no room and no socket."""

from collections import deque
from typing import Any, Protocol

from signaling.messages import Moving, ServerMessage
from signaling.settings import SignalingSettings
from signaling.wire import encode


class Wire(Protocol):
    """What a session needs of a connection. `put` never waits."""

    def put(self, text: str) -> None: ...
    def shut(self, code: int) -> None: ...


class Session:
    """Lives in memory as long as its person is kept; `key` is the secret that resumes it."""

    __slots__ = ("_chars", "_settings", "_told", "instance", "key", "member", "n", "room", "wire")

    def __init__(self, key: str, room: str, member: str, instance: str, settings: SignalingSettings) -> None:
        self.key = key
        self.room = room
        self.member = member
        self.instance = instance
        self.n = 0
        self.wire: Wire | None = None
        self._settings = settings
        self._told: deque[tuple[int, str]] = deque()
        self._chars = 0

    def tell(self, message: ServerMessage) -> None:
        """Numbers a message, keeps it, and hands it to the socket where there is one."""
        self.n += 1
        text = encode(message, self.n)
        self._told.append((self.n, text))
        self._chars += len(text)
        while len(self._told) > self._settings.replay_messages or self._chars > self._settings.replay_chars:
            self._chars -= len(self._told.popleft()[1])
        if self.wire is not None:
            self.wire.put(text)

    def farewell(self) -> str:
        """The text that says this process is going away: numbered, but nothing to be heard again later."""
        self.n += 1
        return encode(Moving(), self.n)

    def facts(self) -> dict[str, Any]:
        """All that another process needs to go on with this session."""
        return {
            "key": self.key,
            "member": self.member,
            "instance": self.instance,
            "n": self.n,
            "told": [*self._told],
        }

    @classmethod
    def of(cls, facts: dict[str, Any], room: str, settings: SignalingSettings) -> "Session":
        session = cls(facts["key"], room, facts["member"], facts["instance"], settings)
        session.n = facts["n"]
        session._told.extend((n, text) for n, text in facts["told"])
        session._chars = sum(len(text) for _, text in session._told)
        return session

    def since(self, seen: int) -> list[str] | None:
        """What came after number `seen`; None when that is no longer known (or never was)."""
        if seen > self.n:
            return None
        if seen < self.n and (not self._told or self._told[0][0] > seen + 1):
            return None
        return [text for n, text in self._told if n > seen]
