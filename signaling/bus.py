"""Carries notices between processes and remembers what was used once: in process, or over Redis. Nothing else."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol

from signaling.contract import Notice

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = logging.getLogger(__name__)

Handler = Callable[[Notice], Awaitable[None]]
CHANNEL: Final = "sprechzeit:notices"
ONCE: Final = "sprechzeit:once:"
RETRY_S: Final = (0.1, 0.3, 1.0, 2.0)
LISTEN_S: Final = 30.0


class BusAway(Exception):
    """The neighbour that remembers is away; what depends on it has to be refused for now."""


class Bus(Protocol):
    """Notices are hints: at most once, in order per process. `once` is a promise and fails closed (BusAway)."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def publish(self, notice: Notice) -> None: ...
    def subscribe(self, handler: Handler) -> None: ...
    async def once(self, key: str, ttl_s: int) -> bool: ...
    async def ready(self) -> bool: ...


async def _deliver(handlers: list[Handler], notice: Notice) -> None:
    for handler in list(handlers):
        try:
            await handler(notice)
        except Exception:  # one handler's fault must not silence the others
            log.exception("notice handler failed: %s", notice.kind)


class InProcessBus:
    """Server and signaling in one process; forgets everything when the process ends."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._handlers: list[Handler] = []
        self._used: dict[str, float] = {}

    async def start(self) -> None:
        """Nothing to connect."""

    async def stop(self) -> None:
        self._handlers.clear()

    async def publish(self, notice: Notice) -> None:
        await _deliver(self._handlers, notice)

    def subscribe(self, handler: Handler) -> None:
        self._handlers.append(handler)

    async def once(self, key: str, ttl_s: int) -> bool:
        """True the first time within `ttl_s` seconds."""
        now = self._monotonic()
        if self._used.get(key, now) > now:
            return False
        if len(self._used) > 1000:
            self._used = {known: until for known, until in self._used.items() if until > now}
        self._used[key] = now + ttl_s
        return True

    async def ready(self) -> bool:
        return True


class RedisBus:
    """Many processes; one connection listens per process. Redis away: notices are lost (logged), `once` refuses."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._handlers: list[Handler] = []
        self._redis: Redis | None = None
        self._listener: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def start(self) -> None:
        """Starts listening; returns once the subscription stands, or after 2 s without (it goes on trying)."""
        from redis.asyncio import Redis

        if self._listener is not None:
            return
        self._redis = Redis.from_url(self._url, socket_connect_timeout=2, socket_timeout=5)
        self._listener = asyncio.create_task(self._listen(self._redis))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), 2)

    async def stop(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._listener = None
        if self._redis is not None:
            await self._redis.aclose()
            self._redis = None
        self._handlers.clear()

    async def publish(self, notice: Notice) -> None:
        from redis.exceptions import RedisError

        try:
            await self._open().publish(CHANNEL, notice.to_json())
        except (RedisError, OSError, BusAway) as error:
            log.warning("notice %s lost, Redis away: %s", notice.kind, type(error).__name__)

    def subscribe(self, handler: Handler) -> None:
        self._handlers.append(handler)

    async def once(self, key: str, ttl_s: int) -> bool:
        """True the first time within `ttl_s` seconds, over all processes. Raises BusAway."""
        from redis.exceptions import RedisError

        try:
            return bool(await self._open().set(ONCE + key, b"1", nx=True, ex=ttl_s))
        except (RedisError, OSError) as error:
            raise BusAway(type(error).__name__) from error

    async def ready(self) -> bool:
        from redis.exceptions import RedisError

        try:
            return bool(await self._open().ping())
        except (RedisError, OSError, BusAway):
            return False

    def _open(self) -> "Redis":
        if self._redis is None:
            raise BusAway("not started")
        return self._redis

    async def _listen(self, redis: "Redis") -> None:
        from redis.exceptions import RedisError

        failures = 0
        while True:
            try:
                async with redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(CHANNEL)
                    self._listening.set()
                    failures = 0
                    while True:
                        await self._hear(await channel.get_message(timeout=LISTEN_S))
            except (RedisError, OSError) as error:
                wait = RETRY_S[min(failures, len(RETRY_S) - 1)]
                failures += 1
                log.warning("Redis away (%s), listening again in %.1f s", type(error).__name__, wait)
                await asyncio.sleep(wait)

    async def _hear(self, message: dict[str, object] | None) -> None:
        data = message.get("data") if message else None
        if not isinstance(data, bytes):
            return
        try:
            notice = Notice.from_json(data)
        except (ValueError, RecursionError):
            log.warning("a message on the notice channel was not a notice")
            return
        await _deliver(self._handlers, notice)


def open_bus(redis_url: str | None) -> Bus:
    """The bus that fits the settings; not started yet."""
    return RedisBus(redis_url) if redis_url else InProcessBus()
