"""The proof of work in a real browser: reached and ticked by keyboard alone, solved under the page's strict policy, booked."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.visitor import fill_in, hold_time, new_visitor
from tests.office.city import MakeCity, only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite()]


@pytest.mark.criterion("A19")
async def test_the_check_is_solved_by_keyboard_and_the_time_is_booked(
    browser: Browser, make_city: MakeCity
) -> None:
    city = await make_city(altcha_after=1)
    page = await new_visitor(browser, city.settings.public_url)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await hold_time(page, "meldebescheinigung", "onsite")
    await expect(page.locator("sz-proof")).to_have_count(0)
    await hold_time(page, "meldebescheinigung", "onsite")
    await fill_in(page)
    book = page.get_by_role("button", name="Termin verbindlich buchen")
    await book.press("Enter")
    box = page.get_by_label("Ich bin kein Programm. Bitte prüfen.")
    await expect(box).to_be_visible()
    await expect(page.locator("input[name=name]")).to_have_value("Erika Musterfrau")
    faults.clear()  # the browser reports the answer's own status
    await box.focus()
    await page.keyboard.press("Space")
    await expect(page.get_by_text("Geprüft. Sie können jetzt buchen.")).to_be_visible()
    await book.press("Enter")
    await page.wait_for_url(re.compile(r"/a/[^/?]+\?booked=1"))
    assert faults == []
