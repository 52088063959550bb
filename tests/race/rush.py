"""A rush: an office with few times and several server processes, and a crowd that wants them all at once."""

import asyncio
import base64
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, insert, select, text

from server.booking.model import AppointmentRow, ClaimRow, DutyRow, TrainingRow
from server.catalog.hours import is_closed
from server.catalog.model import ServiceRow, SiteRow, UnitRow
from server.db import Database
from server.migrations.run import upgrade
from server.people.model import StaffRow
from tests.neighbours.process import Neighbour, free_port, port_answers, stop_all
from tests.office.nursery import Server

MINUTES = 15
SECRETS = {
    "SPRECHZEIT_SECRET": "s" * 40,
    "SPRECHZEIT_TICKET_SECRET": "t" * 40,
    "SPRECHZEIT_MASTER_KEY": base64.b64encode(b"m" * 32).decode(),
}


def next_workday(now: datetime) -> datetime:
    """Noon in UTC of a weekday at least a week ahead: no lead time, no holiday rule is in the way."""
    day = (now + timedelta(days=7)).replace(hour=6, minute=0, second=0, microsecond=0)
    while day.weekday() >= 5 or is_closed(None, day.date(), frozenset(), assumption_day=True):
        day += timedelta(days=1)
    return day


@dataclass
class Rush:
    """`times` start times of one home-office duty; `ports` of the server processes."""

    database_url: str
    folder: Path
    times: list[datetime]
    ports: list[int] = field(default_factory=list)
    processes: list[Neighbour] = field(default_factory=list)
    max_holds: int = 1000

    def serve(self, processes: int, max_holds: int = 1000) -> None:
        self.max_holds = max_holds
        for _ in range(processes):
            self.ports.append(free_port())
            self.processes.append(self._start(self.ports[-1]))
        for neighbour, port in zip(self.processes, self.ports, strict=True):
            neighbour.wait_until(partial(port_answers, port))

    def _start(self, port: int) -> Neighbour:
        env = {
            **SECRETS,
            "SPRECHZEIT_DATABASE_URL": self.database_url,
            "SPRECHZEIT_PORT": str(port),
            "SPRECHZEIT_PUBLIC_URL": f"http://localhost:{port}",
            "SPRECHZEIT_DATA_DIR": str(self.folder),
            "SPRECHZEIT_STORE": str(self.folder / "documents"),
            "SPRECHZEIT_MAX_HOLDS": str(self.max_holds),
            "SPRECHZEIT_ALTCHA_AFTER": "0",  # the whole crowd shares this machine's address
        }
        return Server(self.folder / f"{port}.log", env)

    def restart(self, number: int) -> None:
        """`kill -9`, and another process in its place on the same port."""
        self.processes[number].kill()
        self.processes[number] = self._start(self.ports[number])
        self.processes[number].wait_until(partial(port_answers, self.ports[number]))

    async def more_times(self, count: int) -> None:
        """A second duty right after the first, with times that nobody of the crowd asks for."""
        db = Database(self.database_url)
        place = {"place": "home", "takes_video": True, "demo": False, "step_minutes": MINUTES}
        start = self.times[-1] + timedelta(minutes=MINUTES)
        end = start + timedelta(minutes=MINUTES * count)
        async with db.write() as tx:
            await tx.execute(insert(DutyRow).values(staff_id=1, starts_at=start, ends_at=end, **place))
        await db.close()

    def stop(self) -> None:
        stop_all(self.processes)

    async def attempts(self, count: int) -> list[tuple[int, dict[str, Any]]]:
        """So many holds at once, spread over times and processes; (status, answer) each."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            return await asyncio.gather(*(self._hold(session, number) for number in range(count)))

    async def _hold(self, session: aiohttp.ClientSession, number: int) -> tuple[int, dict[str, Any]]:
        port = self.ports[number % len(self.ports)]
        start = self.times[number % len(self.times)]
        body = {"services": [{"id": "beratung", "count": 1}], "mode": "video", "start": start.isoformat()}
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        url = f"http://127.0.0.1:{port}/api/v1/holds"
        async with session.post(url, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def held_times(self) -> Counter[datetime]:
        """How often each time is held, as the database says."""
        db = Database(self.database_url)
        try:
            async with db.read() as tx:
                rows = await tx.scalars(
                    select(AppointmentRow.starts_at).where(AppointmentRow.state == "held")
                )
                return Counter(rows)
        finally:
            await db.close()

    async def claims(self) -> int:
        db = Database(self.database_url)
        try:
            async with db.read() as tx:
                return await tx.scalar(select(func.count()).select_from(ClaimRow)) or 0
        finally:
            await db.close()

    async def remove_the_guard(self) -> None:
        """Takes away the primary key of `claim`: what is left must fail, or the test proves nothing."""
        db = Database(self.database_url)
        async with db.write() as tx:
            if db.is_sqlite:
                await tx.execute(text("DROP TABLE claim"))
                columns = "duty_id INTEGER, tick INTEGER, appointment_id VARCHAR(32), expires_at DATETIME"
                await tx.execute(text(f"CREATE TABLE claim ({columns})"))
            else:
                await tx.execute(text("ALTER TABLE claim DROP CONSTRAINT pk_claim"))
        await db.close()


async def prepare(database_url: str, folder: Path, times: int) -> Rush:
    """A migrated database with one service, one clerk at home, and so many start times."""
    await upgrade(database_url)
    now = datetime.now(UTC)
    start = next_workday(now)
    db = Database(database_url)
    async with db.write() as tx:
        await tx.execute(insert(UnitRow).values(id="amt", position=1, name={"de": "Amt"}))
        await tx.execute(
            insert(SiteRow).values(id="haus", position=1, name="Haus", address="Weg 1", hours={})
        )
        await tx.execute(insert(ServiceRow).values(**_service()))
        staff = {"login": "a", "display": "A", "roles": ["clerk"], "languages": ["de"], "active": True}
        await tx.execute(insert(StaffRow).values(id=1, **staff))
        await tx.execute(insert(TrainingRow).values(staff_id=1, service_id="beratung"))
        end = start + timedelta(minutes=MINUTES * times)
        place = {"place": "home", "takes_video": True, "demo": False, "step_minutes": MINUTES}
        await tx.execute(insert(DutyRow).values(staff_id=1, starts_at=start, ends_at=end, **place))
    await db.close()
    return Rush(database_url, folder, [start + timedelta(minutes=MINUTES * n) for n in range(times)])


def _service() -> dict[str, Any]:
    return {
        "id": "beratung",
        "position": 1,
        "unit_id": "amt",
        "leika": "99012008000000",
        "name": {"de": "Beratung"},
        "description": {},
        "synonyms": [],
        "minutes": MINUTES,
        "modes": ["video"],
        "online_capable": True,
        "why_no_video": {},
        "fee_cents": 0,
        "max_count": 1,
        "excludes": [],
        "sites": [],
        "stations": [],
        "checklist": [],
        "lead_minutes": {},
        "hidden": False,
    }
