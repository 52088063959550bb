"""A real Chromium with a camera and a microphone that show a moving test picture and a beep."""

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

ARGUMENTS = (
    "--no-sandbox",  # the tests may run as root, where Chromium's sandbox does not start
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-dev-shm-usage",
    # No multicast DNS on a loopback: candidates carry addresses, as they do for pages that hold a camera.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)

PATIENCE_MS = 20_000


def find_chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.fail("Chromium is not on this machine; `make test` installs it", pytrace=False)


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium for one test; what is awaited in it may take its time on a busy machine. Each person in the test gets a context of her own:
    `await browser.new_context(permissions=["camera", "microphone"], locale="de-DE")`."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        try:
            yield chromium
        finally:
            await chromium.close()
