"""A large plan reaches the office over a line that breaks again and again, also when the page is loaded anew meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.people import new_person
from tests.http.tus import pdf
from tests.office.city import City, only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite()]
MEGABYTE = 1_000_000
SIZE = 120 * MEGABYTE
ARRIVES_MS = 300_000


class BreakingLine:
    """A line to the city that is cut, both ways and without a word, each time `every` bytes have gone up."""

    def __init__(self, port: int, breaks: int, every: int, *, stays_down: bool = False) -> None:
        self._stays_down = stays_down
        self._to, self._left, self._every = port, breaks, every
        self._sent = 0
        self._open: set[asyncio.StreamWriter] = set()
        self.broken = 0
        self.all_broken = asyncio.Event()
        self.usable = asyncio.Event()
        self.usable.set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield f"http://localhost:{server.sockets[0].getsockname()[1]}"
            for writer in self._open:
                writer.transport.abort()

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        await self.usable.wait()
        far, on = await asyncio.open_connection("127.0.0.1", self._to)
        self._open |= {on, back}
        ways = [asyncio.create_task(self._up(near, on)), asyncio.create_task(self._down(far, back))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for writer in (on, back):
            with contextlib.suppress(OSError):
                writer.transport.abort()

    async def _up(self, near: asyncio.StreamReader, on: asyncio.StreamWriter) -> None:
        while data := await near.read(65_536):
            await self.usable.wait()
            self._sent += len(data)
            on.write(data)
            await on.drain()
            if self._left and self._sent >= self._every:
                self._sent = 0
                self._left -= 1
                self.broken += 1
                if not self._left:
                    self.all_broken.set()
                    if self._stays_down:
                        self.usable.clear()
                return

    async def _down(self, far: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while data := await far.read(65_536):
            back.write(data)
            await back.drain()


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("plans") / "bauplan.pdf"
    file.write_bytes(pdf(SIZE))
    return file


async def choose(page: Page, plan: Path) -> None:
    await page.get_by_label("Was ist das?").select_option(value="lageplan")
    await page.get_by_label("Datei", exact=True).set_input_files(plan)
    await page.get_by_role("button", name="Datei senden").click()


@pytest.mark.criterion("D02")
async def test_a_plan_of_120_megabytes_arrives_over_a_line_that_breaks_five_times(
    browser: Browser, city: City, plan: Path
) -> None:
    booked = await city.book("bauberatung", "video")
    line = BreakingLine(city.client.make_url("/").port or 0, breaks=5, every=15 * MEGABYTE)
    page = await new_person(browser, phone=True)
    page.set_default_timeout(ARRIVES_MS)
    async with line.open() as address:
        await page.goto(f"{address}/a/{booked['token']}")
        await choose(page, plan)
        await expect(page.get_by_text("Angekommen", exact=True)).to_be_visible(timeout=ARRIVES_MS)
    assert line.broken == 5
    [document] = await (await city.client.get(f"/api/v1/appointments/{booked['token']}/documents")).json()
    assert (document["size"], document["state"]) == (plan.stat().st_size, "checking")


@pytest.mark.criterion("D02")
async def test_who_comes_back_to_the_page_goes_on_with_the_same_file_where_it_was(
    browser: Browser, city: City, plan: Path
) -> None:
    booked = await city.book("bauberatung", "video")
    line = BreakingLine(city.client.make_url("/").port or 0, breaks=1, every=20 * MEGABYTE, stays_down=True)
    page = await new_person(browser)
    page.set_default_timeout(ARRIVES_MS)
    offsets: list[int] = []
    page.on("request", lambda asked: offsets.append(int(asked.headers.get("upload-offset", -1))))
    async with line.open() as address:
        await page.goto(f"{address}/a/{booked['token']}")
        await choose(page, plan)
        await line.all_broken.wait()
        await page.goto("about:blank")
        line.usable.set()
        await page.goto(f"{address}/a/{booked['token']}")
        offsets.clear()
        await choose(page, plan)
        await expect(page.get_by_text("Angekommen", exact=True)).to_be_visible(timeout=ARRIVES_MS)
    assert min(offset for offset in offsets if offset >= 0) > 10 * MEGABYTE
