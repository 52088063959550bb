"""A browser of one visitor of the small city, and the way to a held time and a booked appointment by clicking. No checks."""

import re
from urllib.parse import urljoin

from playwright.async_api import Browser, Page, expect

from tests.browser.people import press, press_first_time
from tests.office import small_city

PATIENCE_MS = 40_000
NAME = "Erika Musterfrau"
MAIL = "erika@example.org"


async def new_visitor(
    browser: Browser,
    home: str,
    *,
    script: bool = True,
    width: int = 1280,
) -> Page:
    """A fresh browser, cookies and all; addresses may be given without the city's own part."""
    context = await browser.new_context(
        base_url=home,
        java_script_enabled=script,
        viewport={"width": width, "height": 900},
        locale="de-DE",
        reduced_motion="reduce",  # no smooth scrolling: what has the focus is in view at once
        permissions=["camera", "microphone"],
    )
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


async def speak(page: Page, language: str) -> None:
    """From the next page on in this language, as if it had been chosen on a page."""
    await page.context.add_cookies([{"name": "lang", "value": language, "url": urljoin(page.url, "/")}])


async def hold_time(page: Page, service: str, mode: str = "any", *, nth: int = 2) -> None:
    """Takes one of the first free times; ends on the form for the citizen's details."""
    await page.goto(f"/times?service={service}&count=1&mode={mode}")
    form = page.locator("input[name=name]")
    if nth == 0:
        await press_first_time(page)
        await expect(form).to_be_visible()
    else:
        await press(page.locator("button[name=slot]").nth(nth), form)


async def fill_in(page: Page, *, name: str = NAME, mail: str = MAIL) -> None:
    await page.locator("input[name=name]").fill(name)
    await page.locator("input[name=email]").fill(mail)


async def book(page: Page, service: str, mode: str = "any", *, nth: int = 2) -> str:
    """Books one of the first free times; ends on the appointment's page, whose path is returned."""
    await hold_time(page, service, mode, nth=nth)
    await fill_in(page)
    await page.locator("form[action$=confirm] button").last.click()
    await page.wait_for_url(re.compile(r"/a/[^/?]+\?booked=1"))
    return path_of(page)


def path_of(page: Page) -> str:
    """The path in the address, without the query."""
    return "/" + page.url.split("/", 3)[3].partition("?")[0].partition("#")[0]


async def sign_in(page: Page, login: str) -> None:
    """By the form; ends on the first page of that role."""
    await page.goto("/office/sign-in")
    await page.get_by_label("Anmeldename").fill(login)
    await page.get_by_label("Passwort").fill(small_city.PASSWORD)
    await page.get_by_role("button", name="Anmelden").click()
    await expect(page.get_by_role("button", name="Abmelden")).to_be_visible()
