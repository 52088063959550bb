"""In a call a form is laid before the citizen, read, signed with the mouse, confirmed by the code from the mail, and sealed."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.browser.people import Citizen, Clerk, new_person
from tests.browser.seat import until
from tests.browser.test_clerk_tools import pictures_come
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import new_visitor
from tests.http.signing import begin, sealing_city, with_seal
from tests.office.city import MakeCity
from tests.office.served import ServeCity

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"])]
NAME = "Erika Musterfrau"
PLACE = "(at) => at.getBoundingClientRect().top + scrollY"
FILLED = {
    "Anschrift": "Kronenstraße 1\n87435 Kempten",
    "IBAN": "DE89370400440532013000",
    "Wofür (zum Beispiel Hundesteuer)": "Hundesteuer",
}


async def code_from(folder: Path) -> str:
    """The code of the newest mail that brings one."""
    found: list[str] = []

    async def came() -> bool:
        found[:] = [
            code[1]
            for mail in (folder / "outbox").glob("*.eml")
            if (code := re.search(r"Unterschrift: (\d{6})", mail.read_text()))
        ]
        return bool(found)

    await until(came)
    return found[-1]


async def fill_in_form(clerk: Page) -> Locator:
    """In the call, all but the last press; the dialog in which it stands."""
    await clerk.get_by_test_id("tool-sign").click()
    dialog = clerk.get_by_role("dialog")
    await dialog.get_by_test_id("sz-form-blank").select_option("sepa-lastschrift")
    await dialog.get_by_test_id("form-fill").click()
    for label, value in FILLED.items():
        await dialog.get_by_label(label).fill(value)
    return dialog


async def draw(page: Page) -> None:
    """A stroke with the mouse, as people sign."""
    pad = page.get_by_test_id("pad")
    await pad.scroll_into_view_if_needed()
    box = await pad.bounding_box()
    assert box
    for start, end in (((0.1, 0.7), (0.4, 0.2)), ((0.5, 0.2), (0.9, 0.8))):
        await page.mouse.move(box["x"] + box["width"] * start[0], box["y"] + box["height"] * start[1])
        await page.mouse.down()
        await page.mouse.move(box["x"] + box["width"] * end[0], box["y"] + box["height"] * end[1], steps=12)
        await page.mouse.up()


@pytest.mark.criterion("C24")
async def test_a_form_is_signed_in_the_call(serve_city: ServeCity, browser: Browser, tmp_path: Path) -> None:
    served = serve_city(**with_seal(tmp_path, datetime.now(UTC)))
    citizen = Citizen(await new_person(browser, phone=True), served.url)
    clerk = Clerk(await new_person(browser), served.url)
    await citizen.book_video("Bauberatung", NAME)
    await clerk.sign_in("clerk1")
    await citizen.enter()
    await clerk.open_room(NAME)
    await clerk.admit()
    await pictures_come(citizen.page)
    dialog = await fill_in_form(clerk.page)
    await dialog.get_by_test_id("form-make").click()
    row = dialog.get_by_test_id("form-row")
    panel = citizen.page.get_by_test_id("signing")
    await expect(panel).to_contain_text("DE89 3704 0044 0532 0130 00")
    await expect(panel.get_by_role("img", name="Seite 1 von 1")).to_be_visible()
    await expect(row).to_have_attribute("data-status", "reading")
    await panel.get_by_test_id("sign-code").click()
    await expect(panel.get_by_test_id("sign-problem")).to_contain_text("lesen Sie das ganze Formular")
    await panel.get_by_label("Ich habe das ganze Formular gelesen").check()
    await panel.get_by_test_id("sign-code").click()
    await expect(row).to_have_attribute("data-status", "code-sent")
    code = await code_from(served.folder)
    assert code not in await clerk.page.content()
    await draw(citizen.page)
    await panel.get_by_test_id("pad-undo").click()
    await draw(citizen.page)
    await panel.get_by_label("Code aus der Nachricht").fill(code)
    await panel.get_by_test_id("sign-now").click()
    await expect(panel).to_have_attribute("data-status", "sealed", timeout=60_000)
    await expect(row).to_have_attribute("data-status", "sealed", timeout=60_000)
    await pictures_come(citizen.page)
    async with citizen.page.expect_download() as waiting:
        await panel.get_by_test_id("sign-download").click()
    file = await (await waiting.value).path()
    checked = await new_person(browser)
    await checked.goto(f"{served.url}/pruefen")
    await checked.get_by_label("PDF-Datei").set_input_files(
        {"name": "formular.pdf", "mimeType": "application/pdf", "buffer": Path(file).read_bytes()}
    )
    await checked.get_by_role("button", name="Prüfen").click()
    await expect(checked.get_by_text("Das Siegel stimmt")).to_be_visible()


async def test_a_form_keeps_the_place_of_its_pictures_while_they_are_on_their_way(
    make_city: MakeCity, browser: Browser, tmp_path: Path
) -> None:
    """What somebody is about to press does not move away when a page's picture comes."""
    signing = await begin(await sealing_city(make_city, tmp_path))
    page = await new_visitor(browser, signing.city.settings.public_url)
    may_come = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route("**/pages/*", hold)
    form = signing.own.removeprefix("/api/v1/appointments/")
    await page.goto(f"/a/{form}", wait_until="commit")
    link = page.get_by_role("link", name="Formular als PDF herunterladen")
    await link.focus()
    before = await link.evaluate(PLACE)
    may_come.set()
    await page.wait_for_function("() => [...document.images].some((one) => one.naturalWidth > 0)")
    assert await link.evaluate(PLACE) == before


async def test_the_keyboard_alone_signs_on_the_page(
    make_city: MakeCity, browser: Browser, tmp_path: Path
) -> None:
    city = await sealing_city(make_city, tmp_path)
    signing = await begin(city)
    page = await new_visitor(browser, city.settings.public_url)
    await page.goto(f"/a/{signing.token}")
    await tab_to(page, "Lesen und unterschreiben")
    await page.keyboard.press("Enter")
    status = page.get_by_test_id("form-status")
    await expect(status).to_have_attribute("data-status", "reading")
    await tab_to(page, "Alles gelesen, Code senden")
    await page.keyboard.press("Enter")
    await expect(status).to_have_attribute("data-status", "code-sent")
    code = await signing.newest_code()
    await tab_to(page, name="name")
    await page.keyboard.type(NAME)
    await tab_to(page, name="read")
    await page.keyboard.press("Space")
    await tab_to(page, name="code")
    await page.keyboard.type(code)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Sie haben unterschrieben")).to_be_visible()
