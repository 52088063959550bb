"""A recorder as a process of its own: `python -m signaling.recorder`, one for one recording, with an order on its input.

It enters the room by a ticket like everybody, is seen there, and asks the policy before the first frame and whenever
somebody comes. The recording leaves on its output; it opens no file. It ends when its input does.
"""

import asyncio
import contextlib
import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import FileIO
from typing import Any, Final

import aiohttp

from recordings_policy.decide import Decision, Permission, may_ask, may_record
from signaling.messages import SUBPROTOCOL
from signaling.recorder_film import Film, Sink
from signaling.recorder_link import Link

DONE, NOT_PERMITTED, FAILED = 0, 3, 1
GATHER_S: Final = 8.0
SUBJECT_CHARS: Final = 22


class Refused(Exception):
    """There is no yes: this process has nothing to do here."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the server asks for. `consenting` are the ids, in this room, of those who said yes."""

    url: str
    ticket: str
    consenting: frozenset[str]
    permission: Permission
    most_s: float

    @classmethod
    def from_json(cls, text: str | bytes) -> "Order":
        """Raises Refused for anything but a whole order that the policy says yes to."""
        try:
            raw: Mapping[str, Any] = json.loads(text)
            consenting = frozenset(str(one) for one in raw["consenting"])
            permission = Permission(**raw["permission"])
            order = cls(str(raw["url"]), str(raw["ticket"]), consenting, permission, float(raw["most_s"]))
        except (ValueError, KeyError, TypeError):
            raise Refused("no order") from None
        if not may_ask(permission).allowed or not consenting:
            raise Refused(may_record(permission, consenting, consenting).reason)
        return order


class Recorder:
    """One stay in one room. `reason` says afterwards why it ended."""

    def __init__(self, order: Order, sink: Sink) -> None:
        self._order = order
        self._film = Film(sink)
        self._links: dict[str, Link] = {}
        self._servers: list[dict[str, Any]] = []
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._changed = asyncio.Event()
        self._over = asyncio.Event()
        self.began = False
        self.reason = ""

    def stop(self, reason: str) -> None:
        self.reason = self.reason or reason
        self._over.set()
        self._changed.set()

    async def run(self) -> int:
        """Returns the exit code."""
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(self._order.url, protocols=(SUBPROTOCOL,)) as socket,
        ):
            self._socket = socket
            await self._say("hello", ticket=self._order.ticket, instance=secrets.token_hex(8))
            reading = asyncio.create_task(self._read(socket))
            try:
                async with asyncio.timeout(self._order.most_s):
                    await self._record()
            except TimeoutError:
                self.stop("longest")
            finally:
                reading.cancel()
                await self._leave()
        return DONE if self.began else NOT_PERMITTED

    async def _record(self) -> None:
        """Begins once everybody is connected, or the first one was for a while; never with nobody, for nobody can be added."""
        await self._until(lambda: any(link.ready for link in self._links.values()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GATHER_S):
                await self._until(self._all_there)
        if not self._over.is_set() and self._permitted().allowed:
            self.began = True
            self._film.begin([track for link in self._links.values() for track in link.tracks])
            await self._over.wait()

    async def _until(self, holds: Callable[[], bool]) -> None:
        """Returns when it holds, or all is over."""
        while not self._over.is_set() and not holds():
            self._changed.clear()
            await self._changed.wait()

    def _all_there(self) -> bool:
        return bool(self._links) and all(link.ready for link in self._links.values())

    def _permitted(self) -> Decision:
        present = {peer[:SUBJECT_CHARS] for peer in self._links}
        return may_record(self._order.permission, present, self._order.consenting)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                self._hear(json.loads(frame.data))
        self.stop("line")

    def _hear(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "welcome":
            self._servers = message["ice_servers"]
        elif kind == "peer":
            self._meet(message["id"], message["instance"])
        elif kind in ("description", "candidate") and message["from"] in self._links:
            self._links[message["from"]].hear(message)
        elif kind == "left":
            self._forget(message["id"])
        elif kind in ("ended", "error", "moving"):
            self.stop(str(message.get("reason") or message.get("code") or kind))

    def _meet(self, peer: str, instance: str) -> None:
        """Somebody is in the room, perhaps with a new page: unless they have consented, it is over before anything of theirs is taken."""
        present = {one[:SUBJECT_CHARS] for one in (*self._links, peer)}
        decision = may_record(self._order.permission, present, self._order.consenting)
        known = self._links.get(peer)
        if not decision.allowed:
            self.stop(decision.reason)
        elif known is not None and known.instance == instance:
            return
        elif self.began:  # the format can't take a new voice: a new recording can
            self.stop("newcomer")
        else:
            self._links[peer] = Link(peer, instance, self._servers, self._say, self._changed.set)
            if known is not None:
                self._closing = asyncio.create_task(known.close())

    def _forget(self, peer: str) -> None:
        link = self._links.pop(peer, None)
        if link is not None:
            self._closing = asyncio.create_task(link.close())
        if not self._links:
            self.stop("alone")

    async def _leave(self) -> None:
        """Told as soon as nothing more is taken: connections take their time to close on a busy machine."""
        self._film.stop()
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self._say("leave")
        await asyncio.gather(*(link.close() for link in self._links.values()))
        await self._film.end()

    async def _say(self, type: str, **fields: Any) -> None:  # noqa: A002 - the protocol's word
        if self._socket is not None:
            await self._socket.send_json({"type": type, **fields})


async def record(order: Order, orders: FileIO, sink: Sink) -> int:
    """Records until the room, the policy or whoever ordered it says that it is over."""
    recorder = Recorder(order, sink)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), orders)

    async def obey() -> None:
        await reader.read(1)
        recorder.stop("told")

    obeying = asyncio.create_task(obey())
    try:
        return await recorder.run()
    finally:
        obeying.cancel()


def main() -> int:
    """Exit code 0: there is a recording; 3: it was not permitted, and nothing was taken; 1: something failed."""
    orders = os.fdopen(sys.stdin.fileno(), "rb", 0)
    sink = os.fdopen(sys.stdout.fileno(), "wb", 0)
    try:
        order = Order.from_json(orders.readline())
    except Refused as refused:
        sys.stderr.write(f"nothing is recorded: {refused}\n")
        return NOT_PERMITTED
    try:
        return asyncio.run(record(order, orders, sink))
    except (aiohttp.ClientError, OSError) as error:
        sys.stderr.write(f"the recording failed: {type(error).__name__}\n")
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
