"""The switch of languages: works without script, stays where one is, and holds on the whole way to the mail."""

import asyncio
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.sound import LANGUAGE_TAGS, left_in_german
from tests.browser.visitor import book, fill_in, hold_time, new_visitor, path_of
from tests.office.city import City, only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite()]
PAGES = (
    "/",
    "/?q=Perso",
    "/services/bauberatung",
    "/times?service=personalausweis&count=1&mode=onsite",
    "/impressum",
)


@pytest.fixture
async def page(browser: Browser, city: City) -> Page:
    return await new_visitor(browser, city.settings.public_url, script=False)


async def switch(page: Page, name: str) -> None:
    await page.locator("nav.languages").get_by_role("link", name=name).click()


async def spoken(page: Page) -> str:
    return await page.locator("html").get_attribute("lang") or ""


@pytest.mark.parametrize("address", PAGES)
async def test_the_switch_stays_on_the_page(page: Page, address: str) -> None:
    await page.goto(address)
    here = page.url
    for name, language in (("English", "en"), ("Leichte Sprache", "de_LS"), ("Deutsch", "de")):
        await switch(page, name)
        assert page.url == here
        assert await spoken(page) == LANGUAGE_TAGS[language]
        if language != "de":
            assert await left_in_german(page, language) == []


async def test_a_chosen_language_goes_along_to_the_appointment_and_its_mail(page: Page, city: City) -> None:
    await page.goto("/")
    await switch(page, "English")
    await page.get_by_role("link", name="Personalausweis (en)").click()
    await expect(page.get_by_text("We take fingerprints.")).to_be_visible()
    manage = await book(page, "personalausweis")
    await expect(page.get_by_role("heading", name="Your appointment", exact=True)).to_be_visible()
    for below in ("", "/move", "/cancel"):
        await page.goto(manage + below)
        assert await spoken(page) == "en"
        assert await left_in_german(page, "en") == []
    mail = await first_mail(city.settings.data_dir / "outbox")
    assert "appointment" in mail.lower()


async def first_mail(folder: Path) -> str:
    """Subject of the first mail in the folder, as soon as it is there."""
    for _ in range(600):
        for path in folder.glob("*.eml"):
            return str(message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"])
        await asyncio.sleep(0.1)
    raise AssertionError("no mail was sent")


async def test_switching_while_a_time_is_held_keeps_it(page: Page) -> None:
    await hold_time(page, "personalausweis")
    held = path_of(page)
    await switch(page, "English")
    assert path_of(page) == held
    await fill_in(page)
    await expect(page.locator("select[name=language]")).to_have_value("en")


async def test_switching_after_a_mistake_leads_back_to_the_form(page: Page) -> None:
    await hold_time(page, "personalausweis")
    await page.locator("form[action$=confirm] button").last.click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await switch(page, "English")
    await expect(page.locator("input[name=name]")).to_be_visible()
    assert await spoken(page) == "en"


async def test_switching_where_a_time_was_taken_leads_to_free_times(page: Page, city: City) -> None:
    await page.goto("/times?service=personalausweis&count=1")
    await city.hold("personalausweis", (await city.free("personalausweis"))[0])
    await page.locator("button[name=slot]").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Diese Zeit ist nicht mehr frei")
    await switch(page, "English")
    assert await spoken(page) == "en"
    await expect(page.locator("button[name=slot]").first).to_be_visible()


async def test_the_browsers_language_is_spoken_before_one_is_chosen(browser: Browser, city: City) -> None:
    context = await browser.new_context(base_url=city.settings.public_url, locale="en-GB")
    page = await context.new_page()
    await page.goto("/")
    assert await spoken(page) == "en"


async def test_the_switch_never_leads_elsewhere(page: Page) -> None:
    for back in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"):
        await page.goto(f"/language?to=en&back={back}")
        assert path_of(page) == "/"
