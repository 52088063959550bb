"""Booking and sending a document with the keyboard alone, always seeing where one is."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, FileChooser, Page, expect

from tests.browser.states import NO_PDF, PDF
from tests.browser.visitor import MAIL, NAME, book, new_visitor, path_of, sign_in
from tests.office.city import City, only_sqlite
from tests.office.papers import a_pdf

pytestmark = [pytest.mark.browser, only_sqlite()]
MOST_STEPS = 80
NO_PLAN = {"name": "plan.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
# Where the focus is, what it says, and whether one sees it there.
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {
    words: [at.innerText, at.getAttribute("aria-label"), at.labels?.[0]?.innerText, at.value].join(" "),
    id: at.id, name: at.name || "",
    outline: ring(getComputedStyle(at)) || ring(getComputedStyle(at, "::after")),
  };
}"""


@pytest.fixture
async def page(browser: Browser, city: City) -> Page:
    return await new_visitor(browser, city.settings.public_url)


async def tab_to(page: Page, words: str = "", *, name: str = "") -> None:
    """Presses Tab until the focus is there. Every place on the way must show that it has the focus."""
    for _ in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        at = await page.evaluate(FOCUSED)
        if at is None:
            continue
        assert at["outline"], f"no focus ring: {at}"
        await expect(page.locator(":focus")).to_be_in_viewport()
        if (name and at["name"] == name) or (words and words in at["words"]):
            return
    raise AssertionError(f"{words or name} is not reached with Tab on {path_of(page)}")


async def tab_once(page: Page) -> str:
    await page.keyboard.press("Tab")
    return str((await page.evaluate(FOCUSED))["words"])


async def test_the_first_stop_skips_to_the_content(page: Page) -> None:
    await page.goto("/")
    assert "Zum Inhalt springen" in await tab_once(page)
    await expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert (await page.evaluate(FOCUSED))["id"] == "q"


async def test_who_wants_no_motion_is_not_scrolled_along(page: Page) -> None:
    await page.goto("/")
    assert await page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.criterion("A06")
async def test_an_appointment_is_booked_with_the_keyboard_alone(page: Page) -> None:
    await page.goto("/")
    await tab_to(page, name="q")
    await page.keyboard.type("Perso")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("1 Anliegen gefunden")).to_be_visible()
    await tab_to(page, "Personalausweis")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Personalausweis")
    await tab_to(page, "Freie Zeiten zeigen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Wählen Sie eine Zeit")
    await tab_to(page, name="slot")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Angaben")
    await tab_to(page, name="name")
    await page.keyboard.type(NAME)
    await tab_to(page, name="email")
    await page.keyboard.type(MAIL)
    await tab_to(page, "Termin verbindlich buchen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Ihr Termin ist gebucht")).to_be_visible()


@pytest.mark.criterion("A06")
async def test_one_jumps_to_a_day_and_goes_on_from_there(page: Page) -> None:
    await page.goto("/times?service=personalausweis&count=1")
    days = page.get_by_role("navigation", name="Tage mit freien Zeiten").get_by_role("link")
    assert await days.count() >= 4
    target = (await days.nth(2).get_attribute("href") or "").removeprefix("#")
    await days.nth(2).focus()
    await page.keyboard.press("Enter")
    await tab_to(page, name="slot")
    section = page.locator("section.day", has=page.locator("button:focus"))
    await expect(section.locator("h2")).to_have_id(target)
    await expect(page.get_by_role("heading", name="Nächste freie Zeit")).to_be_visible()


async def test_a_mistake_is_where_the_focus_is_and_leads_to_the_field(page: Page) -> None:
    await page.goto("/times?service=personalausweis&count=1")
    await page.locator("button[name=slot]").first.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Angaben")
    await tab_to(page, "Termin verbindlich buchen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.type(NAME)
    await expect(page.get_by_label("Vor- und Nachname")).to_have_value(NAME)


async def test_a_document_is_sent_with_the_keyboard_alone(page: Page, tmp_path: Path) -> None:
    plan = tmp_path / "lageplan.pdf"
    plan.write_bytes(a_pdf())
    asked: asyncio.Queue[FileChooser] = asyncio.Queue()
    # From the beginning: the browser shall know it when Enter is pressed.
    page.on("filechooser", asked.put_nowait)
    await book(page, "bauberatung", "video")
    await page.wait_for_function("() => customElements.get('sz-upload') !== undefined")
    await tab_to(page, name="item")
    await page.keyboard.type("Skizze")
    await tab_to(page, name="file")
    await page.keyboard.press("Enter")
    async with asyncio.timeout(20):
        await (await asked.get()).set_files(plan)
    await tab_to(page, "Datei senden")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("lageplan.pdf", exact=True)).to_be_visible()
    await expect(page.locator(".paper", has_text="lageplan.pdf")).to_contain_text("Skizze")
    delete = page.get_by_role("button", name=re.compile("Löschen.*lageplan.pdf"))
    await delete.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("lageplan.pdf", exact=True)).to_have_count(0)


async def test_a_refused_document_is_explained_at_its_field(page: Page) -> None:
    """Refused by the browser's script, or by the server that looks inside: the field says it, until another is chosen."""
    await book(page, "bauberatung", "video")
    field = page.get_by_label("Datei", exact=True)
    send = page.get_by_role("button", name="Datei senden")
    hint = await field.get_attribute("aria-describedby")
    for refused, words in ((NO_PLAN, "plan.exe"), (NO_PDF, "PDF")):
        await field.set_input_files(refused)  # type: ignore[arg-type]
        await send.press("Enter")
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(field).to_have_accessible_description(re.compile(f"{words}.*höchstens", re.DOTALL))
        await field.set_input_files(PDF)  # type: ignore[arg-type]
        await expect(field).not_to_have_attribute("aria-invalid", "true")
        assert await field.get_attribute("aria-describedby") == hint


async def through_its_parts(page: Page, name: str) -> None:
    """Out of a field of date or time, whose inner parts have the focus without being `:focus`, to the next field."""
    for _ in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        at = await page.evaluate(FOCUSED)
        assert at["outline"], f"no focus ring: {at}"
        if at["name"] == name:
            return
    raise AssertionError(f"{name} is not reached with Tab")


@pytest.mark.criterion("I02")
async def test_a_duty_is_planned_with_the_keyboard_alone(page: Page) -> None:
    await sign_in(page, "scheduler")
    await page.goto("/office/roster?week=2027-03-01")
    await tab_to(page, "Einzelnen Dienst planen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Einzelnen Dienst planen")
    await tab_to(page, name="login")
    await page.keyboard.type("Clerk2")
    await page.keyboard.press("Tab")
    await page.keyboard.type("03052027")
    await through_its_parts(page, "from")
    await page.keyboard.type("0800AM")
    await through_its_parts(page, "to")
    await page.keyboard.type("1200PM")
    await through_its_parts(page, "place")
    await tab_to(page, "Dienst planen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Der Dienst ist geplant.")
