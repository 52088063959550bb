"""Who comes into the room with a browser that can't meet anybody is told so, and where to go instead."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.states import Visit
from tests.browser.states_office import before_it_opens, unable_to_meet
from tests.browser.visitor import new_visitor
from tests.office.city import City, only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite()]


def visit_of(page: Page, city: City, browser: Browser) -> Visit:
    async def another() -> Page:
        return await new_visitor(browser, city.settings.public_url)

    return Visit(page, city, another)


async def test_a_browser_without_video_calls_is_shown_other_ways(browser: Browser, city: City) -> None:
    page = await new_visitor(browser, city.settings.public_url, width=390)
    await unable_to_meet(visit_of(page, city, browser))
    words = page.locator("sz-room")
    for part in ("Firefox oder Safari", "Im Browser öffnen", "vor Ort", "0831 115"):
        await expect(words).to_contain_text(part)
    await page.get_by_role("link", name="Zurück").click()
    await expect(page.get_by_role("link", name="Termin verschieben")).to_be_visible()


async def test_so_is_one_that_can_not_read_the_script(browser: Browser, city: City) -> None:
    page = await new_visitor(browser, city.settings.public_url)
    await page.route("**/static/assets/room-*.js", lambda route: route.abort())
    await unable_to_meet(visit_of(page, city, browser), take_away="")


async def test_nothing_of_it_is_seen_where_the_room_appears(browser: Browser, city: City) -> None:
    page = await new_visitor(browser, city.settings.public_url)
    await before_it_opens(visit_of(page, city, browser))
    await expect(page.get_by_text("Erscheint hier kein Raum?")).to_have_count(0)
