"""From knocking to the picture: somebody without an appointment is called in by a clerk who happens to be free."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.people import PATIENCE_MS, Clerk, new_person, statistics
from tests.office.city import only_sqlite
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]


@pytest.mark.criterion("C25")
async def test_somebody_knocks_is_called_in_and_both_see_each_other(
    browser: Browser, served_city: ServedCity
) -> None:
    citizen = await new_person(browser, phone=True)
    clerk = Clerk(await new_person(browser), served_city.url)
    await clerk.sign_in("clerk1")
    await expect(clerk.page.get_by_text("Niemand wartet ohne Termin.")).to_be_visible()

    await citizen.goto(served_city.url)
    await citizen.get_by_role("link", name="Ohne Termin per Video anklopfen").click()
    await citizen.get_by_role("radio", name=re.compile("Bauberatung")).check()
    await citizen.get_by_label("Vor- und Nachname").fill("Ada Eins")
    await citizen.get_by_role("button", name="Anklopfen").click()
    await expect(citizen.get_by_test_id("knock-place")).to_have_text("Sie sind als Nächstes an der Reihe.")

    await clerk.page.get_by_role("button", name="Ada Eins hereinholen").click()
    await clerk.page.wait_for_url("**/room")
    await citizen.wait_for_url("**/room")
    await clerk.admit()
    for page in (citizen, clerk.page):
        await expect(page.get_by_test_id("remote-video")).to_be_visible(timeout=PATIENCE_MS)
    await expect(citizen.get_by_test_id("remote-video")).to_be_visible()
    for page in (citizen, clerk.page):
        await page.wait_for_function(
            "async () => (await document.querySelector('sz-room').statistics())[0]?.framesDecoded > 0"
        )
    assert len(await statistics(clerk.page)) == 1
