"""A scheduler changes how a place's capacity is released; every process follows. The rules are in `release.py`."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, insert

from server.access import Staff
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import announce
from server.booking.model_release import ReleasePlanRow
from server.booking.release import check
from server.catalog.model import Catalogue, ReleasePart
from server.db import Database
from server.errors import NotFound


def places(catalogue: Catalogue) -> list[str]:
    """The scopes that can have a plan of their own."""
    return ["home", *catalogue.sites]


async def set_release(
    db: Database, calendar: Calendar, staff: Staff, scope: str, plan: Sequence[ReleasePart], now: datetime
) -> None:
    """Stores the plan of a place; an empty one takes it away: then everything is open at once.

    `PlanRefused` for a plan that can't work, `NotFound` for a place that is not there.
    """
    if scope not in ("*", *places(await calendar.catalogue(now))):
        raise NotFound
    if plan:
        check(plan)
    async with db.write() as tx:
        await tx.execute(delete(ReleasePlanRow).where(ReleasePlanRow.scope == scope))
        if plan:
            parts = [asdict(part) for part in plan]
            await tx.execute(insert(ReleasePlanRow).values(scope=scope, parts=parts, changed_at=now))
        await record(tx, now, staff.actor, "release.changed", scope, parts=len(plan))
        await announce(tx, None, now)
    calendar.catalogue_changed()
