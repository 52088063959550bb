"""Asks a TURN server for an allocation, as a browser would, and whether it spares inner addresses. For checks, not for calls."""

import asyncio
import re
import ssl
from dataclasses import dataclass
from struct import pack, unpack
from typing import Final

from signaling import stun
from signaling.stun import Address, Message, Signer

URL: Final = re.compile(r"(turns?):(\[[0-9a-fA-F:.]+\]|[^:?\s]+)(?::(\d+))?(?:\?transport=(udp|tcp))?")
# Of each kind one: a relay that speaks to any of these leads into the house.
INNER: Final = ("10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.0.1", "100.64.0.1")
PATIENCE_S: Final = 5.0
AGAIN_S: Final = 1.0


class TurnTrouble(Exception):
    """The server answered, but not with an allocation; `code` is its number (401: the secret does not fit)."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True, slots=True)
class Probed:
    """The address that it relays from, and the inner addresses that it would speak to."""

    relayed: Address
    open_to: tuple[str, ...]


class _Line(asyncio.DatagramProtocol):
    """One way to the server: whole messages in both directions."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[Message] = asyncio.Queue()
        self.transport: asyncio.DatagramTransport | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.reading: asyncio.Task[None] | None = None

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002
        try:
            self.answers.put_nowait(stun.parse(data))
        except ValueError:
            return

    async def read(self, reader: asyncio.StreamReader) -> None:
        while True:
            head = await reader.readexactly(stun.HEADER_BYTES)
            body = await reader.readexactly(unpack("!H", head[2:4])[0])
            self.datagram_received(head + body, None)

    def send(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.sendto(data)
        elif self.writer is not None:
            self.writer.write(data)

    def close(self) -> None:
        if self.reading is not None:
            self.reading.cancel()
        for end in (self.transport, self.writer):
            if end is not None:
                end.close()

    async def ask(self, request: Message, signer: Signer | None) -> Message:
        while True:
            self.send(request.to_bytes(signer))
            try:
                async with asyncio.timeout(AGAIN_S):
                    while (answer := await self.answers.get()).transaction != request.transaction:
                        continue
                    return answer
            except TimeoutError:
                if self.writer is not None and self.writer.is_closing():
                    raise ConnectionResetError from None


async def probe(url: str, username: str, credential: str) -> Probed:
    """Raises ValueError (no TURN address), OSError (ssl.SSLError among them), TimeoutError, TurnTrouble."""
    async with asyncio.timeout(PATIENCE_S):
        line = await _connect(url)
        try:
            first = await line.ask(_allocate(), None)
            realm, nonce = first.attributes.get(stun.REALM, b""), first.attributes.get(stun.NONCE, b"")
            signer = Signer(username, credential, realm, nonce)
            answer = await line.ask(_allocate(), signer)
            if answer.error or answer.type != stun.ALLOCATE | stun.SUCCESS:
                raise TurnTrouble(answer.error)
            spoken_to = [peer for peer in INNER if not (await line.ask(_permission(peer), signer)).error]
            line.send(Message(stun.REFRESH, {stun.LIFETIME: pack("!I", 0)}).to_bytes(signer))
            return Probed(answer.address(stun.RELAYED), tuple(spoken_to))
        finally:
            line.close()


async def _connect(url: str) -> _Line:
    found = URL.fullmatch(url)
    if found is None:
        raise ValueError(url)
    scheme, host, port, transport = found.groups()
    place = (host.strip("[]"), int(port or (5349 if scheme == "turns" else 3478)))
    line = _Line()
    if scheme == "turn" and transport != "tcp":
        loop = asyncio.get_running_loop()
        line.transport, _ = await loop.create_datagram_endpoint(lambda: line, remote_addr=place)
        return line
    secure = ssl.create_default_context() if scheme == "turns" else None
    reader, line.writer = await asyncio.open_connection(*place, ssl=secure)
    line.reading = asyncio.create_task(line.read(reader))
    return line


def _allocate() -> Message:
    return Message(stun.ALLOCATE, {stun.TRANSPORT: stun.UDP})


def _permission(peer: str) -> Message:
    request = Message(stun.CREATE_PERMISSION)
    request.attributes[stun.PEER] = stun.pack_address((peer, 0), request.transaction)
    return request
