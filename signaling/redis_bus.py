"""The bus over Redis: one connection listens per process, one writer keeps frames in order. What they mean is told to others."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from signaling import lease
from signaling.bus import BusAway, Claim, Handler, Line, deliver
from signaling.contract import Notice

log = logging.getLogger(__name__)

CHANNEL: Final = "sprechzeit:notices"
TO: Final = "sprechzeit:to:"
ONCE: Final = "sprechzeit:once:"
RETRY_S: Final = (0.1, 0.3, 1.0, 2.0)
LISTEN_S: Final = 30.0
WAITING_BYTES: Final = 16 * 1024 * 1024
TURN: Final = 64


class RedisBus:
    """Many processes. Redis away: notices and frames are lost (logged), `once` and claims raise BusAway."""

    def __init__(self, url: str) -> None:
        self.me = secrets.token_urlsafe(9)
        self._url = url
        self._handlers: list[Handler] = []
        self._line: Line | None = None
        self._redis: Redis | None = None
        self._writer: Redis | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._listening = asyncio.Event()
        self._out: list[tuple[str, bytes]] = []
        self._waiting = 0
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def processes(self) -> "RedisBus":
        return self

    def connect(self, line: Line) -> None:
        self._line = line

    async def start(self) -> None:
        """Starts listening; returns once the subscription stands, or after 2 s without (it goes on trying)."""
        if self._tasks:
            return
        self._redis, self._writer = self._client(tries=2), self._client(tries=1)
        self._tasks = [
            asyncio.create_task(self._listen(self._redis)),
            asyncio.create_task(self._write(self._writer)),
        ]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), 2)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        for client in (self._redis, self._writer):
            if client is not None:
                await client.aclose()
        self._redis = self._writer = None
        self._handlers.clear()
        self._line = None

    # ── notices and what is used once ─────────────────────────────────────────────────────────────────────────────
    async def publish(self, notice: Notice) -> None:
        try:
            async with self._asking() as redis:
                await redis.publish(CHANNEL, notice.to_json())
        except BusAway as away:
            log.warning("notice %s lost, Redis away: %s", notice.kind, away)

    def subscribe(self, handler: Handler) -> None:
        self._handlers.append(handler)

    async def once(self, key: str, ttl_s: int) -> bool:
        """True the first time within `ttl_s` seconds, over all processes. Raises BusAway."""
        async with self._asking() as redis:
            return bool(await redis.set(ONCE + key, b"1", nx=True, ex=ttl_s))

    async def ready(self) -> bool:
        try:
            async with self._asking() as redis:
                return bool(await redis.ping())
        except BusAway:
            return False

    # ── other processes ───────────────────────────────────────────────────────────────────────────────────────────
    def send(self, process: str, frame: bytes) -> None:
        """Queues a frame for another process. Whoever does not listen, or a lost Redis, is told to the line."""
        self._out.append((process, frame))
        self._waiting += len(frame)
        self._idle.clear()
        self._wake.set()
        if self._waiting > WAITING_BYTES:
            self._lose("too much to send")

    async def sent(self) -> None:
        """Returns once everything queued has gone to Redis, or was lost."""
        await self._idle.wait()

    async def claim(self, room: str, *, dead: str = "", only_known: bool = False) -> Claim:
        async with self._asking() as redis:
            return await lease.claim(redis, self.me, room, dead=dead, only_known=only_known)

    async def keep(self, rooms: Iterable[str]) -> list[str]:
        async with self._asking() as redis:
            return await lease.keep(redis, self.me, rooms)

    async def hand_over(self, rooms: Mapping[str, bytes]) -> None:
        async with self._asking() as redis:
            await lease.hand_over(redis, self.me, rooms)

    async def bar(self, room: str, subject: str, for_s: int) -> None:
        async with self._asking() as redis:
            await lease.bar(redis, room, subject, for_s)

    async def absent(self, processes: Iterable[str]) -> list[str]:
        """Which of them do not listen any more."""
        async with self._asking() as redis:
            counted = await redis.pubsub_numsub(*(TO + name for name in processes))
            gone = [name for name, listeners in counted if not listeners]
            return [(name.decode() if isinstance(name, bytes) else name).removeprefix(TO) for name in gone]

    def _client(self, tries: int) -> Redis:
        # Once more for a connection that went stale; frames never, they could come twice.
        retry = Retry(NoBackoff(), tries - 1)
        return Redis.from_url(self._url, socket_connect_timeout=2, socket_timeout=5, retry=retry)

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Redis]:
        if self._redis is None:
            raise BusAway("not started")
        try:
            yield self._redis
        except (RedisError, OSError) as error:
            raise BusAway(type(error).__name__) from error

    # ── the two tasks ─────────────────────────────────────────────────────────────────────────────────────────────
    async def _write(self, redis: Redis) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._out:
                batch, self._out, self._waiting = self._out, [], 0
                together = redis.pipeline(transaction=False)
                for process, frame in batch:
                    together.publish(TO + process, frame)
                try:
                    heard = await together.execute()
                except (RedisError, OSError) as error:
                    self._lose(type(error).__name__)
                    continue
                for process in {name for (name, _), count in zip(batch, heard, strict=True) if count == 0}:
                    self._tell("nobody", process)
            self._idle.set()

    async def _listen(self, redis: Redis) -> None:
        failures = 0
        while True:
            try:
                async with redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(CHANNEL, TO + self.me)
                    if self._writer is not None:  # its line to the Redis that went away is dead as well
                        await self._writer.connection_pool.disconnect(inuse_connections=False)
                    self._listening.set()
                    failures = 0
                    self._tell("again")
                    await self._hear_all(channel)
            except (RedisError, OSError) as error:
                self._listening.clear()
                self._lose(type(error).__name__)
                wait = RETRY_S[min(failures, len(RETRY_S) - 1)]
                failures += 1
                log.warning("Redis away (%s), listening again in %.1f s", type(error).__name__, wait)
                await asyncio.sleep(wait)

    async def _hear_all(self, channel: Any) -> None:
        mine, heard = (TO + self.me).encode(), 0
        while True:
            message = await channel.get_message(timeout=LISTEN_S)
            if message is None:
                continue
            if message["channel"] == mine:
                self._tell("hear", message["data"])
            else:
                await self._hear_notice(message["data"])
            heard += 1
            if heard % TURN == 0:  # what has arrived together must not keep the sockets waiting
                await asyncio.sleep(0)

    async def _hear_notice(self, data: bytes) -> None:
        try:
            notice = Notice.from_json(data)
        except (ValueError, RecursionError):
            log.warning("a message on the notice channel was not a notice")
            return
        await deliver(self._handlers, notice)

    def _lose(self, why: str) -> None:
        """What is not certain to arrive in order is given up; whoever waits for it is told."""
        self._out, self._waiting = [], 0
        self._idle.set()
        log.warning("frames to other processes are lost: %s", why)
        self._tell("broken")

    def _tell(self, what: str, *given: Any) -> None:
        # A fault in one room, or a socket that closes at this moment, must never silence the others.
        try:
            if self._line is not None:
                getattr(self._line, what)(*given)
        except Exception:
            log.exception("hearing from another process failed: %s", what)
