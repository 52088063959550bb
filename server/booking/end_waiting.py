"""Offers that nobody answered and entries whose window is over come to their end. Offering is `offer.py`."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy.classes import WAITING
from recordings_policy.retention import DEFAULTS, Periods
from server.access import WaitingEntry, waiting_entries
from server.booking.model import AppointmentRow
from server.booking.model_waiting import WaitingRow
from server.booking.waiting_list import forget_contact, let_go
from server.clock import berlin
from server.db import Database
from server.notices import outbox
from server.privacy.model_report import swept

MOST_RUN_OUT = 2


async def end_offers(db: Database, now: datetime) -> None:
    """Who does not answer keeps the place once; the second time the entry ends."""
    async with db.read() as tx:
        due = await waiting_entries(tx, WaitingRow.state == "offered", WaitingRow.offer_until <= now)
    for entry in due:
        over = entry.offers >= MOST_RUN_OUT
        values = {"state": "over", "ended_at": now} if over else {"state": "waiting"}
        async with db.write() as tx:
            one = update(WaitingRow).where(WaitingRow.id == entry.id, WaitingRow.state == "offered")
            ended = await tx.execute(
                one.where(WaitingRow.offer_until <= now).values(**values, offer_until=None)
            )
            if ended.rowcount == 1:
                await let_go(tx, entry, now)
                await _tell(tx, "offer-last" if over else "offer-over", entry, now)


async def end_entries(db: Database, now: datetime, periods: Periods = DEFAULTS) -> None:
    """Whose last day is over is told so; in their time nothing of them is left."""
    async with db.read() as tx:
        past = await waiting_entries(
            tx, WaitingRow.state == "waiting", WaitingRow.last_day < berlin(now).date()
        )
        old = await waiting_entries(tx, WaitingRow.ended_at <= now - periods.of(WAITING))
    for entry in past:
        async with db.write() as tx:
            one = update(WaitingRow).where(WaitingRow.id == entry.id, WaitingRow.state == "waiting")
            if (await tx.execute(one.values(state="over", ended_at=now))).rowcount == 1:
                await _tell(tx, "window-over", entry, now)
    for entry in old:
        async with db.write() as tx:
            if entry.state != "booked":
                await forget_contact(tx, entry.case_id, now)
            own = AppointmentRow.waiting_id == entry.id
            await tx.execute(update(AppointmentRow).where(own).values(waiting_id=None))
            gone = await tx.execute(delete(WaitingRow).where(WaitingRow.id == entry.id))
            await swept(tx, WAITING, gone.rowcount, now)
    if old:
        await db.settle()


async def _tell(tx: AsyncConnection, event: str, entry: WaitingEntry, now: datetime) -> None:
    facts = {"services": [list(pair) for pair in entry.services], "last": entry.last_day.isoformat()}
    await outbox.post(tx, event, None, facts, now, waiting_id=entry.id)
