"""On a line that loses packets: the sound outlives the picture, the words say so, and the picture comes back by itself."""

import pytest
from playwright.async_api import expect

from tests.browser.people import figure
from tests.network.call import Call, rises

pytestmark = pytest.mark.browser
BY_THEN_MS = 60_000


@pytest.mark.criterion("C14")
async def test_the_picture_gives_way_to_the_sound_and_comes_back(meeting: Call) -> None:
    citizen, clerk = meeting.citizen.page, meeting.clerk.page
    await meeting.meet()
    state = citizen.get_by_test_id("own-line")
    await expect(state).to_have_attribute("data-line-state", "good", timeout=BY_THEN_MS)

    meeting.internet.lose(40)
    await expect(state).to_contain_text("nur Ton", timeout=BY_THEN_MS)
    await expect(clerk.get_by_test_id("tile-note")).to_be_visible(timeout=BY_THEN_MS)
    await expect(clerk.get_by_test_id("quality")).to_have_attribute(
        "data-quality", "poor", timeout=BY_THEN_MS
    )
    await rises(lambda: figure(clerk, "totalAudioEnergy"))

    meeting.internet.lose(0)
    await expect(clerk.get_by_test_id("tile-note")).to_have_count(0, timeout=BY_THEN_MS)
    await rises(lambda: meeting.frames(clerk), by=5)

    await citizen.get_by_test_id("devices").click()
    await citizen.get_by_test_id("save-data").check()
    await expect(clerk.get_by_test_id("tile-note")).to_be_visible()
    await expect(citizen.get_by_test_id("tile-note")).to_contain_text("Daten zu sparen")
    await rises(lambda: figure(clerk, "totalAudioEnergy"))
    await citizen.get_by_test_id("save-data").uncheck()
    for page in (citizen, clerk):
        await expect(page.get_by_test_id("tile-note")).to_have_count(0)
        await rises(lambda page=page: meeting.frames(page), by=5)  # type: ignore[misc]
