"""Inserts that go to the database in one visit: all or nothing, and it is said which of them was refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from server.booking.model import AppointmentRow, ProofRow
from server.booking.run_steps import StepBroken, run_steps
from tests.office.city import City, only_sqlite

PROOF = insert(ProofRow)
UNTIL = datetime(2027, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)


def proof(name: str) -> dict[str, Any]:
    return {"signature_hash": name, "expires_at": UNTIL}


async def proofs(city: City) -> dict[str, datetime]:
    async with city.office.db.read() as tx:
        return {row.signature_hash: row.expires_at for row in await tx.execute(select(ProofRow.__table__))}


async def test_all_steps_are_written_and_read_back_the_same(city: City) -> None:
    async with city.office.db.write() as tx:
        await run_steps(tx, [(PROOF, [proof("a"), proof("b")]), (PROOF, [proof("c")])])
    assert await proofs(city) == dict.fromkeys("abc", UNTIL)


@pytest.mark.criterion("K08")
async def test_a_refused_step_is_named_and_leaves_nothing_behind(city: City) -> None:
    with pytest.raises(StepBroken) as broken:
        async with city.office.db.write() as tx:
            await run_steps(tx, [(PROOF, [proof("a")]), (PROOF, [proof("b"), proof("a")])])
    assert broken.value.position == 1
    assert await proofs(city) == {}
    async with city.office.db.write() as tx:
        await run_steps(tx, [(PROOF, [proof("a")])])
    assert set(await proofs(city)) == {"a"}


@only_sqlite()
async def test_a_column_that_was_forgotten_is_no_silent_null(city: City) -> None:
    """On SQLite no default is filled in here, so a row has to name what has one."""
    with pytest.raises(TypeError, match="sequence"):
        async with city.office.db.write() as tx:
            await run_steps(tx, [(insert(AppointmentRow), [{"id": "x", "number": "y"}])])
