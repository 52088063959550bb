"""A document of 100 MB on its way in and out, sealed and looked into, against a bare handler that pours it to the disk.

In go a form, and one part of a resumable upload; the time ends with the answer, when the file may be looked at.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp

from tests.bench.booking import Office, database
from tests.bench.harness import Measured, alone, bench, in_turn
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.office.papers import a_pdf
from tests.race.rush import Rush, prepare

MEGABYTES, RUNS, TIMES = 100, 5, 32
LIMIT = "bare aiohttp handler, the same bytes to the disk and fsync; no sealing, no looking into the file, no database"
TUS = {"Tus-Resumable": "1.0.0"}
Send = Callable[[], Awaitable[None]]


class Papers:
    """One server process, a bare one beside it, and a file; each upload goes to an appointment of its own."""

    def __init__(self, rush: Rush, bare: str, session: aiohttp.ClientSession) -> None:
        self._office = Office(rush, rush.times)
        self._bare, self._session = bare, session
        self.server = rush.processes[0]
        self._file = a_pdf(os.urandom(MEGABYTES * 1_000_000))
        self._documents = ""

    async def _timed(self, send: Send) -> float:
        begin = time.perf_counter()
        await send()
        return MEGABYTES / (time.perf_counter() - begin)

    async def form(self) -> float:
        await self._book()
        return await self._timed(partial(self._post, self._documents))

    async def bare_form(self) -> float:
        return await self._timed(partial(self._post, self._bare))

    async def _post(self, url: str) -> None:
        filled = aiohttp.FormData()
        filled.add_field("file", self._file, filename="plan.pdf", content_type="application/pdf")
        async with self._session.post(url, data=filled) as answer:
            assert answer.status == 201, await answer.text()

    async def part(self) -> float:
        await self._book()
        said = {**TUS, "Upload-Length": str(len(self._file)), "Upload-Metadata": "filename cGxhbi5wZGY="}
        async with self._session.post(self._documents, headers=said) as answer:
            place = f"{self._office.url}{answer.headers['Location']}"
        return await self._timed(partial(self._patch, place))

    async def bare_part(self) -> float:
        return await self._timed(partial(self._patch, self._bare))

    async def _patch(self, url: str) -> None:
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        async with self._session.patch(url, data=self._file, headers={**TUS, **kind}) as answer:
            assert answer.status in (201, 204), await answer.text()

    async def download(self) -> float:
        if not self._documents:
            await self.form()
        async with self._session.get(self._documents) as answer:
            (document,) = await answer.json()
        return await self._timed(partial(self._get, f"{self._documents}/{document['id']}"))

    async def bare_download(self) -> float:
        await self.bare_form()
        return await self._timed(partial(self._get, self._bare))

    async def _get(self, url: str) -> None:
        size = 0
        async with self._session.get(url) as answer:
            async for chunk in answer.content.iter_any():
                size += len(chunk)
        assert size == len(self._file)

    async def _book(self) -> None:
        person = {"hold": await self._office.hold(self._session), "name": "Erika Musterfrau"}
        async with self._session.post(f"{self._office.url}/api/v1/appointments", json=person) as answer:
            token = (await answer.json())["token"]
        self._documents = f"{self._office.url}/api/v1/appointments/{token}/documents"

    async def grown(self, work: Callable[[], Awaitable[float]]) -> float:
        """By how many MiB the server's process grew at most while it did this."""
        process = Path(f"/proc/{self.server.pid}")
        (process / "clear_refs").write_text("5")
        before = resident(process, "VmRSS")
        await work()
        return (resident(process, "VmHWM") - before) / 1024


def resident(process: Path, what: str) -> int:
    return int(re.findall(rf"{what}:\s+(\d+) kB", (process / "status").read_text())[0])


@asynccontextmanager
async def papers() -> AsyncIterator[Papers]:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name,
        database("sqlite", Path(name)) as url,
    ):
        folder, port = Path(name), free_port()
        rush = await prepare(url, folder, TIMES)
        bare = Neighbour(
            [sys.executable, "-m", "tests.bench.bare_upload", name, f"{port}"], folder / "bare.log"
        )
        try:
            rush.serve(1, max_holds=1000)
            bare.wait_until(partial(port_answers, port))
            async with aiohttp.ClientSession() as session:
                yield Papers(rush, f"http://127.0.0.1:{port}/", session)
        finally:
            bare.stop()
            rush.stop()


@bench("upload-form", unit="MB/s", limit=LIMIT, goal=">= 0.5")
async def upload_form() -> Measured:
    async with papers() as one:
        return await in_turn(one.form, one.bare_form, runs=RUNS)


@bench("upload-resumable", unit="MB/s", limit=LIMIT, goal=">= 0.5")
async def upload_resumable() -> Measured:
    async with papers() as one:
        return await in_turn(one.part, one.bare_part, runs=RUNS)


@bench(
    "download", unit="MB/s", limit="bare aiohttp handler that reads the same bytes from a file", goal=">= 0.5"
)
async def download() -> Measured:
    async with papers() as one:
        return await in_turn(one.download, one.bare_download, runs=RUNS)


@bench("upload-memory", unit="MB", limit="none: by how much the server grows at most", goal="<= 32 MB")
async def upload_memory() -> Measured:
    """Form, resumable upload and download, one after the other, after a first round of each."""
    async with papers() as one:
        for work in (one.form, one.download, one.part):
            await work()
        return await alone(partial(largest, one), runs=2)


async def largest(one: Papers) -> float:
    return max([await one.grown(work) for work in (one.form, one.download, one.part)])
