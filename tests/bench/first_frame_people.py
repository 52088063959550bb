"""Who measures the room: a citizen and a clerk in ours, two callers in the bare one, each with a browser context of
her own. What is measured stands in the benchmarks."""

import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Browser, Page, async_playwright

from tests.bench.first_frame_line import DIRECT, Line
from tests.browser.people import Clerk, new_person
from tests.neighbours.browser import ARGUMENTS, find_chromium
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.office.seeding import seed
from tests.office.served import ROOT, as_environment

NOTHING = "about:blank"
PATIENCE_S = 20.0
CALM_S = 0.5  # between "everything is ready" and the click: what ran before is over then
CONNECTED = """async () => {
  const room = document.querySelector('sz-room');
  const connected = async () => (await room.statistics())[0]?.connectionState === 'connected';
  while (!(await connected())) await new Promise((later) => setTimeout(later, 50));
}"""
# When a mark was or will be set, on the clock that all pages of a machine share.
AT = """name => new Promise((resolve) => {
  const seen = (list) => list.getEntriesByName(name).forEach((mark) => resolve(mark.startTime));
  new PerformanceObserver(seen).observe({ type: 'mark', buffered: true });
})"""
MARKED = """name => new Promise((resolve) => {
  const seen = (list) => list.getEntriesByName(name).forEach((mark) => resolve(performance.timeOrigin + mark.startTime));
  new PerformanceObserver(seen).observe({ type: 'mark', buffered: true });
})"""


async def marked_at(page: Page, name: str) -> float:
    """Milliseconds since the epoch of the mark, as soon as there is one."""
    async with asyncio.timeout(PATIENCE_S):
        return float(await page.evaluate(MARKED, name))


async def between(first: tuple[Page, str], then: tuple[Page, str]) -> float:
    """Milliseconds from one page's mark to the other's."""
    end = await marked_at(*then)
    return end - await marked_at(*first)


# A clerk without a moment's thought.
ADMIT_AT_ONCE = """new MutationObserver(() => document.querySelector('[data-testid=admit]:enabled')?.click())
  .observe(document, { subtree: true, childList: true, attributes: true });"""


async def since_navigation(page: Page, url: str, mark: str) -> float:
    """Opens the address; milliseconds from then to the mark."""
    await page.goto(url, wait_until="commit")
    async with asyncio.timeout(PATIENCE_S):
        return float(await page.evaluate(AT, mark))


@dataclass
class OurRoom:
    """A booked appointment, its room's two pages, and the people who look at them."""

    citizen: Page
    clerk: Page
    citizen_url: str
    clerk_url: str

    async def wait_prepared(self) -> None:
        """Both are there and the transport stands; nobody is admitted."""
        await self.citizen.goto(self.citizen_url)
        await self.clerk.goto(self.clerk_url)
        await self.clerk.get_by_test_id("admit").wait_for()

        async with asyncio.timeout(PATIENCE_S):
            for page in (self.citizen, self.clerk):
                await page.evaluate(CONNECTED)
        await asyncio.sleep(CALM_S)

    async def admit(self) -> float:
        """From the clerk's click to the clerk's picture before the citizen, milliseconds."""
        await self.wait_prepared()
        await self.clerk.get_by_test_id("admit").click()
        spent = await between((self.clerk, "sz-admitted"), (self.citizen, "sz-first-frame"))
        await self.part()
        return spent

    async def join(self) -> float:
        """From the citizen's opening the address to the clerk's picture; the clerk is there and admits at once."""
        await self.clerk.goto(self.clerk_url)
        await self.clerk.locator("[data-testid=room-state][data-state=waiting]").wait_for()
        await self.clerk.evaluate(ADMIT_AT_ONCE)
        await asyncio.sleep(CALM_S)
        spent = await since_navigation(self.citizen, self.citizen_url, "sz-first-frame")
        await self.part()
        return spent

    async def part(self) -> None:
        for page in (self.citizen, self.clerk):
            if await page.get_by_test_id("leave").count():
                await page.get_by_test_id("leave").click()
            await page.goto(NOTHING)


@dataclass
class BareRoom:
    """Two pages on the bare relay; the one that calls also has the page with both ends in it."""

    caller: Page
    callee: Page
    url: str
    line: Line

    async def call(self) -> float:
        """From the caller's click to the caller's picture before the callee, milliseconds."""
        room = secrets.token_hex(4)
        for page in (self.callee, self.caller):
            query = self.line.query if page is self.caller else ""
            await page.goto(f"{self.url}/call.html?{query}#{room}")
            await page.locator("button:enabled").wait_for()
        await asyncio.sleep(CALM_S)
        await self.caller.locator("button").click()
        spent = await between((self.caller, "called"), (self.callee, "first-frame"))
        await self.part()
        return spent

    async def call_itself(self) -> float:
        """The same within one page."""
        await self.caller.goto(f"{self.url}/one_page.html?{self.line.query}")
        await self.caller.locator("button:enabled").wait_for()
        await asyncio.sleep(CALM_S)
        await self.caller.locator("button").click()
        spent = await between((self.caller, "called"), (self.caller, "first-frame"))
        await self.part()
        return spent

    async def join(self) -> float:
        """From opening the address to the picture of the other, who is there; who comes calls at once."""
        room = secrets.token_hex(4)
        await self.callee.goto(f"{self.url}/call.html#{room}")
        await self.callee.locator("button:enabled").wait_for()
        await asyncio.sleep(CALM_S)
        url = f"{self.url}/call.html?now&{self.line.query}#{room}"
        spent = await since_navigation(self.caller, url, "first-frame")
        await self.part()
        return spent

    async def join_itself(self) -> float:
        """The same within one page."""
        url = f"{self.url}/one_page.html?now&{self.line.query}"
        spent = await since_navigation(self.caller, url, "first-frame")
        await self.part()
        return spent

    async def part(self) -> None:
        for page in (self.caller, self.callee):
            await page.goto(NOTHING)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def our_room(browser: Browser, line: Line = DIRECT) -> AsyncIterator[OurRoom]:
    """A city of its own with one video appointment that begins now; signaling in the server's process."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        database_url = f"sqlite+aiosqlite:///{folder}/city.sqlite3"
        await seed(database_url, datetime.now(UTC), duty_now=True)
        port = free_port()
        with line.front_of(port) as front:
            url = f"http://127.0.0.1:{front}"
            environment = as_environment(database_url, folder, port, {"public_url": url, **line.settings})
            command = [sys.executable, "-m", "server", "serve"]
            server = Neighbour(command, folder / "server.log", env=environment, cwd=ROOT)
            try:
                server.wait_until(partial(port_answers, port))
                citizen, clerk = await new_person(browser), await new_person(browser)
                manage = await book(url)
                await Clerk(clerk, url).sign_in("clerk1")
                link = clerk.get_by_role("link", name="Raum öffnen").first
                yield OurRoom(citizen, clerk, f"{manage}/room", f"{url}{await link.get_attribute('href')}")
            finally:
                server.stop()


@asynccontextmanager
async def bare_room(browser: Browser, line: Line = DIRECT) -> AsyncIterator[BareRoom]:
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.bare_room.relay", str(port)]
        relay = Neighbour(command, Path(name) / "relay.log", cwd=ROOT)
        try:
            relay.wait_until(partial(port_answers, port))
            with line.front_of(port) as front:
                caller, callee = await new_person(browser), await new_person(browser)
                yield BareRoom(caller, callee, f"http://127.0.0.1:{front}", line)
        finally:
            relay.stop()


async def book(url: str) -> str:
    """Books the first video time there is; the address of the appointment's own page."""
    async with aiohttp.ClientSession() as session:
        today = date.today()  # noqa: DTZ011 - the machine's day, as the server process has it
        asked = {
            "service": "bauberatung",
            "mode": "video",
            "from": f"{today}",
            "to": f"{today + timedelta(1)}",
        }
        async with session.get(f"{url}/api/v1/availability", params=asked) as answer:
            slot = next(slot for day in (await answer.json())["days"] for slot in day["slots"])
        wanted = {
            "services": [{"id": "bauberatung", "count": 1}],
            "mode": "video",
            "start": slot["start"],
        }
        held = await _post(session, f"{url}/api/v1/holds", wanted)
        who = {"hold": held["hold"], "name": "Erika Musterfrau", "email": "erika@example.org"}
        booked = await _post(session, f"{url}/api/v1/appointments", who)
        return f"{url}/a/{booked['token']}"


async def _post(session: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Idempotency-Key": secrets.token_hex(16)}
    async with session.post(url, json=body, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found
