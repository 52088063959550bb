"""What a period would change, said before it is in force: how much would go now, how much would stay longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from recordings_policy.data_class import DataClass
from recordings_policy.retention import Periods
from server.db import Database
from server.privacy.stock import due, there


@dataclass(frozen=True, slots=True)
class Effect:
    """Counted now: `deleted_now` by the new period alone, `kept_longer` and `gone_earlier` of what is there."""

    there: int
    deleted_now: int
    kept_longer: int
    gone_earlier: int


async def effect_of(
    db: Database, data_class: DataClass, period: timedelta, periods: Periods, now: datetime
) -> Effect:
    """Against the periods in force; what these would delete anyway does not count."""
    new = Periods({**periods.changed, data_class.key: period})
    async with db.read() as tx:
        all_of_it = await there(tx, data_class)
        by_old = await due(tx, data_class, periods, now)
        by_new = await due(tx, data_class, new, now)
    if period > periods.of(data_class):
        return Effect(all_of_it, 0, all_of_it - by_new, 0)
    return Effect(all_of_it, by_new - by_old, 0, all_of_it - by_new)
