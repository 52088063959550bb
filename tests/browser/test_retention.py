"""A retention rule goes from the scheduler to the officer: 90 days are rejected once their effect is seen, 7 are approved."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.states_privacy import PAGE
from tests.browser.visitor import new_visitor, sign_in
from tests.http.test_retention_rules import with_an_upload
from tests.office.city import City, only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite()]


async def propose(page: Page, days: str) -> None:
    await page.goto(PAGE)
    await page.get_by_label("Neue Frist").fill(days)
    await page.get_by_label("Begründung").fill("Bauakten dauern.")
    await page.get_by_role("button", name="Vorschlagen", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("wartet auf die Entscheidung")


async def decide(page: Page, button: str, says: str) -> None:
    await page.get_by_label("Begründung der Entscheidung").fill("So ist es nötig.")
    await page.get_by_role("button", name=button).click()
    await expect(page.get_by_role("status")).to_contain_text(says)


@pytest.mark.criterion("J02", "J03")
async def test_ninety_days_are_rejected_and_seven_approved(browser: Browser, city: City) -> None:
    await with_an_upload(city)
    scheduler, officer = [await new_visitor(browser, city.settings.public_url) for _ in range(2)]
    await sign_in(scheduler, "scheduler")
    await sign_in(officer, "dpo")
    await propose(scheduler, "90")
    await officer.goto("/office/privacy")
    await officer.get_by_role("link", name="Gesendete Unterlagen").click()
    await expect(officer.get_by_text("Würde länger bleiben: 1")).to_be_visible()
    await decide(officer, "Ablehnen", "abgelehnt")
    await propose(scheduler, "7")
    await officer.goto(PAGE)
    await expect(officer.get_by_text("Würde früher gelöscht: 1")).to_be_visible()
    await decide(officer, "Freigeben", "gilt ab jetzt")
    await expect(officer.get_by_role("row", name="Gesendete Unterlagen")).to_contain_text(
        "7 Tage nach dem Ende"
    )
