"""A connection is given up and another takes its place, which takes most of a minute: what was being said goes on."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.talking import begin_call, open_panel, safety_words
from tests.office.city import only_sqlite
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]
PATIENCE_MS = 120_000


async def test_what_is_written_while_the_connection_is_away_arrives_over_the_next(
    served_city: ServedCity, browser: Browser
) -> None:
    talk = await begin_call(browser, served_city.url)
    citizen, clerk = talk.pages
    await open_panel(citizen, "safety")
    before = await safety_words(citizen)
    await citizen.get_by_test_id("safety-same").click()
    await open_panel(clerk, "text")
    await clerk.get_by_test_id("text-field").fill("Sehen Sie")
    await open_panel(citizen, "text")
    await expect(citizen.get_by_test_id("text-now")).to_contain_text("Sehen Sie")
    await citizen.evaluate("window.connectionsMade.at(-1).close()")
    await open_panel(citizen, "chat")
    await citizen.get_by_test_id("chat-field").fill("mittendrin")
    await citizen.keyboard.press("Enter")
    await expect(citizen.get_by_test_id("message")).to_contain_text("Noch nicht angekommen")
    await open_panel(clerk, "chat")
    arrived = clerk.get_by_test_id("message").locator(".sz-message__text")
    await expect(arrived).to_have_text(["mittendrin"], timeout=PATIENCE_MS)
    await expect(citizen.get_by_test_id("message")).not_to_contain_text("Noch nicht angekommen")
    for page in talk.pages:
        await open_panel(page, "safety")
    words = await safety_words(citizen)
    assert words != before
    assert words == await safety_words(clerk)
    await expect(citizen.get_by_test_id("comparison")).to_contain_text("neu aufgebaut")
    await open_panel(citizen, "text")
    await expect(citizen.get_by_test_id("text-line")).to_contain_text("hier fehlt vielleicht Text")
    await expect(citizen.get_by_test_id("text-now")).to_contain_text("Sehen Sie")
