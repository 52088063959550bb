"""Before the appointment: the clerk refuses a document with a reason, the citizen sends another from right there, the clerk accepts."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.states import PDF
from tests.browser.visitor import book, new_visitor, sign_in
from tests.office.city import City, only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite()]
BETTER = {**PDF, "name": "lageplan-neu.pdf"}


async def to_the_case(page: Page) -> None:
    await page.goto("/office/day")
    await page.locator(".visit__actions a").last.click()
    await expect(page.get_by_role("heading", name="Unterlagen", exact=True)).to_be_visible()


@pytest.mark.criterion("D07", "D08")
async def test_refused_sent_again_and_accepted(browser: Browser, city: City) -> None:
    home = city.settings.public_url
    citizen = await new_visitor(browser, home, width=390)
    own = await book(citizen, "bauberatung", "video", nth=0)
    await citizen.locator("input[type=file]").set_input_files(PDF)  # type: ignore[arg-type]
    await citizen.locator("form.upload button[type=submit]").click()
    await expect(citizen.get_by_text("Angekommen", exact=True)).to_be_visible()

    clerk = await new_visitor(browser, home, script=False)
    await sign_in(clerk, "clerk1")
    await to_the_case(clerk)
    await clerk.get_by_text("Noch einmal anfordern oder ablehnen").click()
    await clerk.get_by_label("Grund").select_option("Das Bild ist unscharf.")
    await clerk.get_by_label(re.compile("In eigenen Worten")).fill("Bitte bei Tageslicht.")
    await clerk.get_by_role("button", name=re.compile("^Bitte erneut senden")).click()
    await expect(clerk.get_by_text("Die Entscheidung ist gespeichert")).to_be_visible()

    city.clock.advance(timedelta(minutes=1))
    await citizen.goto(own)
    item = citizen.locator(".paper--again")
    await expect(item).to_contain_text("Das Bild ist unscharf.")
    await expect(item).to_contain_text("Bitte bei Tageslicht.")
    await item.locator("input[type=file]").set_input_files(BETTER)  # type: ignore[arg-type]
    await item.get_by_role("button", name=re.compile("^Noch einmal senden")).press("Enter")
    await expect(citizen.get_by_text("Ersetzt", exact=True)).to_be_visible()
    await expect(citizen.get_by_text("Angekommen", exact=True)).to_be_visible()

    await to_the_case(clerk)
    await clerk.get_by_role("button", name=re.compile("^Annehmen.*lageplan-neu")).click()
    await expect(clerk.get_by_text("Die Entscheidung ist gespeichert")).to_be_visible()
    await citizen.goto(own)
    await expect(citizen.get_by_text("Angenommen", exact=True)).to_be_visible()
