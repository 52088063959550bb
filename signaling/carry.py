"""Pipes between processes: one has the socket and passes texts on, the other owns the room and does what they say.

A frame is one letter, the pipe's key (or the sender, for lists) and a line end, then the text. To the owner: `o` a hello, `t` a
text, `g` the socket is gone, `m` this process is going away, `a` the keys of all pipes. From the owner: `W` what it says to
the hello, `T` a text, `S` a close code, `A` asks for the keys.
"""

import asyncio
import itertools
import logging
from collections.abc import Callable
from typing import Final, Protocol, cast

from signaling.bus import BusAway, Processes
from signaling.closing import GOING_AWAY, MOVING, Cut
from signaling.effects import Refused
from signaling.fields import BadMessage, ErrorCode
from signaling.hub import Hub
from signaling.messages import Hello
from signaling.pipe import FarWire, Pipe
from signaling.session import Wire
from signaling.talk import Talk
from signaling.wire import encode, parse

log = logging.getLogger(__name__)

ANSWER_S: Final = 5.0
OWNERS_S: Final = 3.0
AWAY: Final = "away"
ELSEWHERE: Final = "elsewhere"
DEAD: Final = "dead"


class Owners(Protocol):
    async def owner(self, room: str) -> str: ...


class Carriage:
    """Both ends of all pipes of this process; hears frames from the bus. Nothing here waits but `carry`."""

    def __init__(self, hub: Hub, processes: Processes, owners: Owners) -> None:
        self.me = processes.me
        self._send = processes.send
        self._hub = hub
        self._owners = owners
        self._pipes: dict[bytes, Pipe] = {}
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._wires: dict[bytes, FarWire] = {}
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._returned = False
        self._certain_at = 0.0
        self._does: dict[bytes, Callable[[bytes, bytes], None]] = {
            b"o": self._open, b"t": self._text, b"g": self._gone, b"m": self._moving, b"a": self._compare,
            b"W": self._answer, b"T": self._put, b"S": self._shut, b"A": self._tell_keys,
        }  # fmt: skip

    @property
    def others(self) -> set[str]:
        """Every process that one of our pipes leads to or comes from."""
        return {pipe.owner for pipe in self._pipes.values()} | {wire.front for wire in self._wires.values()}

    # ── from the bus ──────────────────────────────────────────────────────────────────────────────────────────────
    def hear(self, frame: bytes) -> None:
        head, _, text = frame.partition(b"\n")
        does = self._does.get(head[:1])
        if does is not None:
            does(head[1:], text)

    def nobody(self, process: str) -> None:
        """That process does not listen any more: what it owned is lost, and so are the people it carried."""
        for pipe in [pipe for pipe in self._pipes.values() if pipe.owner == process]:
            self._end(pipe, DEAD)
        for key in [key for key, wire in self._wires.items() if wire.front == process]:
            self._wires.pop(key).gone()

    def broken(self) -> None:
        """Frames may be lost: every pipe ends, so that clients resume and learn what they missed."""
        self._certain_at = asyncio.get_running_loop().time() + OWNERS_S
        for pipe in list(self._pipes.values()):
            self._end(pipe, AWAY)
        wires, self._wires = self._wires, {}
        for wire in wires.values():
            wire.gone()

    def again(self) -> None:
        """The bus has come, or has come back: if it forgot who owns what, each owner says so when it finds it back as well."""
        self._returned = True
        if self._certain_at:
            self._certain_at = asyncio.get_running_loop().time() + OWNERS_S

    @property
    def certain(self) -> bool:
        """Whether a room without an owner really has none."""
        return asyncio.get_running_loop().time() >= self._certain_at

    def take_returned(self) -> bool:
        """Whether the bus has come (back) since this was asked last."""
        returned, self._returned = self._returned, False
        return returned

    # ── the socket's end ──────────────────────────────────────────────────────────────────────────────────────────
    async def carry(self, owner: str, hello: str, wire: Wire) -> Pipe | None:
        """A pipe to the owner, who has taken the hello; None: the room is not there (any more). Raises Refused,
        ConnectionRefusedError when the owner is dead, BusAway when it does not answer."""
        pipe = Pipe(self._send, self._forget, owner, f"{self.me}:{next(self._numbers)}".encode(), wire)
        self._pipes[pipe.key] = pipe
        self._quiet.clear()
        self._send(owner, b"o" + pipe.key + b"\n" + hello.encode())
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await pipe.answer
        except TimeoutError:
            pipe.gone()
            raise BusAway("no answer") from None
        except asyncio.CancelledError:
            pipe.gone()
            raise
        if not answer:
            return pipe
        self._forget(pipe)
        if answer == ELSEWHERE:
            return None
        if answer == DEAD:
            raise ConnectionRefusedError(owner)
        if answer == AWAY:
            raise BusAway("on the way to the owner")
        code, _, detail = answer.partition("\t")
        raise Refused(cast(ErrorCode, code), detail)

    async def leave(self) -> None:
        """Asks the owners to say farewell to whoever has a socket here; returns when they all are gone."""
        for pipe in self._pipes.values():
            self._send(pipe.owner, b"m" + pipe.key + b"\n")
        await self._quiet.wait()

    def compare(self) -> None:
        """Both sides look for pipes that only one of them still knows; to be called every few seconds."""
        for owner in {pipe.owner for pipe in self._pipes.values()}:
            self._tell_keys(owner.encode(), b"")
        for front in {wire.front for wire in self._wires.values()}:
            self._send(front, b"A" + self.me.encode() + b"\n")

    def _forget(self, pipe: Pipe) -> bool:
        known = self._pipes.pop(pipe.key, None) is not None
        if not self._pipes:
            self._quiet.set()
        return known

    def _end(self, pipe: Pipe, why: str) -> None:
        self._forget(pipe)
        if pipe.answer.done():
            pipe.wire.shut(MOVING)
        else:
            pipe.answer.set_result(why)

    def _answer(self, key: bytes, text: bytes) -> None:
        pipe = self._pipes.get(key)
        if pipe is None or pipe.answer.done():
            return
        pipe.answer.set_result(text.decode())
        if text:  # refused: whatever else the owner says of this pipe is not about the socket any more
            self._forget(pipe)

    def _put(self, key: bytes, text: bytes) -> None:
        pipe = self._pipes.get(key)
        if pipe is not None:
            pipe.wire.put(text.decode())

    def _shut(self, key: bytes, code: bytes) -> None:
        pipe = self._pipes.get(key)
        if pipe is None:
            return
        if pipe.answer.done():
            pipe.wire.shut(int(code))
        else:
            pipe.answer.set_result(AWAY)

    def _tell_keys(self, owner: bytes, _text: bytes) -> None:
        keys = [pipe.key for pipe in self._pipes.values() if pipe.owner == owner.decode()]
        self._send(owner.decode(), b"a" + self.me.encode() + b"\n" + b" ".join(keys))

    # ── the room's end ────────────────────────────────────────────────────────────────────────────────────────────
    def _open(self, key: bytes, text: bytes) -> None:
        wire = FarWire(self._send, key.decode().partition(":")[0], key)
        self._wires[key] = wire
        task = asyncio.create_task(self._welcome(key, wire, text.decode()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _welcome(self, key: bytes, wire: FarWire, text: str) -> None:
        answer = AWAY
        try:
            _, hello = parse(text)
            if isinstance(hello, Hello) and await self._owners.owner(self._hub.room_of(hello)) == self.me:
                wire.session = await self._hub.enter(hello, wire)
                wire.talk, answer = Talk(self._hub, wire.session, wire), ""
            else:
                answer = ELSEWHERE
        except Refused as refused:
            answer = f"{refused.code}\t{refused.detail}"
        except BadMessage as bad:
            answer = f"{bad.code}\t{bad.detail}"
        except BusAway:
            log.info("a hello from another process waits for Redis")
        gone = self._wires.get(key) is not wire
        if answer or gone:
            self._wires.pop(key, None)
        if gone:
            wire.gone()
        else:
            wire.answer(answer)

    def _text(self, key: bytes, text: bytes) -> None:
        wire = self._wires.get(key)
        if wire is None or wire.talk is None:
            return
        try:
            wire.talk.hear(text.decode())
        except Cut as cut:
            if cut.error is not None:
                wire.put(encode(cut.error))
            wire.shut(cut.code)
            self._gone(key, b"")

    def _gone(self, key: bytes, _text: bytes) -> None:
        wire = self._wires.pop(key, None)
        if wire is not None:
            wire.gone()

    def _moving(self, key: bytes, _text: bytes) -> None:
        wire = self._wires.get(key)
        if wire is not None and wire.session is not None:
            wire.put(wire.session.farewell())
            wire.shut(MOVING)
            self._gone(key, b"")

    def _compare(self, sender: bytes, text: bytes) -> None:
        front, keys = sender.decode(), set(text.split())
        for key in [key for key, wire in self._wires.items() if wire.front == front and key not in keys]:
            self._gone(key, b"")
        for key in keys - self._wires.keys():
            self._send(front, b"S" + key + b"\n%d" % GOING_AWAY)
