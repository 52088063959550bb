"""Every file of the corpus gets the verdict it deserves, from one office with a real clamd; and none of them fells it."""

import asyncio
from collections.abc import Iterator

import pytest
from aiohttp import ClientSession, TCPConnector
from sqlalchemy import select

from server.audit import AuditRow
from server.db import Database
from tests.corpus.sample import Sample
from tests.corpus.sending import Citizen
from tests.corpus.watching import Watch
from tests.corpus.whole import corpus
from tests.neighbours.clamav import ClamdServer
from tests.office.city import only_sqlite
from tests.office.served import ServeCity

pytestmark = only_sqlite()
AT_ONCE = 4
MORE_MEMORY_MB = 256
CHILD_S = 10.5  # the limit is ten, and the kernel looks once in a while


@pytest.mark.long
@pytest.mark.criterion("D03", "D04", "D05", "D09")
async def test_every_file_gets_the_verdict_it_deserves(
    serve_city: ServeCity, shared_clamd: ClamdServer, database_url: str
) -> None:
    served = await asyncio.to_thread(serve_city, clamd=shared_clamd.address, upload_limit_mb=100)
    samples = corpus()
    wrong: dict[str, list[str]] = {}
    hints: dict[str, Sample] = {}
    with Watch(served.processes[0].pid) as watch:
        async with ClientSession(served.url, connector=TCPConnector(limit=AT_ONCE)) as session:
            booking = asyncio.Lock()
            work = (_all(Citizen(session, booking), samples, wrong, hints) for _ in range(AT_ONCE))
            await asyncio.gather(*work)
            async with session.get("/healthz") as answer:
                assert answer.status == 200
    wrong |= await _wrongly_recorded(database_url, hints)
    assert not wrong, "\n".join(f"{name}: {'; '.join(faults)}" for name, faults in wrong.items())
    stored = {path.suffix for path in (served.folder / "documents").rglob("*") if path.is_file()}
    assert stored == {".sealed"}
    assert watch.most_of_server - watch.before <= MORE_MEMORY_MB
    assert watch.largest_child <= MORE_MEMORY_MB
    assert watch.longest_child <= CHILD_S


async def _all(
    citizen: Citizen, samples: Iterator[Sample], wrong: dict[str, list[str]], hints: dict[str, Sample]
) -> None:
    for sample in samples:
        data = await asyncio.to_thread(sample.make)
        document, faults = await citizen.send(sample, data)
        if document and sample.shown:
            faults += await citizen.look(sample, document["id"])
        if document and sample.hints is not None:
            hints[document["id"]] = sample

        if faults:
            wrong[sample.name] = faults


async def _wrongly_recorded(database_url: str, hints: dict[str, Sample]) -> dict[str, list[str]]:
    """What a file could do by itself stands in the record."""
    db = Database(database_url)
    try:
        async with db.read() as tx:
            query = select(AuditRow.object_id, AuditRow.detail).where(AuditRow.action == "document.taken-in")
            told = {document: detail["active"] for document, detail in await tx.execute(query)}
    finally:
        await db.close()
    return {
        sample.name: [f"recorded as {told.get(document)}"]
        for document, sample in hints.items()
        if set(told.get(document, ["nothing"])) != set(sample.hints or ())
    }
