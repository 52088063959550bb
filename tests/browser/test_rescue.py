"""Whoever cannot get through by video is offered the next way before giving up, down to a time on site: never a dead end."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.people import Citizen, Clerk, new_person, press_first_time, room_state
from tests.browser.states_citizen import REFUSED
from tests.office.city import only_sqlite
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]
PHONE = "0170 1234567"


async def reason(page: Page, name: str) -> None:
    await expect(page.get_by_test_id("rescue")).to_have_attribute("data-reason", name, timeout=40_000)
    await expect(page.get_by_test_id("rescue-reason")).to_be_visible()


@pytest.mark.criterion("C26")
async def test_the_chain_is_walked_to_its_end_with_a_time_on_site(
    browser: Browser, served_city: ServedCity
) -> None:
    citizen = Citizen(await new_person(browser, phone=True), served_city.url)
    page = citizen.page
    await citizen.book_video("Bauberatung", "Erika Musterfrau")
    await page.add_init_script(REFUSED)
    await citizen.enter()
    await reason(page, "devices")
    await page.get_by_label("Telefonnummer").fill(PHONE)
    await page.get_by_role("button", name="Ja, bitte rufen Sie mich an").click()
    await expect(page.get_by_test_id("call-back-asked")).to_be_visible()

    clerk = Clerk(await new_person(browser), served_city.url)
    await clerk.sign_in("clerk1")
    wish = clerk.page.get_by_test_id("arrival").filter(has_text="Erika Musterfrau")
    await expect(wish.first).to_be_visible()
    await expect(clerk.page.get_by_text("bittet um Rückruf").first).to_be_visible()
    await clerk.open_room("Erika Musterfrau")
    await clerk.page.get_by_role("button", name="Nummer zeigen").click()
    await expect(clerk.page.get_by_role("link", name=PHONE)).to_be_visible()

    await page.get_by_role("button", name="Rückruf zurücknehmen").click()
    await expect(page.get_by_label("Telefonnummer")).to_be_visible()
    await expect(clerk.page.get_by_test_id("call-back-wish")).to_have_count(0)

    await page.get_by_role("link", name="Zeit vor Ort wählen").click()
    await expect(page.get_by_role("heading", name="Per Video")).to_have_count(0)
    await press_first_time(page)
    await page.wait_for_url(re.compile(r"/a/[^/]+\?moved=1"))
    await expect(page.get_by_text("Vor Ort").first).to_be_visible()


@pytest.mark.criterion("C26")
async def test_without_a_line_to_the_server_other_ways_are_offered(
    browser: Browser, served_city: ServedCity
) -> None:
    citizen = Citizen(await new_person(browser), served_city.url)
    await citizen.book_video("Bauberatung", "Erika Musterfrau")
    await citizen.page.add_init_script("WebSocket = class { constructor() { throw new Error('blocked'); } }")
    await citizen.enter()
    await reason(citizen.page, "line")
    await expect(citizen.page.get_by_test_id("rescue-onsite")).to_be_visible()


@pytest.mark.criterion("C26")
@pytest.mark.criterion("C29")
async def test_a_poor_picture_is_given_up_for_the_sound_and_the_end_asks_how_it_was(
    browser: Browser, served_city: ServedCity
) -> None:
    """The words under the picture decide; here they are said in the room's place."""
    citizen = Citizen(await new_person(browser), served_city.url)
    clerk = Clerk(await new_person(browser), served_city.url)
    await citizen.book_video("Bauberatung", "Erika Musterfrau")
    await citizen.enter()
    await clerk.sign_in("clerk1")
    await clerk.open_room("Erika Musterfrau")
    await clerk.admit()
    await expect(citizen.page.get_by_test_id("remote-video")).to_be_visible()
    assert await room_state(citizen.page) == "call"
    await citizen.page.evaluate(
        """() => {
          const poor = document.createElement("span");
          poor.dataset.quality = "poor";
          document.querySelector("sz-room").append(poor);
        }"""
    )
    await reason(citizen.page, "quality")
    await citizen.page.get_by_role("button", name="Ohne Bild weiter").click()
    await expect(citizen.page.get_by_test_id("mute-video")).to_have_attribute("aria-pressed", "true")
    await expect(clerk.page.get_by_text("Kein Bild", exact=True)).to_be_visible()

    await clerk.page.get_by_test_id("end").click()
    await clerk.page.get_by_test_id("end-confirm").click()
    await citizen.page.get_by_role("link", name="Wie war Ihr Gespräch?").click()
    await citizen.page.get_by_label("Gut", exact=True).check()
    await citizen.page.get_by_role("button", name="Absenden").click()
    await expect(citizen.page.get_by_text("Danke für Ihre Rückmeldung")).to_be_visible()
