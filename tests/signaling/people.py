"""People who talk to signaling in tests, and the office that gives them tickets. Asserts nothing by itself."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient

from signaling.app import HUB, PATH, SWITCHBOARD
from signaling.contract import HOST_RIGHTS, Part, Role, Ticket, mint, participant_id
from signaling.hub import Hub
from signaling.messages import SUBPROTOCOL
from signaling.switchboard import Switchboard

SECRET = "a-ticket-secret-for-tests-of-signaling-only"
NOON = 1_795_345_200
PATIENCE_S = 60.0  # with a machine that is busy elsewhere
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
CHAT = SDP + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n"

Message = dict[str, Any]
AnyClient = TestClient[web.Request, web.Application]
OpenSocket = Callable[..., Awaitable[ClientWebSocketResponse]]


async def until(holds: Callable[[], bool]) -> None:
    """Waits, within reason, for what another task or process will do in a moment."""
    async with asyncio.timeout(2 * PATIENCE_S):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


class SetTime:
    """Epoch seconds that stand still until they are moved."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Person:
    """One WebSocket. What was heard and not yet asked for waits in `heard`."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: list[Message] = []
        self.seen = 0
        self.welcome: Message = {}

    @property
    def id(self) -> str:
        return str(self.welcome["self"])

    async def say(self, kind_of: str, /, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind_of, **fields}))

    async def next(self) -> Message:
        frame = await self.socket.receive(PATIENCE_S)
        if frame.type is not WSMsgType.TEXT:
            raise ConnectionResetError(f"closed with {self.socket.close_code}")
        return self._read(frame.data)

    def _read(self, text: str) -> Message:
        message: Message = json.loads(text)
        self.seen = message.get("n", self.seen)
        return message

    async def hear(self, kind_of: str, /, **like: Any) -> Message:
        """The first message of this type (and these fields), waiting for it if need be; others stay in `heard`."""
        for message in self.heard:
            if message["type"] == kind_of and like.items() <= message.items():
                self.heard.remove(message)
                return message
        while True:
            message = await self.next()
            if message["type"] == kind_of and like.items() <= message.items():
                return message
            self.heard.append(message)

    async def settled(self) -> list[Message]:
        """All that has arrived, once everything said so far by this person has been worked off."""
        await self.say("candidate", to="nobody-of-that-name", candidate="")
        while True:
            message = await self.next()
            if (
                message["type"] == "error"
                and message["code"] == "not-a-peer"
                and message["of"] == "candidate"
            ):
                heard, self.heard = self.heard, []
                return heard
            self.heard.append(message)

    async def closed(self) -> int:
        """The close code, after reading whatever comes before it into `heard`."""
        while True:
            frame = await self.socket.receive(PATIENCE_S)
            if frame.type is WSMsgType.CLOSE:  # the code that was sent, also when the line is cut by now
                return int(frame.data)
            if frame.type is not WSMsgType.TEXT:
                assert self.socket.close_code is not None
                return self.socket.close_code
            self.heard.append(json.loads(frame.data))

    @asynccontextmanager
    async def staying(self) -> AsyncIterator[None]:
        """Listens meanwhile, so that signaling's heartbeats are answered."""

        async def listen() -> None:
            async for frame in self.socket:
                self.heard.append(self._read(frame.data))

        task = asyncio.create_task(listen())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def drop(self) -> None:
        """The line breaks without a word."""
        response = self.socket._response
        assert response.connection is not None
        assert response.connection.transport is not None
        response.connection.transport.abort()
        await asyncio.sleep(0)


class Desk:
    """A signaling process that is reached over the network alone, and a way in for everybody."""

    def __init__(self, open_socket: OpenSocket, time: Callable[[], float]) -> None:
        self._open_socket = open_socket
        self.now = time
        self.began = int(time())

    def ticket(self, role: Role = "guest", who: str = "", room: str = "room-one", **other: Any) -> Ticket:
        subject = participant_id(SECRET, room, f"{role}|{who}")
        rights = HOST_RIGHTS if role == "host" else ()
        part: Part = "clerk" if role == "host" else "citizen"
        ticket = Ticket(
            room,
            role,
            subject,
            who or role,
            self.began - 900,
            self.began + 3600,
            rights,
            secrets.token_hex(8),
            part,
        )
        return replace(ticket, **other)

    def token(self, role: Role = "guest", who: str = "", room: str = "room-one", **other: Any) -> str:
        return mint(self.ticket(role, who, room, **other), SECRET, self.now())

    async def open(self, **headers: str) -> Person:
        return Person(
            await self._open_socket(PATH, protocols=(SUBPROTOCOL,), headers=headers, autoclose=True)
        )

    async def enter(
        self,
        role: Role = "guest",
        who: str = "",
        room: str = "room-one",
        instance: str = "",
        device: str = "",
        **other: Any,
    ) -> Person:
        person = await self.open()
        instance = instance or secrets.token_hex(8)
        more = {"device": device} if device else {}
        await person.say("hello", ticket=self.token(role, who, room, **other), instance=instance, **more)
        person.welcome = await person.hear("welcome")
        person.welcome["instance"] = instance
        return person

    async def resume(self, before: Person, seen: int | None = None) -> Person:
        person = await self.open()
        await person.say(
            "hello",
            resume=before.welcome["session"],
            seen=before.seen if seen is None else seen,
            instance=before.welcome["instance"],
        )
        person.welcome = await person.hear("welcome") | {"instance": before.welcome["instance"]}
        return person

    async def back(self, before: Person, role: Role, who: str, room: str) -> Person:
        """What a page does when its session is over: the same page with a new ticket."""
        person = await self.open()
        instance = before.welcome["instance"]
        await person.say("hello", resume=before.welcome["session"], seen=before.seen, instance=instance)
        assert (await person.hear("error"))["code"] == "no-such-session"
        await person.say("hello", ticket=self.token(role, who, room), instance=instance)
        person.welcome = await person.hear("welcome") | {"instance": instance}
        return person


class Office(Desk):
    """Signaling in this process, with its clock."""

    def __init__(self, client: AnyClient, time: SetTime) -> None:
        super().__init__(client.ws_connect, time)
        self.client = client
        self.time = time

    @property
    def switchboard(self) -> Switchboard:
        assert self.client.app is not None
        return self.client.app[SWITCHBOARD]

    async def leave(self) -> None:
        """The process is told to stop."""
        assert self.client.app is not None
        await self.client.app.shutdown()

    @property
    def hub(self) -> Hub:
        assert self.client.app is not None
        return self.client.app[HUB]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for what the server's own loop will do in a moment."""
        await until(holds)


async def meet(offices: tuple[Office, Office]) -> tuple[Person, Person]:
    """A call: the clerk at the process that owns the room, the citizen at the other."""
    host, guest = await offices[0].enter("host", "Huber"), await offices[1].enter("guest", "anna")
    await host.say("admit", guest=guest.id)
    await guest.hear("admitted")
    await host.settled()
    await guest.settled()
    assert ("room-one" in offices[0].hub.rooms, "room-one" in offices[1].hub.rooms) == (True, False)
    return host, guest
