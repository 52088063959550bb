"""Recurring work, each piece done by one process at a time. A late job never grants or loses anything."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.holds import holds
from server.clock import Clock
from server.db import Base, Database, UtcDateTime
from server.errors import Unavailable

log = logging.getLogger("sprechzeit.jobs")


class JobRow(Base):
    """When a recurring job is due next, and until when a process has it in hand."""

    __tablename__ = "job"
    __data__ = holds(nothing="name due_at locked_until")

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Job:
    """`run(now)` must be safe to repeat: a process may die in the middle of it."""

    name: str
    every: timedelta
    run: Callable[[datetime], Awaitable[object]]
    at_most: timedelta = timedelta(minutes=2)


class JobRunner:
    """Looks every few seconds which jobs are due. A job that fails is logged and tried at its next time."""

    def __init__(self, db: Database, clock: Clock, jobs: list[Job]) -> None:
        self._db = db
        self._clock = clock
        self.jobs = jobs

    async def run_forever(self, stopping: asyncio.Event, look_every_s: float = 2.0) -> None:
        """Until `stopping` is set; a job under way is finished first."""
        while not stopping.is_set():
            try:
                await self.run_due()
            except Unavailable:
                log.warning("database away, jobs wait")
            except Exception as error:  # noqa: BLE001  the runner must outlive whatever a database says
                log.error("jobs stopped for a moment: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), look_every_s)

    async def run_due(self) -> list[str]:
        """Runs what is due now and free to take; returns the names."""
        done = []
        known = await self._known()
        for job in self.jobs:
            now = self._clock.now()
            if job.name not in known:
                await self._announce(job, now)
            elif known[job.name] > now:
                continue
            if await self._take(job, now):
                await self._run(job, now)
                done.append(job.name)
        return done

    async def _known(self) -> dict[str, datetime]:
        async with self._db.read() as tx:
            rows = await tx.execute(select(JobRow.name, JobRow.due_at))
            return {row.name: row.due_at for row in rows}

    async def _run(self, job: Job, now: datetime) -> None:
        try:
            await job.run(now)
        except Exception as error:  # noqa: BLE001  a failing job must not stop the others
            log.error("job %s failed: %s", job.name, type(error).__name__)
        mine = (JobRow.name == job.name, JobRow.locked_until == now + job.at_most)
        async with self._db.write() as tx:
            await tx.execute(update(JobRow).where(*mine).values(due_at=now + job.every, locked_until=None))

    async def _take(self, job: Job, now: datetime) -> bool:
        free = or_(JobRow.locked_until.is_(None), JobRow.locked_until < now)
        async with self._db.write() as tx:
            taken = await tx.execute(
                update(JobRow)
                .where(JobRow.name == job.name, JobRow.due_at <= now, free)
                .values(locked_until=now + job.at_most)
            )
        return taken.rowcount == 1

    async def _announce(self, job: Job, now: datetime) -> None:
        try:
            async with self._db.write() as tx:
                await tx.execute(insert(JobRow).values(name=job.name, due_at=now, locked_until=None))
        except IntegrityError:
            log.debug("job %s was announced by another process", job.name)
