"""In the call people write to each other and compare words: from browser to browser, and past the server."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.sound import DESKTOP, NARROWEST, PHONE, faults
from tests.browser.talking import Talk, begin_call, open_panel, safety_words, said_aloud
from tests.office.city import only_sqlite
from tests.office.disk import contents_of
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]

CANARY = "Kanarienvogel7391"
MARKUP = f'<b>{CANARY}</b> https://example.org/?q="x" \u202egnal'


@pytest.fixture
async def talk(served_city: ServedCity, browser: Browser) -> Talk:
    return await begin_call(browser, served_city.url)


async def write(page: Page, text: str) -> None:
    await page.get_by_test_id("chat-field").fill(text)
    await page.keyboard.press("Enter")


def kept_by_the_server(folder: Path) -> bytes:
    """Every file of the city: database, logs, mails, documents."""
    return b"".join(contents_of(folder).values())


@pytest.mark.criterion("C16")
async def test_chat_goes_from_browser_to_browser_and_past_the_server(
    served_city: ServedCity, talk: Talk
) -> None:
    citizen, clerk = talk.pages
    await open_panel(citizen, "chat")
    await write(citizen, MARKUP)
    await expect(clerk.get_by_test_id("open-chat")).to_contain_text("(1 neu)")
    await said_aloud(clerk, CANARY)
    await open_panel(clerk, "chat")
    received = clerk.get_by_test_id("message").locator(".sz-message__text")
    await expect(received).to_have_text(MARKUP)
    assert await received.locator("*").count() == 0
    await expect(clerk.get_by_test_id("message")).to_contain_text("Erika Musterfrau")
    await expect(clerk.get_by_test_id("open-chat")).to_have_text("Chat")
    assert await faults(clerk) == []
    await write(clerk, f"{CANARY} ist\nangekommen")
    await expect(citizen.get_by_test_id("message").last).to_contain_text("ist\nangekommen")

    assert any('"description"' in told for told in talk.told)
    assert not any(CANARY in told for told in talk.told)
    kept = kept_by_the_server(served_city.folder)
    assert b"SQLite format 3" in kept
    assert CANARY.encode() not in kept


async def test_what_is_written_while_the_channel_is_away_arrives_later(talk: Talk) -> None:
    """The channels are gone, the clerk loads the page anew: what was unsent comes, what was said before does not."""
    citizen, clerk = talk.pages
    await open_panel(citizen, "chat")
    await write(citizen, "davor")
    await open_panel(clerk, "chat")
    await expect(clerk.get_by_test_id("message")).to_have_count(1)
    await citizen.evaluate("for (const channel of window.channelsMade) channel.close()")
    await write(citizen, "mittendrin")
    await expect(citizen.get_by_test_id("message").last).to_contain_text("Noch nicht angekommen")
    await clerk.reload()
    await open_panel(clerk, "chat")
    await expect(clerk.get_by_test_id("message").locator("p:last-child")).to_have_text(["mittendrin"])
    await expect(citizen.get_by_test_id("message").last).not_to_contain_text("Noch nicht angekommen")


@pytest.mark.criterion("C15")
async def test_text_is_seen_while_it_is_typed_on_both_sides(talk: Talk) -> None:
    citizen, clerk = talk.pages
    for page, other in ((citizen, clerk), (clerk, citizen)):
        await open_panel(page, "text")
        typed = other.locator("[data-testid=captions], [data-testid=text-now]")
        await page.get_by_test_id("text-field").press_sequentially("Guten Tsg")
        await expect(typed).to_contain_text("Guten Tsg")
        for _ in range(2):
            await page.keyboard.press("Backspace")
        await expect(typed).not_to_contain_text("Tsg")
        await page.keyboard.type("ag 👍🏽")
        await expect(typed).to_contain_text("Guten Tag 👍🏽")
        await page.keyboard.press("Backspace")
        await expect(typed).not_to_contain_text("👍")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("text-field")).to_have_value("")
        # In one go: what stands there while somebody pauses is said in pieces.
        await page.get_by_test_id("text-field").fill("Schön, dass Sie da sind\n")
        await said_aloud(other, "Schön, dass Sie da sind")
    for page in talk.pages:
        await expect(page.get_by_test_id("text-line")).to_have_count(4)
        made = await page.evaluate(
            "window.channelsMade.map(({protocol, ordered, negotiated, id, maxRetransmits}) =>"
            " ({protocol, ordered, negotiated, id, maxRetransmits})).filter((one) => one.protocol === 't140')"
        )
        assert made == [
            {"protocol": "t140", "ordered": True, "negotiated": True, "id": 2, "maxRetransmits": None}
        ]
    assert not any("Guten" in told for told in talk.told)
    await captions_are_as_large_as_one_wants_or_away(citizen, clerk)


async def captions_are_as_large_as_one_wants_or_away(citizen: Page, clerk: Page) -> None:
    await clerk.get_by_test_id("text-field").fill("Bitte zeigen Sie den Plan.")
    captions = citizen.get_by_test_id("captions")
    await expect(captions).to_have_count(0)
    await citizen.get_by_test_id("captions-choice").click()
    await citizen.get_by_test_id("captions-size").select_option("sehr groß")
    await citizen.keyboard.press("Escape")
    await expect(captions).to_contain_text("zeigen Sie den Plan")
    await expect(captions).to_have_attribute("data-size", "huge")
    await expect(citizen.get_by_test_id("open-text")).to_be_focused()
    await open_panel(citizen, "text")
    await citizen.get_by_test_id("captions-choice").click()
    await citizen.get_by_test_id("captions-on").uncheck()
    await citizen.get_by_test_id("panel-close").click()
    await expect(captions).to_have_count(0)


@pytest.mark.criterion("C08")
async def test_both_sides_read_the_same_words(served_city: ServedCity, browser: Browser) -> None:
    talk = await begin_call(browser, served_city.url, language="de_LS")
    for page in talk.pages:
        await open_panel(page, "safety")
    assert await safety_words(talk.citizen) == await safety_words(talk.clerk)
    await talk.clerk.get_by_test_id("safety-same").click()
    await expect(talk.clerk.get_by_test_id("safety-outcome")).to_have_attribute("data-kind", "success")
    await talk.citizen.get_by_test_id("safety-different").click()
    await expect(talk.citizen.get_by_test_id("safety-outcome")).to_contain_text(
        "hört vielleicht jemand mit. Sagen Sie nichts"
    )

    assert await faults(talk.citizen, "de_LS", (PHONE, NARROWEST)) == []
    assert await faults(talk.clerk, widths=(DESKTOP,)) == []
    await what_the_clerks_page_tells_is_shown_to_the_citizen(talk)
    for name in ("chat", "text"):
        await open_panel(talk.citizen, name)
        assert await faults(talk.citizen, "de_LS", (PHONE, NARROWEST)) == []


async def what_the_clerks_page_tells_is_shown_to_the_citizen(talk: Talk) -> None:
    citizen, clerk = talk.pages
    heard = """() => {
      window.heard = [];
      document.addEventListener("sz-control", (event) => window.heard.push(event.detail.message.kind));
    }"""
    for page in talk.pages:
        await page.evaluate(heard)
    tell = "(message) => document.querySelector('sz-room').control(message)"
    await clerk.evaluate(tell, {"kind": "handover", "to": "Frau Weber"})
    await clerk.evaluate(tell, {"kind": "unknown-to-all", "html": "<b>x</b>"})
    onsite = {"number": "K-12", "when": "2026-12-01T09:30:00+01:00", "where": "Rathaus"}
    await clerk.evaluate(tell, {"kind": "onsite", **onsite, "manage": "https://example.org/"})
    notices = citizen.get_by_test_id("notice")
    await expect(notices).to_have_count(2)
    await expect(notices.first).to_contain_text("Gleich spricht Frau Weber mit Ihnen")
    await expect(notices.last).to_contain_text("1. Dezember um 09:30 Uhr, Rathaus")
    assert await notices.last.get_by_role("link").count() == 0
    assert await citizen.evaluate("window.heard") == ["handover", "unknown-to-all", "onsite"]
    await notices.first.get_by_test_id("notice-close").click()
    await expect(notices).to_have_count(1)
    await citizen.evaluate(tell, {"kind": "notice", "text": "von der Bürgerin"})
    await expect(clerk.locator("sz-room")).to_be_visible()
    await clerk.wait_for_function("() => window.heard.length === 1")
    await expect(clerk.get_by_test_id("notice")).to_have_count(0)
