"""One WebSocket: one task reads, one writer sends, one `finally` cleans up. What is said means something elsewhere."""

import asyncio
import logging
from collections import deque
from typing import Final

from aiohttp import WSMsgType, web

from signaling.bus import BusAway
from signaling.closing import (
    BAD_MESSAGES,
    GOING_AWAY,
    HELLO_TIMEOUT,
    NOT_ALLOWED,
    TOO_FAST,
    TOO_LARGE,
    TRY_AGAIN,
    Cut,
    close_code,
)
from signaling.effects import Refused
from signaling.fields import BadMessage
from signaling.messages import MESSAGE_BYTES, Error, Hello
from signaling.settings import SignalingSettings
from signaling.switchboard import Speaker, Switchboard
from signaling.wire import encode, parse

log = logging.getLogger(__name__)

HELLOS: Final = 3
TICKET_FACTOR: Final = 5  # after a failed resume the client has to fetch a ticket first
GOODBYE_S: Final = 1.0
TURN: Final = 16


class Connection:
    """Owned by the task that runs `run`. Others only `put` and `shut`, and neither ever waits."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        request: web.Request,
        switchboard: Switchboard,
        settings: SignalingSettings,
    ) -> None:
        self._socket = socket
        self._request = request
        self._switchboard = switchboard
        self._settings = settings
        self.gone = asyncio.Event()
        self._out: deque[str] = deque()
        self._chars = 0
        self._wake = asyncio.Event()
        self._code: int | None = None
        self._tokens = float(settings.rate_burst)
        self._filled = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """From the first message to the last; returns when the socket is closed."""
        speaker: Speaker | None = None
        writer = asyncio.create_task(self._write())
        code = GOING_AWAY
        try:
            speaker = await self._greet()
            await self._converse(speaker)
        except Cut as cut:
            code = cut.code
            if cut.error is not None:
                self.put(encode(cut.error))
        finally:
            if speaker is not None:
                speaker.gone()
            self.shut(code)
            try:
                await asyncio.wait_for(writer, GOODBYE_S)
            except (TimeoutError, ConnectionError):
                self._abort()
            self.gone.set()

    def put(self, text: str) -> None:
        """Sends a text, or queues it behind others. A reader that does not keep up is cut off; it may resume."""
        if self._code is not None or (not self._out and self._sent_at_once(text)):
            return
        self._out.append(text)
        self._chars += len(text)
        if len(self._out) > self._settings.queue_messages or self._chars > self._settings.queue_chars:
            log.info("slow reader cut off")
            self._code = TOO_FAST
            self._abort()
        self._wake.set()

    def _sent_at_once(self, text: str) -> bool:
        """While the system takes all that is written, sending never waits, and the writer need not be woken for it."""
        transport = self._request.transport
        if transport is None or transport.get_write_buffer_size() > 0:
            return False
        sending = self._socket.send_str(text)
        try:
            sending.send(None)
        except StopIteration:
            return True
        except ConnectionError:
            return False  # closing: the writer finds that out too, and ends
        sending.close()  # it is written; this was about room for the next
        return True

    def shut(self, code: int) -> None:
        """Closes with this code once everything queued is sent; the first code counts."""
        if self._code is None:
            self._code = code
            self._wake.set()

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._out:
                text = self._out.popleft()
                self._chars -= len(text)
                await self._socket.send_str(text)
            if self._code is not None:
                await self._socket.close(code=self._code)
                return

    async def _greet(self) -> Speaker:
        patience = self._settings.hello_s
        for _ in range(HELLOS):
            try:
                async with asyncio.timeout(patience):
                    text = await self._next()
                row, hello = parse(text)
            except TimeoutError:
                raise Cut(HELLO_TIMEOUT, "hello-timeout", "no hello in time") from None
            except BadMessage as bad:
                raise Cut(BAD_MESSAGES, bad.code, bad.detail) from None
            if not isinstance(hello, Hello):
                raise Cut(NOT_ALLOWED, "not-allowed", f"{row.type} before hello")
            try:
                return await self._switchboard.enter(hello, text, self)
            except BusAway:
                # Whether the ticket was used can't be known now; a later try finds out.
                raise Cut(
                    TRY_AGAIN, "try-again", "it is not known now whether this ticket was used"
                ) from None
            except Refused as refused:
                if refused.code != "no-such-session":
                    raise Cut(close_code(refused.code), refused.code, refused.detail) from None
                self.put(encode(Error(refused.code, refused.detail, "hello")))
                patience = self._settings.hello_s * TICKET_FACTOR
        raise Cut(TOO_FAST, "too-fast", "too many hellos")

    async def _converse(self, speaker: Speaker) -> None:
        hear, count = speaker.hear, 0
        while True:
            hear(await self._next())
            count += 1
            if (
                count % TURN == 0
            ):  # texts that arrived together are read without a pause: others must have their turn
                await asyncio.sleep(0)

    async def _next(self) -> str:
        """The next text. Raises Cut when there is none or it is too much."""
        message = await self._socket.receive()
        if message.type is not WSMsgType.TEXT:
            if message.type is WSMsgType.BINARY:
                raise Cut(BAD_MESSAGES, "bad-message", "text only")
            raise Cut(GOING_AWAY)
        text: str = message.data
        if len(text) > MESSAGE_BYTES or (not text.isascii() and len(text.encode()) > MESSAGE_BYTES):
            raise Cut(TOO_LARGE, "too-large", f"more than {MESSAGE_BYTES} bytes")
        now = asyncio.get_running_loop().time()
        self._tokens += (now - self._filled) * self._settings.rate_per_s
        self._filled = now
        self._tokens = min(self._tokens, self._settings.rate_burst) - 1
        if self._tokens < 0:
            raise Cut(TOO_FAST, "too-fast", "too many messages")
        return text

    def _abort(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()
