"""One duty on one day, beside everything that comes back by itself."""

from datetime import datetime, timedelta

from server.access import Staff
from server.audit import record
from server.db import Database
from server.planning.crew import doubly_used, refuse_unknown_site
from server.planning.duties import Duty, DutyRefused, add_duties

REACH = timedelta(days=400)


async def add_single(db: Database, staff: Staff, duty: Duty, now: datetime) -> tuple[int, list[Duty]]:
    """Stores it; returns its id, and the duty once more if its desk is used twice. Raises `DutyRefused`."""
    if duty.ends_at <= now or duty.starts_at > now + REACH:
        raise DutyRefused("Der Dienst ist vorbei oder liegt mehr als 400 Tage voraus.")
    if (duty.ends_at - duty.starts_at).total_seconds() > 24 * 3600:
        raise DutyRefused("Ein Dienst dauert höchstens 24 Stunden.")
    async with db.write() as tx:
        await refuse_unknown_site(tx, duty.site_id)
        warned = await doubly_used(tx, [duty])
        (duty_id,) = await add_duties(tx, [duty], now)
        await record(tx, now, staff.actor, "duty.add", str(duty_id))
    return duty_id, warned
