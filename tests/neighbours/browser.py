"""A real Chromium with a camera and a microphone that show a moving test picture and a beep."""

import shutil
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright, expect

ARGUMENTS = (
    "--no-sandbox",  # the tests may run as root, where Chromium's sandbox does not start
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-dev-shm-usage",
    # No multicast DNS on a loopback: candidates carry addresses, as they do for pages that hold a camera.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)

PATIENCE_MS = 40_000
START_MS = 120_000


def find_chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.fail("Chromium is not on this machine; `make test` installs it", pytrace=False)


async def start_chromium(playwright: Playwright, arguments: Sequence[str] = ARGUMENTS) -> Browser:
    return await playwright.chromium.launch(
        executable_path=find_chromium(), args=list(arguments), timeout=START_MS
    )


class Kept:
    """One Chromium for many tests, started when first needed and again when it has died."""

    def __init__(self, playwright: Playwright) -> None:
        self.playwright = playwright
        self._running: Browser | None = None

    async def chromium(self) -> Browser:
        if self._running is None or not self._running.is_connected():
            self._running = await start_chromium(self.playwright)
        return self._running

    async def close(self) -> None:
        if self._running is not None:
            await self._running.close()


@pytest_asyncio.fixture(scope="session")
async def kept_chromium() -> AsyncIterator[Kept]:
    """What is awaited in it may take its time on a busy machine."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        kept = Kept(playwright)
        try:
            yield kept
        finally:
            await kept.close()


@pytest_asyncio.fixture
async def browser(kept_chromium: Kept) -> AsyncIterator[Browser]:
    """Chromium, with nobody in it before and after the test. Each person in the test gets a context of her own:
    `await browser.new_context(permissions=["camera", "microphone"], locale="de-DE")`."""
    chromium = await kept_chromium.chromium()
    try:
        yield chromium
    finally:
        for context in list(chromium.contexts):
            await context.close()
