"""A crowd that books while processes are killed: who got an answer, who found it again, and what the books say."""

import asyncio
import contextlib
import random
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from sqlalchemy import func, select

from server.booking.model import AppointmentRow, ClaimRow
from server.db import Database
from server.notices.outbox import OutboxRow
from tests.race.rush import Rush

PATIENCE_S = 180.0
AT_ONCE = 200
ENOUGH = 2


@dataclass
class Seen:
    """What the crowd was told. `again` counts requests that had to be sent once more with the same key."""

    booked: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    fewest_alternatives: int = 99
    statuses: Counter[int] = field(default_factory=Counter)
    again: int = 0
    found_again: int = 0


@dataclass
class Books:
    """What the database says when all is over."""

    starts: Counter[datetime]
    numbers: set[str]
    claims: int
    notices: Counter[str]


class Crowd:
    """So many citizens, each of whom wants one time and does not give up before there is an answer."""

    def __init__(
        self, rush: Rush, count: int, over_s: float = 0, enough: asyncio.Event | None = None
    ) -> None:
        """They come over `over_s` seconds, those who want the same time together: somebody wins all the while.

        The last one comes once there was `enough` of what the crowd is to stand."""
        self._rush, self._enough = rush, enough
        self._count = count
        self._pause_s = over_s / count
        self.seen = Seen()

    async def book(self) -> Seen:
        connector = aiohttp.TCPConnector(limit=AT_ONCE, force_close=True)
        timeout = aiohttp.ClientTimeout(total=20)
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            await asyncio.sleep(number * self._pause_s)
            if self._enough is not None and number == self._count - 1:
                await self._enough.wait()
            async with gate:
                await self._one(session, number)

        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            await asyncio.gather(*(one(number) for number in range(self._count)))
        return self.seen

    async def _one(self, session: aiohttp.ClientSession, number: int) -> None:
        start = self._rush.times[number * len(self._rush.times) // self._count]
        body = {"services": [{"id": "beratung", "count": 1}], "mode": "video", "start": start.isoformat()}
        status, held = await self._until_answered(session, "holds", body)
        if status == 409:
            self.seen.refused += 1
            self.seen.fewest_alternatives = min(self.seen.fewest_alternatives, len(held["alternatives"]))
            return
        assert status == 201, held
        person = {"hold": held["hold"], "name": "Erika Musterfrau", "email": f"e{number}@example.org"}
        status, booked = await self._until_answered(session, "appointments", person)
        assert status == 201, booked
        self.seen.booked[booked["number"]] = booked["token"]

    async def _until_answered(
        self, session: aiohttp.ClientSession, path: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Sends with one key, to any process, until one answers; 503 says "later", a dead process says nothing."""
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        tries = 0
        async with asyncio.timeout(PATIENCE_S):
            while True:
                url = f"http://127.0.0.1:{random.choice(self._rush.ports)}/api/v1/{path}"
                tries += 1
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, ConnectionError):
                    async with session.post(url, json=body, headers=headers) as answer:
                        self.seen.statuses[answer.status] += 1
                        if answer.status != 503:
                            self.seen.again += tries > 1
                            self.seen.found_again += tries > 1 and answer.status == 201
                            return answer.status, await answer.json()
                await asyncio.sleep(0.1)


@dataclass
class Killing:
    """Kills a random server process again and again, and starts it anew on its port, until it is `over`."""

    rush: Rush
    every_s: tuple[float, float]
    over: asyncio.Event = field(default_factory=asyncio.Event)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    killed: int = 0

    async def go_on(self) -> None:
        """Ends when the last one that was killed is there again: nobody else may touch a process that is just being started."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.over.wait(), random.uniform(*self.every_s))
                return
            self.killed += 1
            await asyncio.to_thread(self.rush.restart, random.randrange(len(self.rush.processes)))
            if self.killed >= ENOUGH:
                self.enough.set()


async def books_of(rush: Rush, restart: Callable[[], Awaitable[None]] | None = None) -> Books:
    """Read from the database once nobody writes any more."""
    if restart:
        await restart()
    db = Database(rush.database_url)
    try:
        async with db.read() as tx:
            confirmed = AppointmentRow.state == "confirmed"
            rows = (
                await tx.execute(select(AppointmentRow.starts_at, AppointmentRow.number).where(confirmed))
            ).all()
            taken = select(func.count()).where(
                ClaimRow.expires_at.is_(None), ClaimRow.appointment_id.is_not(None)
            )
            notices = await tx.scalars(select(OutboxRow.appointment_id).where(OutboxRow.event == "confirmed"))
            return Books(
                Counter(row.starts_at for row in rows),
                {row.number for row in rows},
                await tx.scalar(taken) or 0,
                Counter(str(one) for one in notices),
            )
    finally:
        await db.close()
