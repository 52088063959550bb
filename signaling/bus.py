"""What processes say to each other and remember together, and the form of it within one process. Redis is in redis_bus.py."""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from signaling.contract import Notice

log = logging.getLogger(__name__)

Handler = Callable[[Notice], Awaitable[None]]
EVERYBODY: Final = "*"  # among those barred from a room: it is closed


class BusAway(Exception):
    """The neighbour that remembers is away; what depends on it has to be refused for now."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who owns a room ("": nobody), and if that is us now: what the owner before left of it, and who may not enter."""

    owner: str
    moved: bytes = b""
    barred: frozenset[str] = frozenset()


class Line(Protocol):
    """What hears frames from other processes. None of it waits."""

    def hear(self, frame: bytes) -> None: ...
    def nobody(self, process: str) -> None: ...
    def broken(self) -> None: ...
    def again(self) -> None: ...


class Processes(Protocol):
    """Other processes of the same office: frames to them (at most once, in order), and which of us owns which room.

    `send` never waits. All others raise BusAway.
    """

    me: str

    def connect(self, line: Line) -> None: ...
    def send(self, process: str, frame: bytes) -> None: ...
    async def sent(self) -> None: ...
    async def claim(self, room: str, *, dead: str = "", only_known: bool = False) -> Claim: ...
    async def keep(self, rooms: Iterable[str]) -> list[str]: ...
    async def hand_over(self, rooms: Mapping[str, bytes]) -> None: ...
    async def bar(self, room: str, subject: str, for_s: int) -> None: ...
    async def absent(self, processes: Iterable[str]) -> list[str]: ...


class Bus(Protocol):
    """Notices are hints: at most once, in order per process. `once` is a promise and fails closed (BusAway)."""

    @property
    def processes(self) -> Processes | None: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def publish(self, notice: Notice) -> None: ...
    def subscribe(self, handler: Handler) -> None: ...
    async def once(self, key: str, ttl_s: int) -> bool: ...
    async def ready(self) -> bool: ...


async def deliver(handlers: list[Handler], notice: Notice) -> None:
    """Tells every handler; one handler's fault must not silence the others."""
    for handler in list(handlers):
        try:
            await handler(notice)
        except Exception:
            log.exception("notice handler failed: %s", notice.kind)


class InProcessBus:
    """Server and signaling in one process; forgets everything when the process ends."""

    processes = None

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._handlers: list[Handler] = []
        self._used: dict[str, float] = {}

    async def start(self) -> None:
        """Nothing to connect."""

    async def stop(self) -> None:
        self._handlers.clear()

    async def publish(self, notice: Notice) -> None:
        await deliver(self._handlers, notice)

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


def open_bus(redis_url: str | None) -> Bus:
    """The bus that fits the settings; not started yet."""
    if redis_url is None or not redis_url:
        return InProcessBus()
    from signaling.redis_bus import RedisBus

    return RedisBus(redis_url)
