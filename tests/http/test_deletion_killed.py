"""`kill -9` at every single step of a sweep, one after the other: nothing is seen that should be gone, and all of it goes."""

import asyncio
import sys
from datetime import datetime
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import select

from recordings_policy.classes import CONTACT
from server.audit import AuditRow
from server.booking.model import CaseRow
from server.documents.model import DocumentRow
from tests.http.tus import Upload, pdf
from tests.office.city import City
from tests.office.papers import a_pdf
from tests.office.served import ROOT

Standing = tuple[frozenset[str], frozenset[str], int]


class Sweeper:
    """Sweeps in another process, which is killed at the step of your choice."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, city: City, at: datetime, what: str = "documents") -> "Sweeper":
        arguments = (city.settings.database_url, str(city.settings.store), at.isoformat(), what)
        command = (sys.executable, "-m", "tests.http.sweeper", *arguments)
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT))

    async def is_killed_at(self, step: int) -> bool:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"%d\n" % step)
        said = (await asyncio.wait_for(self._process.stdout.readline(), 60)).strip()
        assert said in (b"killed", b"done")
        return said == b"killed"

    async def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


async def sent(city: City, booked: dict[str, Any]) -> str:
    form = FormData(quote_fields=False)
    form.add_field("file", a_pdf(), filename="plan.pdf")
    answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=form)
    return str((await answer.json())["id"])


async def standing(city: City) -> Standing:
    """Files, rows of documents, and open cases; with what must hold at every moment."""
    files = frozenset(path.stem for path in city.settings.store.iterdir())
    async with city.office.db.read() as tx:
        columns = (DocumentRow.id, DocumentRow.deleted_at, CaseRow.closed_at, CaseRow.wrapped_key)
        rows = (await tx.execute(select(*columns).join(CaseRow, CaseRow.id == DocumentRow.case_id))).all()
        cases = (
            await tx.execute(select(CaseRow.wrapped_key, CaseRow.contact_sealed, CaseRow.closed_at))
        ).all()
    assert files <= {row.id for row in rows}, "a row goes only after its bytes"
    for row in rows:
        assert row.closed_at is None or row.deleted_at is not None, (
            "a closed case has no document that can be seen"
        )
    for case in cases:
        gone = {value is None for value in (case.wrapped_key, case.contact_sealed)}
        assert gone == {case.closed_at is not None}, "key and person go together"
    return files, frozenset(row.id for row in rows), sum(case.closed_at is None for case in cases)


@pytest.mark.criterion("D11")
async def test_a_sweep_that_is_killed_at_every_step_comes_to_its_end(city: City) -> None:
    booked = [await city.book("bauberatung", "video", nth=nth) for nth in (0, 1)]
    documents = [await sent(city, one) for one in (booked[0], booked[0], booked[1])]
    unfinished = Upload(city, booked[1])
    await unfinished.create(1000)
    await unfinished.patch(pdf(1000)[:500], 0)
    city.clock.set(max(datetime.fromisoformat(one["end"]) for one in booked) + CONTACT.period)
    sweeper, seen = await Sweeper.start(city, city.now), [await standing(city)]
    step = 1
    while await sweeper.is_killed_at(step):
        if (now := await standing(city)) == seen[-1]:
            step += 1  # nothing was to be done up to there: it dies a step later
            continue
        seen.append(now)
        step = 1
    await sweeper.stop()
    assert len(seen) == 7, "both cases closed; four files one by one; then the rows"
    assert await standing(city) == (frozenset(), frozenset(), 0)
    async with city.office.db.read() as tx:
        query = select(AuditRow.object_id).where(AuditRow.action == "document.deleted")
        assert sorted(await tx.scalars(query)) == sorted([*documents, unfinished.id])
