"""Cameras, microphones and weak lines in the room: chosen, changed, lost, busy; and sound that outlives the picture."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.people import figure
from tests.browser.room import NAME, booked, sees
from tests.browser.seat import rises, until
from tests.browser.talking import CHANNELS
from tests.neighbours.browser import ARGUMENTS, Kept, start_chromium
from tests.office.city import only_sqlite
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]

COUNTED = """
  window.negotiations = 0;
  const set = RTCPeerConnection.prototype.setLocalDescription;
  RTCPeerConnection.prototype.setLocalDescription = function (...given) {
    window.negotiations += 1;
    return set.apply(this, given);
  };
"""
CAMERA_REFUSES = """
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wish) =>
    wish.video ? Promise.reject(new DOMException("", window.refusal ?? "NotReadableError")) : open(wish);
"""
# What opens late is negotiated for; all that follows is not.
CHANNELS_OPEN = "() => window.channelsMade.filter((channel) => channel.readyState === 'open').length === 4"
OWN_TRACK = "document.querySelector('video[data-own]')?.srcObject?.getVideoTracks()[0]"


@pytest_asyncio.fixture
async def three_cameras(kept_chromium: Kept) -> AsyncIterator[Browser]:
    """A browser on a machine with three cameras; the one in the middle measures depth, which nobody can send."""
    arguments = [one for one in ARGUMENTS if not one.startswith("--use-fake-device")]
    arguments.append("--use-fake-device-for-media-stream=device-count=3")
    chromium = await start_chromium(kept_chromium.playwright, arguments)
    try:
        yield chromium
    finally:
        await chromium.close()


async def camera_of(page: Page) -> str:
    return str(await page.evaluate(f"{OWN_TRACK}?.label"))


async def choose(page: Page, what: str, number: int) -> None:
    await page.get_by_test_id(f"choose-{what}").select_option(index=number)


@pytest.mark.criterion("C13")
async def test_devices_are_changed_in_the_call_without_negotiating_and_remembered(
    served_city: ServedCity, three_cameras: Browser
) -> None:
    room = await booked(three_cameras, served_city)
    citizen, clerk = room.citizen.page, room.clerk.page
    await citizen.add_init_script(COUNTED)
    await citizen.add_init_script(CHANNELS)
    await room.meet()
    await citizen.get_by_test_id("devices").click()
    first = await camera_of(citizen)
    await citizen.wait_for_function(CHANNELS_OPEN)
    settled = await citizen.evaluate("window.negotiations")
    await choose(citizen, "camera", 2)
    await until(lambda: _is_another(citizen, first))
    second = await camera_of(citizen)
    await sees(clerk, 1)
    await choose(citizen, "microphone", 2)
    await choose(citizen, "speaker", 1)
    sink = "document.querySelector('audio[data-sound]').sinkId"
    await citizen.wait_for_function(f"() => {sink} !== ''")
    await rises(partial(figure, clerk, "totalAudioEnergy"))
    assert await citizen.evaluate("window.negotiations") == settled

    await citizen.get_by_test_id("mute-audio").click()
    await expect(citizen.get_by_text("Sie sprechen, aber Ihr Mikrofon ist aus").last).to_be_visible(
        timeout=60_000
    )
    await citizen.get_by_test_id("mute-audio").click()

    await citizen.evaluate(
        f"(() => {{ const track = {OWN_TRACK}; track.stop(); track.dispatchEvent(new Event('ended')); }})()"
    )
    await expect(citizen.get_by_test_id("device-help")).to_contain_text("getrennt")
    await expect(clerk.get_by_test_id("tile-note")).to_have_text("Kein Bild")
    await citizen.get_by_test_id("device-retry").click()
    await expect(clerk.get_by_test_id("tile-note")).to_have_count(0)
    await sees(clerk, 1)

    await citizen.reload()
    await sees(clerk, 1)
    await citizen.wait_for_function(f"(label) => {OWN_TRACK}?.label === label", arg=second)


async def _is_another(page: Page, label: str) -> bool:
    return await camera_of(page) != label


@pytest.mark.criterion("C13")
async def test_a_camera_that_is_busy_or_refused_leads_to_sound_alone_with_help(
    served_city: ServedCity, browser: Browser
) -> None:
    room = await booked(browser, served_city)
    citizen, clerk = room.citizen.page, room.clerk.page
    await citizen.add_init_script(CAMERA_REFUSES)
    await room.citizen.enter()
    await expect(citizen.get_by_test_id("device-help")).to_contain_text("Ein anderes Programm")
    await expect(citizen.get_by_test_id("device-help")).to_contain_text("Man hört Sie")
    await citizen.evaluate("window.refusal = 'NotAllowedError'")
    await citizen.get_by_test_id("device-retry").click()
    await expect(citizen.get_by_test_id("device-permission")).to_be_visible()

    await room.clerk.open_room(NAME)
    await room.admit()
    await rises(partial(figure, clerk, "totalAudioEnergy"))
    await expect(clerk.get_by_test_id("tile-note")).to_have_text("Kein Bild")
    await sees(citizen, 1)
