"""`kill -9` at every step of a sweep of everything: the report is exact at each moment, and in the end all is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from recordings_policy import classes as kinds
from recordings_policy.classes import CLASSES
from server.privacy.model_report import SweptRow
from tests.http.old_data import OldData, old_data
from tests.http.test_deletion_killed import Sweeper
from tests.office.city import City, only_sqlite

LATE = timedelta(days=4 * 365)
WIDER = (kinds.LIMITS, kinds.AUDIT, kinds.CONTACT, kinds.BOOKING, kinds.ROSTER, kinds.NOTICE)
ONE_BY_ONE = [one for one in CLASSES if one not in WIDER]
"""Of these every row is counted once; of the others there is more than the world's own appointment holds."""


async def told(data: OldData) -> dict[str, int]:
    query = select(SweptRow.class_key, func.sum(SweptRow.amount)).group_by(SweptRow.class_key)
    async with data.city.office.db.read() as tx:
        return {row[0]: row[1] for row in (await tx.execute(query)).all()}


async def exact(data: OldData, at_first: dict[str, int]) -> None:
    """What is there and what the report says is gone make what there was."""
    gone = await told(data)
    for kind in ONE_BY_ONE:
        left = await data.there(kind)
        assert left + gone.get(kind.key, 0) == at_first[kind.key], kind.key


@pytest.mark.criterion("J04")
@only_sqlite()
async def test_a_sweep_that_is_killed_at_every_step_leaves_an_exact_report_and_comes_to_its_end(
    city: City,
) -> None:
    data = await old_data(city)
    at_first = {kind.key: await data.there(kind) for kind in CLASSES}
    assert min(at_first.values()) > 0
    sweeper, step = await Sweeper.start(city, city.now + LATE, "all"), 1
    while await sweeper.is_killed_at(step):
        await exact(data, at_first)
        step += 1
    await sweeper.stop()
    assert step > 40, "each transaction was died in, and after"
    await exact(data, at_first)
    for kind in CLASSES:
        if kind is not kinds.AUDIT:  # its head stays, for the chain to go on
            assert await data.there(kind) == 0, kind.key
