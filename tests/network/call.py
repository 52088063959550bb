"""A video call over the small Internet: the office in the city's house, each person's own Chromium on her own machine."""

import asyncio
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Playwright, async_playwright, expect

from tests.browser.people import PATIENCE_MS, Citizen, Clerk, figure, new_person
from tests.neighbours.browser import ARGUMENTS, find_chromium
from tests.neighbours.process import Neighbour
from tests.network.eyes import KEEP_CONNECTIONS
from tests.network.internet import CITY, Internet
from tests.network.namespaces import Host
from tests.network.relay import SECRET, Relay
from tests.office.seeding import outside_the_loop, seed
from tests.office.served import ROOT, as_environment

PORT = 8080
HOME_PAGE = f"http://{CITY}:{PORT}"
NAME = "Erika Musterfrau"
GONE_MS = 90_000


@dataclass
class Call:
    """Two people; `citizen.page` and `clerk.page` show the room."""

    internet: Internet
    citizen: Citizen
    clerk: Clerk
    room: str = ""

    async def frames(self, page: Page) -> float:
        return await figure(page, "framesDecoded")

    async def meet(self) -> None:
        """The citizen waits, the clerk admits, both see a moving picture."""
        await self.citizen.enter()
        if not self.room:
            await self.clerk.open_room(NAME)
            await self.clerk.page.get_by_test_id("room-state").wait_for()
            self.room = self.clerk.page.url
        else:
            await self.clerk.page.goto(self.room)
        await self.clerk.admit()
        for page in (self.citizen.page, self.clerk.page):
            await rises(lambda page=page: self.frames(page), by=5)  # type: ignore[misc]

    async def part(self) -> None:
        """Both leave, then the network is made whole."""
        try:
            await self.leave()
        finally:
            self.internet.heal()
        for page in (self.citizen.page, self.clerk.page):
            await page.goto("about:blank")

    async def leave(self) -> None:
        """Said while it can still be heard, so that the next meeting begins in the waiting room."""
        for page in (self.citizen.page, self.clerk.page):
            leave = page.get_by_test_id("leave")
            if await leave.count():
                await leave.click()
                await expect(leave).to_have_count(0)
            # Where the citizen's line was away at that moment, the place is kept for a minute.
            await expect(self.clerk.page.locator("video[data-peer]")).to_have_count(0, timeout=GONE_MS)


async def until(what: Callable[[], Awaitable[bool]], within_s: float = 60, every_s: float = 0.1) -> None:
    async with asyncio.timeout(within_s):
        while not await what():  # noqa: ASYNC110  what a page shows can only be looked at
            await asyncio.sleep(every_s)


async def rises(measure: Callable[[], Awaitable[float]], by: float = 0, within_s: float = 60) -> None:
    before = await measure()

    async def more() -> bool:
        now = await measure()
        return now > before + by

    await until(more, within_s)


@asynccontextmanager
async def office(
    internet: Internet, folder: Path, turn: Relay | None, **changes: Any
) -> AsyncIterator[Neighbour]:
    """The server with signaling inside, on the city's machine."""
    database_url = f"sqlite+aiosqlite:///{folder}/city.sqlite3"
    outside_the_loop(seed(database_url, datetime.now(UTC), duty_now=True))
    settings = {"host": CITY, "public_url": HOME_PAGE, **changes}
    if turn is not None:
        settings |= {"turn_urls": ",".join(turn.urls), "turn_secret": SECRET, **changes}
    environment = as_environment(database_url, folder, PORT, settings)
    command = internet.city.inside(sys.executable, "-m", "server", "serve")
    server = Neighbour(command, folder / "server.log", env=environment, cwd=ROOT)
    try:
        await asyncio.to_thread(server.wait_until, lambda: internet.city.answers(CITY, PORT))
        yield server
    finally:
        server.stop()


async def browser_at(host: Host, playwright: Playwright, folder: Path) -> Browser:
    """A Chromium whose every socket is on that host. It speaks with the test over a pipe."""
    wrapper = folder / f"chromium-at-{host.name}"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(host.inside(find_chromium()))} "$@"\n')
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    # Camera and microphone need a secure origin, and the little Internet has no certificates for pages.
    more = (f"--unsafely-treat-insecure-origin-as-secure={HOME_PAGE}", "--ignore-certificate-errors")
    return await playwright.chromium.launch(executable_path=wrapper, args=[*ARGUMENTS, *more])


@asynccontextmanager
async def call(internet: Internet, folder: Path, turn: Relay | None, **changes: Any) -> AsyncIterator[Call]:
    """Booked and signed in; `meet` begins the conversation."""
    expect.set_options(timeout=PATIENCE_MS)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(office(internet, folder, turn, **changes))
        playwright = await stack.enter_async_context(async_playwright())
        pages = []
        for host in (internet.citizen, internet.clerk):
            browser = await browser_at(host, playwright, folder)
            stack.push_async_callback(browser.close)
            pages.append(await new_person(browser))
            await pages[-1].add_init_script(KEEP_CONNECTIONS)
        citizen, clerk = Citizen(pages[0], HOME_PAGE), Clerk(pages[1], HOME_PAGE)
        await citizen.book_video("Bauberatung", NAME)
        await clerk.sign_in("clerk1")
        yield Call(internet, citizen, clerk)
