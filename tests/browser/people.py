"""A citizen and a clerk who use the pages as people do: by what is written on them."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.office import small_city
from tests.office.papers import a_pdf

PATIENCE_MS = 40_000
# On the machine's clock: a time is free until the minute before it begins.
LEAD_S = 60
MOMENT_S = 8
LOOKED_AT_S = 60
PLAN = a_pdf()


async def new_person(browser: Browser, *, phone: bool = False, own_certificate: bool = False) -> Page:
    """A browser of her own: cookies, camera and microphone are not shared with anybody.

    `own_certificate`: the office's TLS certificate is signed by nobody else."""
    size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
    context: BrowserContext = await browser.new_context(
        permissions=["camera", "microphone"],
        locale="de-DE",
        viewport=size,  # type: ignore[arg-type]
        ignore_https_errors=own_certificate,
    )
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


def time_that_stays(first: str) -> int:
    """Which of the free times to press: the first, by the value of its button, or the next one when that one is about to go,
    or has gone while the page was looked at. (Times of a city with a clock of its own lie far away.)"""
    goes_at = float(first.split(".", maxsplit=1)[0]) - LEAD_S
    return int(-LOOKED_AT_S < goes_at - time.time() < MOMENT_S)


async def press_first_time(page: Page) -> None:
    times = page.locator("button[name=slot]")
    await times.nth(time_that_stays(await times.first.get_attribute("value") or "")).click()


async def press(button: Locator, leads_to: Locator) -> None:
    """As somebody does who sees that nothing comes: presses again while the page is the one it was.

    Chromium on a busy machine has lost a press on a page that it had just shown for the first time. For buttons that may be
    pressed twice, of pages without a script of their own.
    """
    for _ in range(2):
        await button.click()
        with suppress(PlaywrightTimeout):
            await leads_to.wait_for(timeout=PATIENCE_MS / 2)
            return
    await expect(leads_to).to_be_visible()


@dataclass
class Citizen:
    """Books by clicking; `manage` is the address of the appointment's own page."""

    page: Page
    home: str
    manage: str = ""

    async def book_video(self, service: str, name: str) -> None:
        page = self.page
        await page.goto(self.home)
        await page.get_by_role("link", name=service).first.click()
        await page.get_by_role("radio", name="Video").check()
        await page.get_by_role("button", name="Freie Zeiten").click()
        await press_first_time(page)
        await page.get_by_label("Vor- und Nachname").fill(name)
        await page.get_by_label("E-Mail-Adresse").fill("erika@example.org")
        await page.get_by_role("button", name="Termin verbindlich buchen").click()
        await expect(page.get_by_text("Ihr Termin ist gebucht")).to_be_visible()
        self.manage = page.url.split("?")[0]

    async def send(self, folder: Path, item: str, name: str) -> None:
        file = folder / name
        file.write_bytes(PLAN)
        await self.page.get_by_label("Was ist das?").select_option(label=item)
        await self.page.get_by_label("Datei", exact=True).set_input_files(file)
        await self.page.get_by_role("button", name="Datei senden").click()
        await expect(self.page.get_by_text(name, exact=True)).to_be_visible()

    async def enter(self) -> None:
        await self.page.goto(f"{self.manage}/room")


async def turn_to(link: Locator) -> None:
    """From the page of the day to where that is: around midnight, what was just booked is tomorrow or was yesterday."""
    for way in ("Tag danach", "Tag davor", "Tag davor"):
        if await link.count():
            return
        await link.page.get_by_role("link", name=way).click()
        await link.page.wait_for_load_state()


@dataclass
class Clerk:
    """Signs in and opens rooms."""

    page: Page
    home: str

    async def sign_in(self, login: str) -> None:
        await self.page.goto(f"{self.home}/office/sign-in")
        await self.page.get_by_label("Anmeldename").fill(login)
        await self.page.get_by_label("Passwort").fill(small_city.PASSWORD)
        await self.page.get_by_role("button", name="Anmelden").click()
        await self.page.wait_for_url(re.compile("/office/(?!sign-in)"))

    async def open_room(self, name: str) -> None:
        room = self.page.get_by_role("link", name=re.compile(f"Raum öffnen.*{name}"))
        await turn_to(room)
        await room.click()

    async def admit(self) -> None:
        await self.page.get_by_test_id("admit").first.click()


async def room_state(page: Page) -> str:
    return await page.get_by_test_id("room-state").get_attribute("data-state") or ""


async def statistics(page: Page) -> list[dict[str, Any]]:
    """What the room's element says of its connections; see its method `statistics`."""
    found: list[dict[str, Any]] = await page.evaluate("document.querySelector('sz-room').statistics()")
    return found


async def figure(page: Page, name: str) -> float:
    """One figure of the first connection, 0 while there is none."""
    found = await statistics(page)
    return float(found[0].get(name) or 0) if found else 0.0
