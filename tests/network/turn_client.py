"""A small TURN client (RFC 8656) with blocking sockets: one request, one answer. For tests alone."""

import base64
import hashlib
import hmac
import socket
import ssl
import time
from dataclasses import dataclass
from struct import pack, unpack
from typing import Self

from signaling import stun
from signaling.stun import Address, Message, Signer

PATIENCE_S = 30.0
IPV4, IPV6 = b"\x01\0\0\0", b"\x02\0\0\0"


class RefusedByTurn(Exception):
    """The server's error; `code` is its number (401, 403, 486 …)."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class Credential:
    username: str
    password: str


def credential(secret: str, until: float, subject: str = "person") -> Credential:
    """As the office makes them, written down anew here."""
    username = f"{int(until)}:{subject}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return Credential(username, base64.b64encode(digest).decode())


class TurnClient:
    """Takes a connected socket: UDP, TCP, or TLS."""

    def __init__(self, connected: socket.socket, known: Credential) -> None:
        self._socket = connected
        self._stream = isinstance(connected, ssl.SSLSocket) or connected.type == socket.SOCK_STREAM
        self._known = known
        self._signer: Signer | None = None
        self._buffer = b""
        self._channel = 0x4000
        connected.settimeout(PATIENCE_S)

    def allocate(self, family: bytes = IPV4, transport: bytes = stun.UDP) -> Address:
        """The relayed address. RefusedByTurn."""
        asked = {stun.TRANSPORT: transport, stun.FAMILY: family}
        answer = self._ask(Message(stun.ALLOCATE, asked))
        return answer.address(stun.RELAYED)

    def greets(self) -> bool:
        """Whether a server asks back who we are."""
        self._socket.settimeout(0.5)
        return self._exchange(Message(stun.ALLOCATE, {stun.TRANSPORT: stun.UDP})).error == 401

    def permit(self, peer: str) -> None:
        """RefusedByTurn."""
        request = Message(stun.CREATE_PERMISSION)
        request.attributes[stun.PEER] = stun.pack_address((peer, 0), request.transaction)
        self._ask(request)

    def bind(self, peer: Address) -> int:
        """The channel's number. RefusedByTurn."""
        request = Message(stun.CHANNEL_BIND, {stun.CHANNEL: pack("!HH", self._channel, 0)})
        request.attributes[stun.PEER] = stun.pack_address(peer, request.transaction)
        self._ask(request)
        self._channel += 1
        return self._channel - 1

    def send(self, peer: Address, data: bytes) -> None:
        """As a Send indication; nothing is ever answered."""
        message = Message(stun.SEND_INDICATION)
        message.attributes = {
            stun.PEER: stun.pack_address(peer, message.transaction),
            stun.DATA: data,
        }
        self._socket.sendall(message.to_bytes())

    def send_on(self, channel: int, data: bytes) -> None:
        padding = bytes(-len(data) % 4) if self._stream else b""
        self._socket.sendall(pack("!HH", channel, len(data)) + data + padding)

    def receive(self) -> bytes:
        """The next data from a peer, by channel or as an indication. TimeoutError."""
        while True:
            data = self._next()
            if data[0] & 0xC0 == 0x40:
                return data[4 : 4 + unpack("!H", data[2:4])[0]]
            message = stun.parse(data)
            if message.type == stun.DATA_INDICATION:
                return message.attributes[stun.DATA]

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: Message) -> Message:
        answer = self._exchange(request)
        if answer.error in (401, 438) and stun.NONCE in answer.attributes:
            before = self._signer
            realm, nonce = answer.attributes[stun.REALM], answer.attributes[stun.NONCE]
            self._signer = Signer(self._known.username, self._known.password, realm, nonce)
            if before is None or answer.error == 438:
                answer = self._exchange(request)
        if answer.error:
            raise RefusedByTurn(answer.error)
        return answer

    def _exchange(self, request: Message) -> Message:
        data = request.to_bytes(self._signer)
        deadline = time.monotonic() + PATIENCE_S
        self._socket.sendall(data)
        while time.monotonic() < deadline:
            answer = self._next()
            if answer[0] & 0xC0 == 0 and stun.parse(answer).transaction == request.transaction:
                return stun.parse(answer)
        raise TimeoutError

    def _next(self) -> bytes:
        if not self._stream:
            return self._socket.recv(65_536)
        while len(self._buffer) < 4 or len(self._buffer) < self._framed():
            more = self._socket.recv(65_536)
            if not more:
                raise ConnectionResetError("the relay closed the connection")
            self._buffer += more
        whole = self._framed()
        data, self._buffer = self._buffer[:whole], self._buffer[whole:]
        return data

    def _framed(self) -> int:
        length = int(unpack("!H", self._buffer[2:4])[0])
        return 4 + length + -length % 4 if self._buffer[0] & 0xC0 == 0x40 else 20 + length
