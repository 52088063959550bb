"""Whoever of the staff opens a citizen's case leaves an entry with the reason, before anything is shown.

The reason is the one for which `access` lets them in. Long after the appointment that says little: then they are asked.
The routes are found by their addresses, so that a new one below a case can't be forgotten.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff, way_in
from server.audit import LOOKED, AuditRow, look_once, record_look
from server.db import Database
from server.errors import NotFound, ReasonNeeded

OBVIOUS: Final = timedelta(days=2)
GIVEN_LASTS: Final = timedelta(hours=1)
GIVEN: Final = ("follow-up", "question", "complaint", "inspection")
BELOW_CASE: Final = re.compile(r"/(?:api/v1/)?office/appointments/\{(\w+)\}(?:/([a-z-]+))?")
THINGS: Final = {"documents": "documents", "room": "room", "entry": "room"}


@dataclass(frozen=True, slots=True)
class Look:
    """`name`: under which the route's address has the appointment; `what` is looked at."""

    name: str
    what: str


@cache
def look_of(path: str) -> Look | None:
    """What a route of staff shows of a case; None for all others, and for the one that asks for the reason."""
    found = BELOW_CASE.match(path)
    if not found or found[2] == "reason":
        return None
    return Look(found[1], THINGS.get(found[2] or "", "case"))


async def note_look(db: Database, staff: Staff, appointment_id: str, what: str, now: datetime) -> None:
    """`ReasonNeeded` when they have to say why. Where `access` will let nobody in there is nothing to note."""
    async with db.read() as tx:
        way = await way_in(tx, staff, appointment_id)
        if way is None:
            return
        why, ends_at = way
        if now > ends_at + OBVIOUS:
            why = await _given(tx, staff, appointment_id, now)
        once = look_once(now, staff.actor, appointment_id, what)
        if await tx.scalar(select(AuditRow.id).where(AuditRow.once == once)) is not None:
            return
    async with db.write() as tx:
        await record_look(tx, now, staff.actor, appointment_id, what, why)


async def give_reason(db: Database, staff: Staff, appointment_id: str, why: str, now: datetime) -> None:
    """They said why; it holds for an hour's work. `NotFound` for whom `access` would not let in."""
    async with db.write() as tx:
        if await way_in(tx, staff, appointment_id) is None:
            raise NotFound
        await record_look(tx, now, staff.actor, appointment_id, "reason", why)


async def _given(tx: AsyncConnection, staff: Staff, appointment_id: str, now: datetime) -> str:
    recent = (
        AuditRow.action == LOOKED,
        AuditRow.object_id == appointment_id,
        AuditRow.at > now - GIVEN_LASTS,
    )
    query = select(AuditRow.detail).where(*recent, AuditRow.actor == staff.actor).order_by(AuditRow.at.desc())
    for detail in await tx.scalars(query):
        if detail["why"] in GIVEN:
            return str(detail["why"])
    raise ReasonNeeded(appointment_id)
