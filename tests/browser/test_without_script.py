"""Everything about an appointment works in a browser without script: book on site, look, move, cancel."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.visitor import MAIL, NAME, book, fill_in, hold_time, new_visitor, path_of
from tests.office.city import City, only_sqlite
from tests.office.papers import a_pdf

pytestmark = [pytest.mark.browser, only_sqlite()]


@pytest.fixture
async def page(browser: Browser, city: City) -> Page:
    return await new_visitor(browser, city.settings.public_url, script=False)


async def visits_at_the_desk(city: City) -> str:
    """The day of the clerk who sits at the desk, as the clerk's page shows it."""
    clerk = await city.sign_in("clerk3")
    return await (await clerk.get("/office/day", params={"date": f"{city.now.date()}"})).text()


@pytest.mark.criterion("A02", "A03")
async def test_an_identity_card_is_booked_on_site_from_the_home_page_on(page: Page, city: City) -> None:
    await page.goto("/")
    await page.get_by_label("Anliegen suchen").fill("Perso")
    await page.get_by_role("button", name="Suchen").click()
    await page.get_by_role("link", name="Personalausweis").click()
    await expect(page.get_by_text("Für den Ausweis nehmen wir Fingerabdrücke.")).to_be_visible()
    await page.get_by_role("button", name="Freie Zeiten zeigen").click()
    await expect(page.get_by_role("heading", name="Verwaltungsgebäude").first).to_be_visible()
    time = page.locator("button[name=slot]").nth(3)
    picked = await time.inner_text()
    await time.click()
    await expect(page.get_by_text("Wir halten diese Zeit bis 08:10 Uhr")).to_be_visible()
    await fill_in(page)
    await page.get_by_role("button", name="Termin verbindlich buchen").click()
    await expect(page.get_by_text("Ihr Termin ist gebucht")).to_be_visible()
    await expect(page.get_by_text(f"{picked} Uhr")).to_be_visible()
    await expect(page.get_by_text("Vor Ort: Verwaltungsgebäude, Rathausplatz 22")).to_be_visible()
    await expect(page.get_by_text("Fotostation")).to_be_visible()
    assert NAME in await visits_at_the_desk(city)


@pytest.mark.criterion("A03", "A14")
async def test_an_appointment_is_moved(page: Page, city: City) -> None:
    manage = await book(page, "personalausweis")
    before = await page.locator(".ticket").inner_text()
    await page.get_by_role("link", name="Termin verschieben").click()
    await expect(page.get_by_text("bleibt bestehen, bis Sie eine neue Zeit gewählt haben")).to_be_visible()
    other = page.locator("button[name=slot]").nth(5)
    picked = await other.inner_text()
    await other.click()
    assert path_of(page) == manage
    assert f"{picked} Uhr" in await page.locator(".ticket").inner_text() != before
    assert (await visits_at_the_desk(city)).count("visit__name") == 1


@pytest.mark.criterion("A03", "A15")
async def test_an_appointment_is_cancelled_after_asking_once(page: Page, city: City) -> None:
    before = await city.free("personalausweis", days=0)
    await book(page, "personalausweis")
    await page.get_by_role("link", name="Termin absagen").click()
    await page.get_by_role("link", name="Nein, behalten").click()
    await expect(page.get_by_role("definition").filter(has_text="Gebucht")).to_be_visible()
    await page.get_by_role("link", name="Termin absagen").click()
    await page.get_by_role("button", name="Ja, Termin absagen").click()
    await expect(page.get_by_text("Dieser Termin ist abgesagt")).to_be_visible()
    await expect(page.get_by_role("link", name="Termin verschieben")).to_have_count(0)
    assert "Raum öffnen" not in await visits_at_the_desk(city)
    assert await city.free("personalausweis", days=0) == before


@pytest.mark.criterion("A08")
async def test_the_held_time_is_extended_once(page: Page, city: City) -> None:
    await hold_time(page, "personalausweis")
    held, action = path_of(page), await page.locator("[formaction$=extend]").get_attribute("formaction")
    city.clock.advance(timedelta(minutes=4))
    await page.get_by_role("button", name="Zeit verlängern").click()
    await expect(page.get_by_text("bis 08:14 Uhr")).to_be_visible()
    await expect(page.get_by_role("button", name="Zeit verlängern")).to_have_count(0)
    again = await page.context.request.post(f"{action}")
    assert "bis 08:14 Uhr" in await again.text()
    city.clock.advance(timedelta(minutes=11))
    late = await page.goto(held)
    assert late
    assert late.status == 410
    await expect(page.get_by_role("link", name="Zur Startseite")).to_be_visible()


@pytest.mark.criterion("A10")
async def test_pressing_twice_books_once(page: Page, city: City) -> None:
    await hold_time(page, "personalausweis")
    form = f"{path_of(page)}/confirm"
    await fill_in(page)
    await page.get_by_role("button", name="Termin verbindlich buchen").dblclick()
    await expect(page.get_by_text("Ihr Termin ist gebucht")).to_be_visible()
    manage = path_of(page)
    again = await page.context.request.post(
        form, form={"name": NAME, "email": MAIL, "phone": "", "language": "de"}
    )
    assert manage in again.url
    assert (await visits_at_the_desk(city)).count("visit__name") == 1


async def test_picking_a_time_twice_holds_one(page: Page, city: City) -> None:
    before = len(await city.free("personalausweis", days=0))
    await page.goto("/times?service=personalausweis&count=1")
    await page.locator("button[name=slot]").first.dblclick()
    await expect(page.get_by_label("Vor- und Nachname")).to_be_visible()
    assert len(await city.free("personalausweis", days=0)) == before - 1


async def test_a_mistake_keeps_what_was_typed(page: Page) -> None:
    await hold_time(page, "personalausweis")
    await fill_in(page, mail="erika-at-example")
    await page.get_by_label("Telefonnummer").fill("0831 123456")
    await page.get_by_label("In welcher Sprache").select_option("en")
    await page.get_by_role("button", name="Termin verbindlich buchen").click()
    await expect(page.get_by_role("alert")).to_contain_text("E-Mail-Adresse")
    await expect(page.get_by_label("Vor- und Nachname")).to_have_value(NAME)
    await expect(page.get_by_label("E-Mail-Adresse")).to_have_value("erika-at-example")
    await expect(page.get_by_label("E-Mail-Adresse")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Telefonnummer")).to_have_value("0831 123456")
    await expect(page.get_by_label("In welcher Sprache")).to_have_value("en")
    assert (await page.title()).startswith("Fehler")


async def test_more_time_keeps_what_was_typed(page: Page) -> None:
    await hold_time(page, "personalausweis")
    await fill_in(page)
    await page.get_by_label("In welcher Sprache").select_option("en")
    await page.get_by_role("button", name="Zeit verlängern").click()
    await expect(page.get_by_role("button", name="Zeit verlängern")).to_have_count(0)
    await expect(page.get_by_role("status").first).to_contain_text("mehr Zeit")
    await expect(page.get_by_label("Vor- und Nachname")).to_have_value(NAME)
    await expect(page.get_by_label("E-Mail-Adresse")).to_have_value(MAIL)
    await expect(page.get_by_label("In welcher Sprache")).to_have_value("en")


async def test_enter_in_a_field_books_and_does_not_ask_for_more_time(page: Page) -> None:
    await hold_time(page, "personalausweis")
    await fill_in(page)
    await page.get_by_label("Vor- und Nachname").press("Enter")
    await expect(page.get_by_text("Ihr Termin ist gebucht")).to_be_visible()


async def test_going_back_after_booking_leads_to_the_appointment(page: Page) -> None:
    await hold_time(page, "personalausweis")
    held = path_of(page)
    await fill_in(page)
    await page.get_by_role("button", name="Termin verbindlich buchen").click()
    await expect(page.get_by_text("Ihr Termin ist gebucht")).to_be_visible()
    manage = path_of(page)
    await page.goto(held)
    assert path_of(page) == manage
    await expect(page.get_by_role("status").first).to_contain_text("Ihr Termin ist schon gebucht")


@pytest.mark.criterion("A11")
async def test_a_time_that_has_just_gone_leads_to_others_nearby(page: Page, city: City) -> None:
    await page.goto("/times?service=personalausweis&count=1")
    slot = (await city.free("personalausweis"))[0]
    assert (await city.hold("personalausweis", slot)).status == 201
    await page.locator("button[name=slot]").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Diese Zeit ist nicht mehr frei")
    assert await page.locator("button[name=slot]").count() >= 3
    await page.locator("button[name=slot]").first.click()
    await expect(page.get_by_label("Vor- und Nachname")).to_be_visible()


async def test_a_document_is_sent_and_taken_back(page: Page) -> None:
    await book(page, "bauberatung", "video")
    plan = {
        "name": "plan.pdf",
        "mimeType": "application/pdf",
        "buffer": a_pdf(),
    }
    await page.get_by_label("Datei", exact=True).set_input_files(plan)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Datei senden").click()
    await expect(page.get_by_text("plan.pdf", exact=True)).to_be_visible()
    await page.get_by_role("button", name=re.compile("Löschen.*plan.pdf")).click()
    await expect(page.get_by_text("plan.pdf", exact=True)).to_have_count(0)


async def test_the_room_says_that_it_needs_script_and_what_to_do_instead(page: Page, city: City) -> None:
    manage = await book(page, "bauberatung", "video", nth=0)
    city.clock.advance(timedelta(minutes=20))
    await page.goto(f"{manage}/room")
    words = page.locator("noscript p")
    await expect(words.first).to_be_visible()
    assert "vor Ort kommen" in await words.first.inner_text()
    assert "0831 115" in await words.nth(1).inner_text()
