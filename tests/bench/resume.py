"""How long two people who talk are without their signaling after its process was killed; nginx leads them to the other one. What
they see and hear of each other goes on meanwhile, and is not measured."""

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, Page

from tests.bench.first_frame_people import PATIENCE_S, chromium
from tests.bench.harness import Measured, alone, bench, calls
from tests.browser.people import Clerk
from tests.deploy.people import book
from tests.deploy.running_city import RunningCity, run_city
from tests.neighbours.postgres import running_cluster
from tests.neighbours.redis import RedisServer

# Every change of what the room says about itself, on the clock that all pages of a machine share.
WATCH = """() => {
  window.told = [];
  const look = () => {
    const { state, line } = document.querySelector('[data-testid=room-state]').dataset;
    const last = window.told.at(-1);
    if (last?.state !== state || last?.line !== line) {
      window.told.push({ state, line, at: performance.timeOrigin + performance.now() });
    }
  };
  new MutationObserver(look).observe(document.querySelector('sz-room'),
    { subtree: true, childList: true, attributes: true });
  look();
}"""
LOST_AND_BACK = """since => {
  const lost = window.told.findIndex(({ line, at }) => at > since && line !== 'open');
  if (lost < 0) return null;
  return window.told.slice(lost).find(({ line, state }) => line === 'open' && state === 'call')?.at ?? null;
}"""
TALKING = "document.querySelector('[data-testid=room-state]')?.dataset.state === 'call'"


@dataclass
class Talk:
    city: RunningCity
    pages: tuple[Page, Page]

    async def without_signaling(self) -> float:
        """Kills the process that holds the room; milliseconds until both are on a line again and in the call."""
        process = next(one for one in self.city.signaling if one.lines())
        await asyncio.sleep(1)
        since = time.time() * 1000
        process.kill()
        async with asyncio.timeout(PATIENCE_S):
            back = [await self._back(page, since) for page in self.pages]
        await process.come_back()
        return max(back) - since

    async def _back(self, page: Page, since: float) -> float:
        while (at := await page.evaluate(LOST_AND_BACK, since)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return float(at)


@asynccontextmanager
async def talk(browser: Browser) -> AsyncIterator[Talk]:
    """A clerk and a citizen in a call through nginx, before two processes of each kind."""
    with running_cluster() as cluster, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        redis = RedisServer(folder)
        redis.start()
        try:
            city = run_city(cluster.url(cluster.new_database()), redis.url, folder)
            try:
                yield Talk(city, await met(browser, city))
            finally:
                city.stop()
        finally:
            redis.stop()


async def met(browser: Browser, city: RunningCity) -> tuple[Page, Page]:
    async with aiohttp.ClientSession(city.url, connector=aiohttp.TCPConnector(ssl=city.tls)) as session:
        token = await book(session)
    pages = []
    for _ in range(2):
        context = await browser.new_context(
            permissions=["camera", "microphone"], ignore_https_errors=True, locale="de-DE"
        )
        pages.append(await context.new_page())
    citizen, clerk = pages
    await citizen.goto(f"{city.url}/a/{token}/room")
    await Clerk(clerk, city.url).sign_in("clerk1")
    await clerk.get_by_role("link", name=re.compile("Raum öffnen")).first.click()
    await clerk.get_by_test_id("admit").first.click()
    for page in pages:
        await page.wait_for_function(TALKING)
        await page.evaluate(WATCH)
    return citizen, clerk


@bench("resume-after-kill", unit="ms", limit="none: an absolute limit, for 95 of 100", goal="p95 <= 1000 ms")
async def resume_after_kill() -> Measured:
    async with chromium() as browser, talk(browser) as pair:
        return await alone(pair.without_signaling, runs=calls(20))
