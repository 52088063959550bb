"""Recording as people in the room meet it: asked before, seen while it lasts, ended and deleted by anybody at any time."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.people import room_state, statistics
from tests.browser.recorded import no_tape_is_left, permit_recording, press, tapes
from tests.browser.room import Room, booked, sees
from tests.browser.seat import until
from tests.browser.sound import faults
from tests.browser.visitor import new_visitor
from tests.office.city import only_sqlite
from tests.office.served import ServeCity

pytestmark = [pytest.mark.browser, only_sqlite()]


async def says(page: Page, words: str) -> None:
    status = page.get_by_test_id("recording-words")
    await expect(status).to_have_text(words)
    await expect(status).to_have_role("status")
    await expect(page.get_by_test_id("recording-banner")).to_have_count(0)


async def recorded(room: Room) -> None:
    """The clerk asks, the citizen says yes; both see that it runs, and something of it lies in the store."""
    citizen, clerk = room.citizen.page, room.clerk.page
    await press(clerk, "ask")
    await press(citizen, "yes")
    for page in (citizen, clerk):
        await expect(page.get_by_test_id("recording-banner")).to_contain_text("wird aufgezeichnet")
        await expect(page.get_by_test_id("remote-video")).to_have_count(1)

    async def taken_of_both() -> bool:
        """The store writes in large pieces: that something of each has come is seen where it is sent."""
        figures = [await statistics(page) for page in (citizen, clerk)]
        sent = [one["framesSent"] for page in figures for one in page if one["name"] == "Aufzeichnung"]
        return bool(tapes(room.city.folder)) and len(sent) == 2 and min(sent) > 20

    await until(taken_of_both)


@pytest.mark.criterion("J08")
async def test_everybody_is_asked_sees_it_and_can_end_and_delete_it(
    serve_city: ServeCity, browser: Browser
) -> None:
    city = serve_city(recorder=True)
    await permit_recording(await new_visitor(browser, city.url))
    room = await booked(browser, city)
    await room.meet()
    citizen, clerk = room.citizen.page, room.clerk.page

    await press(clerk, "ask")
    question = citizen.get_by_test_id("recording-dialog")
    await expect(question).to_contain_text("Darf dieses Gespräch aufgezeichnet werden?")
    await expect(question.locator(":focus")).to_have_text("Darf aufgezeichnet werden?")
    await citizen.keyboard.press("Escape")
    await expect(citizen.get_by_test_id("recording-words")).to_contain_text("Ohne Ihr Ja")
    await press(citizen, "question")
    await press(citizen, "no")
    for page in (citizen, clerk):
        await says(page, "Es wird nicht aufgezeichnet.")
    assert not tapes(city.folder)

    await recorded(room)
    assert await faults(citizen) == []
    await press(citizen, "delete")
    for page in (citizen, clerk):
        await says(page, "Die Aufzeichnung ist beendet und gelöscht.")
        assert await room_state(page) == "call"
    await no_tape_is_left(city.folder)

    await recorded(room)
    await press(clerk, "end")
    for page in (citizen, clerk):
        await says(
            page, "Die Aufzeichnung ist beendet. Sie liegt verschlüsselt beim Amt und wird später gelöscht."
        )
        await sees(page, 1)
    await citizen.get_by_test_id("leave").click()
    await press(citizen, "forget")
    await says(citizen, "Die Aufzeichnung ist beendet und gelöscht.")
    await no_tape_is_left(city.folder)
