"""Every page in every state that a visitor meets, and how to get there. What must hold there is in the tests."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from playwright.async_api import Page, expect

from tests.browser.visitor import book, hold_time, sign_in
from tests.office.city import City
from tests.office.papers import a_pdf

Opening = Callable[["Visit"], Awaitable[None]]
PDF = {
    "name": "lageplan.pdf",
    "mimeType": "application/pdf",
    "buffer": a_pdf(),
}
NO_PDF = {"name": "lageplan.pdf", "mimeType": "application/pdf", "buffer": b"Guten Tag"}


@dataclass
class Visit:
    """A page of a fresh browser in a fresh city; `other()` opens a further browser."""

    page: Page
    city: City
    other: Callable[[], Awaitable[Page]]

    async def go(self, path: str) -> None:
        await self.page.goto(path)


def at(path: str) -> Opening:
    """A page that an address alone leads to."""
    return lambda visit: visit.go(path)


def inside(path: str, login: str) -> Opening:
    """The same behind the staff's door."""

    async def opening(visit: Visit) -> None:
        await sign_in(visit.page, login)
        await visit.go(path)

    return opening


async def no_video_left(visit: Visit) -> None:
    for slot in await visit.city.free("bauberatung", "video", days=6):
        await visit.city.hold("bauberatung", slot)
        await visit.city.hold("bauberatung", slot)
    await visit.go("/times?service=bauberatung&count=1&mode=video")


async def just_taken(visit: Visit) -> None:
    await visit.go("/times?service=personalausweis&count=1")
    await visit.city.hold("personalausweis", (await visit.city.free("personalausweis"))[0])
    await visit.page.locator("button[name=slot]").first.click()
    await expect(visit.page.locator("form[action='/holds'] button").first).to_be_visible()


async def holding(visit: Visit) -> None:
    await hold_time(visit.page, "personalausweis")


async def mistaken(visit: Visit) -> None:
    await holding(visit)
    await visit.page.locator("input[name=email]").fill("nirgends")
    await visit.page.locator("form[action$=confirm] button").last.click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def extended_twice(visit: Visit) -> None:
    await holding(visit)
    again = await visit.other()
    await again.goto(visit.page.url)
    for page in (again, visit.page):
        await page.locator("button[formaction$=extend]").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def given_more_time(visit: Visit) -> None:
    await holding(visit)
    await visit.page.locator("input[name=email]").fill("erika@example.org")
    await visit.page.locator("button[formaction$=extend]").click()
    await expect(visit.page.get_by_role("status").first).to_be_visible()


async def too_late(visit: Visit) -> None:
    await holding(visit)
    visit.city.clock.advance(timedelta(minutes=11))
    await visit.page.reload()


async def booked_on_site(visit: Visit) -> None:
    await book(visit.page, "personalausweis")


async def booked_and_gone_back(visit: Visit) -> None:
    await holding(visit)
    held = visit.page.url
    await visit.page.locator("input[name=name]").fill("Erika Musterfrau")
    await visit.page.locator("form[action$=confirm] button").last.click()
    await visit.page.wait_for_url("**/a/*?booked=1")
    await visit.go(held)
    await visit.page.wait_for_url("**/a/*?already=1")


async def booked_by_video(visit: Visit) -> None:
    path = await book(visit.page, "bauberatung", "video")
    await visit.go(path)


async def with_document(visit: Visit) -> None:
    await booked_by_video(visit)
    await visit.page.locator("input[type=file]").set_input_files(PDF)  # type: ignore[arg-type]
    await visit.page.locator("form.upload button[type=submit]").click()
    await expect(visit.page.get_by_text("lageplan.pdf", exact=True)).to_be_visible()


async def with_refused_document(visit: Visit) -> None:
    await booked_by_video(visit)
    await visit.page.locator("input[type=file]").set_input_files(NO_PDF)  # type: ignore[arg-type]
    await visit.page.locator("form.upload button[type=submit]").click()
    await expect(visit.page.locator("sz-upload").get_by_role("status")).to_be_visible()


async def cancelled(visit: Visit) -> None:
    await booked_on_site(visit)
    await below("/cancel")(visit)
    await visit.page.locator("form[action$=cancel] button").click()
    await visit.page.wait_for_url(lambda url: not url.endswith("/cancel"))


async def moved(visit: Visit) -> None:
    await booked_on_site(visit)
    await below("/move")(visit)
    await visit.page.locator("button[name=slot]").nth(6).click()
    await visit.page.wait_for_url("**/a/*?moved=1")


def below(path: str) -> Opening:
    """A page below the appointment's own."""

    async def opening(visit: Visit) -> None:
        await visit.go(visit.page.url.partition("?")[0] + path)

    return opening


def in_turn(*openings: Opening) -> Opening:
    async def opening(visit: Visit) -> None:
        for one in openings:
            await one(visit)

    return opening


def after(minutes: int) -> Opening:
    """Time goes by in the city."""

    async def opening(visit: Visit) -> None:
        visit.city.clock.advance(timedelta(minutes=minutes))
        await asyncio.sleep(0)

    return opening
