"""A page of the city on another origin, with a strict policy, embeds the booking; a citizen books in it by keyboard."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.browser.sound import AXE
from tests.browser.visitor import new_visitor
from tests.neighbours.process import free_port
from tests.office.city import MakeCity, only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite(), pytest.mark.criterion("A22")]


class Host:
    """The city's own page: nothing inline, scripts and frames from the citizen office alone."""

    def __init__(self) -> None:
        self.port = free_port()
        self.home = ""
        self.query = 'data-service="personalausweis" data-lang="en"'

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def page(self, _request: web.Request) -> web.Response:
        policy = f"default-src 'none'; script-src {self.home}; frame-src {self.home}; img-src 'self'"
        script = f'<script src="{self.home}/embed.js" {self.query} async></script>'
        html = f"<!doctype html><html lang=en><title>City</title><main><h1>City</h1>{script}</main></html>"
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": policy})


async def _nothing(_request: web.Request) -> web.Response:
    return web.Response(status=204)


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    app = web.Application()
    app.router.add_get("/", host.page)
    app.router.add_get("/favicon.ico", _nothing)
    server = TestServer(app, port=host.port)
    await server.start_server()
    yield host
    await server.close()


async def tab_to(page: Page, frame: FrameLocator, wanted: str) -> None:
    """Presses Tab until the wanted element inside the frame has the focus."""
    for _ in range(60):
        if await frame.locator(f"{wanted}:focus").count():
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"{wanted} is out of reach by keyboard")


async def test_a_citizen_books_inside_the_citys_page_by_keyboard(
    browser: Browser, make_city: MakeCity, host: Host
) -> None:
    city = await make_city(embed_origins=host.url)
    host.home = city.settings.origin
    page = await new_visitor(browser, host.url)
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    await page.goto("/")
    frame = page.frame_locator("iframe")
    await expect(page.locator("iframe")).to_have_attribute("title", "Book an appointment")
    await expect(frame.locator("button[name=slot]").first).to_be_visible()
    await expect(frame.locator("footer")).to_have_count(0)
    await page.wait_for_function("() => Number(document.querySelector('iframe').height) !== 900")
    await tab_to(page, frame, "button[name=slot]")
    await page.keyboard.press("Enter")
    await expect(frame.locator("input[name=name]")).to_be_visible()
    await tab_to(page, frame, "input[name=name]")
    await page.keyboard.type("Erika Musterfrau")
    await page.keyboard.press("Enter")
    await expect(frame.locator(".number")).to_be_visible()
    await expect(frame.get_by_text("Your appointment is booked").first).to_be_visible()
    inside = next(one for one in page.frames if one.url.startswith(host.home))
    assert re.search(r"/a/[^/]+\?booked=1&lang=en$", inside.url)
    await inside.evaluate(AXE.read_text())
    found = await inside.evaluate("axe.run(document)")
    assert [one["id"] for one in found["violations"]] == []
    assert not await page.context.cookies()
    assert troubles == []


async def test_without_the_setting_the_browser_refuses_and_the_link_remains(
    browser: Browser, make_city: MakeCity, host: Host
) -> None:
    city = await make_city()
    host.home = city.settings.origin
    page = await new_visitor(browser, host.url)
    async with page.expect_event("console", lambda said: "frame-ancestors" in said.text):
        await page.goto("/")
    frame = page.frame_locator("iframe")
    await expect(page.get_by_role("link", name="Book an appointment")).to_be_visible()
    await expect(frame.locator("button[name=slot]")).to_have_count(0)
    await page.get_by_role("link", name="Book an appointment").click()
    await expect(page.locator("button[name=slot]").first).to_be_visible()
