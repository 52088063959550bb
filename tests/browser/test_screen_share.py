"""Citizen and clerk show each other a window, a tab or their screen."""

from functools import partial

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.seat import until
from tests.browser.talking import Talk, begin_call, open_panel, said_aloud
from tests.office.city import only_sqlite
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]

KEEP_WHAT_IS_SHARED = """() => {
  const ask = MediaDevices.prototype.getDisplayMedia;
  MediaDevices.prototype.getDisplayMedia = async function (wish) {
    window.sharedStreams = [...(window.sharedStreams ?? []), await ask.call(this, wish)];
    return window.sharedStreams.at(-1);
  };
}"""
SHOWN = """() => {
  const [screen] = document.querySelectorAll("[data-testid=screen-video]");
  return screen !== undefined && screen.videoWidth > 0 && screen.currentTime > 0;
}"""
STATES = "window.sharedStreams.flatMap((stream) => stream.getTracks()).map((track) => track.readyState)"


@pytest.fixture
async def talk(served_city: ServedCity, browser: Browser) -> Talk:
    talk = await begin_call(browser, served_city.url)
    for page in talk.pages:
        await page.evaluate(KEEP_WHAT_IS_SHARED)
    return talk


async def is_shown(page: Page) -> bool:
    return bool(await page.evaluate(SHOWN))


@pytest.mark.criterion("C17")
async def test_both_show_their_screens_and_stop(talk: Talk) -> None:
    for page, other in ((talk.clerk, talk.citizen), (talk.citizen, talk.clerk)):
        share, screen = page.get_by_test_id("share"), other.get_by_test_id("screen-video")
        await share.click()
        await until(partial(is_shown, other))
        await expect(page.get_by_test_id("sharing")).to_contain_text("Die anderen sehen alles")
        assert await page.evaluate("window.sharedStreams[0].getVideoTracks()[0].contentHint") == "detail"
        camera = other.get_by_test_id("remote-video")
        await expect(camera).to_be_visible()

        await share.click()
        await expect(screen).to_have_count(0)
        await said_aloud(page, "nicht mehr geteilt")
        assert await page.evaluate(STATES) == ["ended"]

        # Again, and stopped from the browser's own bar.
        await share.click()
        await until(partial(is_shown, other))
        bar = "window.sharedStreams[1].getVideoTracks()[0].dispatchEvent(new Event('ended'))"
        await page.evaluate(bar)
        await expect(screen).to_have_count(0)
        assert await page.evaluate(STATES) == ["ended", "ended"]


async def test_a_device_that_cannot_share_is_not_asked_to_and_a_refusal_is_put_into_words(talk: Talk) -> None:
    page, other = talk.citizen, talk.clerk
    await page.evaluate(
        """() => {
          MediaDevices.prototype.getDisplayMedia = async () => { throw new DOMException("", "NotAllowedError"); };
        }"""
    )
    await page.get_by_test_id("share").click()
    await expect(page.get_by_test_id("sharing")).to_have_text("Es wird nichts geteilt.")
    await other.evaluate("() => { delete MediaDevices.prototype.getDisplayMedia; }")
    await open_panel(other, "chat")
    await expect(other.get_by_test_id("share")).to_have_count(0)
