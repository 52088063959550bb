"""Five in a hundred packets lost and 300 ms each way: the conversation stays usable, and words under the picture say so."""

import re
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import figure, room_state
from tests.network.call import Call, rises

pytestmark = pytest.mark.browser


async def words(page: Page) -> None:
    quality = page.get_by_test_id("quality").first
    await expect(quality).to_have_attribute("data-quality", re.compile("fair|poor"), timeout=60_000)
    await expect(quality).to_have_text(re.compile("Verbindung"))


@pytest.mark.criterion("C14")
async def test_a_bad_line_stays_usable_and_words_say_so(meeting: Call, tmp_path: Path) -> None:
    with meeting.internet.slow_line(300, tmp_path):
        meeting.internet.lose(5)
        await meeting.meet()
        for page in (meeting.citizen.page, meeting.clerk.page):
            await words(page)
            await rises(partial(figure, page, "framesDecoded"), by=10)
            await rises(partial(figure, page, "totalAudioEnergy"))
            assert await room_state(page) == "call"
        meeting.internet.lose(0)
        await meeting.leave()
