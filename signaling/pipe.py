"""The two ends of a pipe between processes: one at the socket, which understands nothing, one at the room."""

import asyncio
from collections.abc import Callable

from signaling.session import Session, Wire
from signaling.talk import Talk

Send = Callable[[str, bytes], None]


class Pipe:
    """The socket's end. `answer` is what the owner says to the hello: "" is a welcome."""

    __slots__ = ("_closed", "_send", "answer", "key", "owner", "wire")

    def __init__(
        self, send: Send, closed: Callable[["Pipe"], bool], owner: str, key: bytes, wire: Wire
    ) -> None:
        self._send = send
        self._closed = closed
        self.owner = owner
        self.key = key
        self.wire = wire
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(self, text: str) -> None:
        self._send(self.owner, b"t" + self.key + b"\n" + text.encode())

    def gone(self) -> None:
        if self._closed(self):
            self._send(self.owner, b"g" + self.key + b"\n")


class FarWire:
    """The room's end: what a session puts here comes out of a socket of another process."""

    __slots__ = ("_head", "_send", "closed", "front", "session", "talk")

    def __init__(self, send: Send, front: str, key: bytes) -> None:
        self._send = send
        self._head = key + b"\n"
        self.front = front
        self.session: Session | None = None
        self.talk: Talk | None = None
        self.closed = False

    def put(self, text: str) -> None:
        if not self.closed:
            self._send(self.front, b"T" + self._head + text.encode())

    def shut(self, code: int) -> None:
        if not self.closed:
            self.closed = True
            self._send(self.front, b"S" + self._head + b"%d" % code)

    def answer(self, text: str) -> None:
        """ "" welcomes; anything else ends this pipe, though perhaps not the socket."""
        self._send(self.front, b"W" + self._head + text.encode())

    def gone(self) -> None:
        self.closed = True
        talk, self.talk = self.talk, None
        if talk is not None:
            talk.gone()
