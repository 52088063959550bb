"""In the call documents go both ways, a page is looked at together, and an identity card is shown and not kept."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.seat import until
from tests.browser.sound import DESKTOP, NARROWEST, PHONE, faults
from tests.browser.talking import NAME, Talk, begin_call, open_panel, said_aloud
from tests.office.city import only_sqlite
from tests.office.papers import a_pdf, a_pdf_with_pages
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]

PLAN = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": a_pdf_with_pages(3)}
NOTICE = {"name": "bescheid.pdf", "mimeType": "application/pdf", "buffer": a_pdf(b"Bescheid")}
# Every way from a running picture to one that stays. (axe draws letters onto a canvas to look at fonts.)
COUNT_STILLS = """
  window.stills = [];
  const counted = (what, name, counts = () => true) => {
    const before = what?.[name];
    if (before) what[name] = function (...given) {
      if (counts(given[0])) window.stills.push(name);
      return before.apply(this, given);
    };
  };
  const moves = (source) => source instanceof HTMLVideoElement;
  counted(window.CanvasRenderingContext2D.prototype, "drawImage", moves);
  counted(window, "createImageBitmap", moves);
  for (const name of ["toBlob", "toDataURL"]) counted(window.HTMLCanvasElement.prototype, name);
  for (const name of ["takePhoto", "grabFrame"]) counted(window.ImageCapture?.prototype, name);
  counted(window.MediaRecorder?.prototype, "start");
"""


async def count_stills(context: BrowserContext, _person: str) -> None:
    await context.add_init_script(COUNT_STILLS)


@pytest.mark.criterion("C18", "C19", "C23")
async def test_documents_go_both_ways_are_looked_at_together_and_a_card_is_shown(
    served_city: ServedCity, browser: Browser
) -> None:
    talk = await begin_call(browser, served_city.url, language="de_LS", prepare=count_stills)
    await the_citizen_sends_and_the_clerk_accepts(talk)
    await the_clerk_gives_and_the_citizen_fetches(talk)
    await both_look_at_a_page(talk)
    await after_a_reload_of_the_clerk_it_is_shown_again(talk)
    await an_identity_card_is_shown(talk)


async def the_citizen_sends_and_the_clerk_accepts(talk: Talk) -> None:
    """Also when the script that sends in parts is slower than the citizen."""
    citizen, clerk = talk.pages
    pressed = asyncio.Event()

    async def slow(route: Route) -> None:
        await pressed.wait()
        await route.continue_()

    await citizen.route("**/static/assets/upload-*.js", slow)
    await open_panel(citizen, "papers")
    await citizen.get_by_test_id("paper-send").click()
    await expect(citizen.get_by_test_id("give-problem")).to_be_visible()
    await expect(citizen.get_by_test_id("sz-paper-file")).to_be_focused()
    await citizen.get_by_test_id("sz-paper-file").set_input_files(PLAN)  # type: ignore[arg-type]
    await citizen.get_by_test_id("paper-send").click()
    pressed.set()
    await expect(clerk.get_by_test_id("open-papers")).to_have_attribute("data-news", "true")
    await said_aloud(clerk, "Neues Dokument: plan.pdf")
    await expect(citizen.get_by_test_id("remote-video")).to_be_visible()
    await open_panel(clerk, "papers")
    await expect(clerk.get_by_test_id("paper")).to_have_attribute("data-state", "checking")
    decide = clerk.get_by_test_id("paper-decide")
    await expect(decide).to_have_attribute("target", "_blank")
    await clerk.get_by_test_id("paper-accept").click()
    for page in talk.pages:
        await expect(page.get_by_test_id("paper")).to_have_attribute("data-state", "accepted")


async def the_clerk_gives_and_the_citizen_fetches(talk: Talk) -> None:
    citizen, clerk = talk.pages
    await clerk.get_by_test_id("sz-paper-file").set_input_files(NOTICE)  # type: ignore[arg-type]
    await clerk.get_by_test_id("paper-give").click()
    given = citizen.get_by_test_id("paper").first
    await expect(given).to_contain_text("bescheid.pdf")
    await expect(given).to_have_attribute("data-new", "true")
    await said_aloud(citizen, "bescheid.pdf")
    async with citizen.expect_download() as download:
        await given.get_by_test_id("paper-download").click()
    path = await (await download.value).path()
    assert path.read_bytes() == NOTICE["buffer"]
    await expect(citizen.get_by_test_id("room-state")).to_have_attribute("data-state", "call")
    assert await faults(citizen, "de_LS", (PHONE, NARROWEST)) == []
    assert await faults(clerk, widths=(DESKTOP,)) == []


async def picture_is_there(page: Page) -> None:
    await page.wait_for_function(
        "() => { const [one] = document.querySelectorAll('[data-testid=view-picture]');"
        " return one !== undefined && one.complete && one.naturalWidth > 0; }"
    )


async def is_on_page(page: Page, number: int, words: str) -> None:
    await expect(page.get_by_test_id("view")).to_have_attribute("data-page", str(number - 1))
    await expect(page.get_by_test_id("view-page")).to_have_text(words)
    await picture_is_there(page)


async def both_look_at_a_page(talk: Talk) -> None:
    citizen, clerk = talk.pages
    await clerk.get_by_test_id("paper-show").last.click()
    for page in talk.pages:
        await is_on_page(page, 1, "Seite 1 von 3")
        await expect(page.get_by_test_id("remote-video")).to_be_visible()
    await expect(clerk.get_by_test_id("view-note")).to_have_attribute("data-seen", "true")
    await citizen.get_by_test_id("view-frame").focus()
    await citizen.keyboard.press("PageDown")
    for page in talk.pages:
        await is_on_page(page, 2, "Seite 2 von 3")
    await clerk.get_by_test_id("view-larger").click()
    await expect(clerk.locator(".sz-view__sheet")).to_have_attribute("data-zoom", "150")
    await expect(citizen.locator(".sz-view__sheet")).to_have_attribute("data-zoom", "100")
    await clerk.get_by_test_id("view-smaller").click()

    for _ in range(4):
        await citizen.keyboard.press("Shift+ArrowRight")
    sheet = await clerk.get_by_test_id("view-picture").bounding_box()
    assert sheet is not None
    await clerk.mouse.move(sheet["x"] + sheet["width"] / 4, sheet["y"] + 60)
    await pointer_stands(clerk, NAME, 80, 50)
    await pointer_stands(citizen, "Clerk1", 25, round(6000 / sheet["height"]))
    await said_aloud(clerk, "in der Mitte rechts")
    assert await faults(citizen, "de_LS", (PHONE, NARROWEST)) == []
    assert await faults(clerk, widths=(DESKTOP,)) == []


async def pointer_stands(page: Page, name: str, left: int, top: int) -> None:
    """It may be on its way there."""
    pointer = page.locator("[data-pointer]:not([hidden])", has_text=name)
    await expect(pointer).to_be_visible()

    async def there() -> bool:
        at: Any = await pointer.evaluate("(one) => [one.style.left, one.style.top].map(parseFloat)")
        return bool(abs(at[0] - left) < 2 and abs(at[1] - top) < 2)

    await until(there)


async def after_a_reload_of_the_clerk_it_is_shown_again(talk: Talk) -> None:
    citizen, clerk = talk.pages
    await clerk.reload()
    for page in talk.pages:
        await is_on_page(page, 2, "Seite 2 von 3")
    await clerk.get_by_test_id("view-end").click()
    await expect(citizen.get_by_test_id("view")).to_have_count(0)


async def an_identity_card_is_shown(talk: Talk) -> None:
    citizen, clerk = talk.pages
    for page in talk.pages:
        await page.evaluate("window.stills = []")
    talk.told.clear()
    await open_panel(clerk, "identity")
    await clerk.get_by_test_id("lead-front").click()
    frame = citizen.get_by_test_id("card-frame")
    await expect(frame).to_be_visible()
    await expect(citizen.get_by_test_id("identity-guide")).to_contain_text("Wir machen kein Foto")
    await said_aloud(citizen, "Schritt 1 von 4")
    assert await faults(citizen, "de_LS", (PHONE, NARROWEST)) == []
    for step, following in (("front", "back"), ("back", "tilt"), ("tilt", "face")):
        await clerk.get_by_test_id(f"mark-{step}").check()
        await expect(frame).to_have_attribute("data-step", following)
    await clerk.get_by_test_id("identity-note").click()
    await expect(clerk.get_by_test_id("identity-problem")).to_be_visible()
    await clerk.get_by_test_id("mark-face").check()
    assert await faults(clerk, widths=(DESKTOP,)) == []
    await clerk.get_by_test_id("identity-note").click()
    await expect(clerk.get_by_test_id("identity-outcome")).to_have_attribute("data-outcome", "noted")
    await expect(citizen.get_by_test_id("identity-guide")).to_have_count(0)

    assert [await page.evaluate("window.stills") for page in talk.pages] == [[], []]
    sent = [told for told in talk.told if told.startswith("http") and not told.endswith(" None")]
    assert len(sent) == 1
    assert sent[0].endswith("""/identity b'{"level":"low","method":"card"}'""")
    await citizen.goto(citizen.url.removesuffix("/room"))
    await expect(citizen.get_by_text("Wir haben Ihren Personal-Ausweis gesehen")).to_be_visible()
