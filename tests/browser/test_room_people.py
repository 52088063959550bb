"""Who is in the room and how they come and go: reload, second device, four people, sent back, removed, handed over."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.people import new_person, room_state
from tests.browser.room import NAME, booked, sees
from tests.browser.seat import until
from tests.browser.talking import open_panel
from tests.office.city import only_sqlite
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]


# Who comes stands in the title for a few seconds only.
TITLES = """() => {
  const [title] = document.getElementsByTagName("title");
  window.titles = [document.title];
  new MutationObserver(() => window.titles.push(document.title)).observe(title, { childList: true });
}"""


@pytest.mark.criterion("C12")
async def test_a_reload_rejoins_and_a_second_device_waits_for_the_clerk(
    served_city: ServedCity, browser: Browser
) -> None:
    room = await booked(browser, served_city)
    await room.meet()
    citizen, clerk = room.citizen.page, room.clerk.page

    for page in (citizen, clerk):
        await page.reload()
        for other in (citizen, clerk):
            await sees(other, 1)
            assert await room_state(other) == "call"
    await expect(clerk.get_by_test_id("admit")).to_have_count(0)

    tablet = await new_person(browser)
    await tablet.goto(citizen.url)
    await expect(tablet.get_by_test_id("position")).to_be_visible()
    await expect(clerk.get_by_text("Dieselbe Person auf einem anderen Gerät")).to_be_visible()
    await sees(citizen, 1)
    await expect(tablet.get_by_test_id("remote-video")).to_have_count(0)

    await room.admit()
    await sees(tablet, 1)
    await sees(clerk, 1)

    async def gone() -> bool:
        return await room_state(citizen) == "over"

    await until(gone)
    await expect(clerk.locator("[data-present]")).to_have_count(1)
    await expect(clerk.locator("[data-present]")).to_contain_text(NAME)


async def all_can_be_written_to(citizen: Page, interpreter: Page, others: tuple[Page, ...]) -> None:
    """A message reaches everybody; what the interpreter types stands below the picture, with the part named."""
    await open_panel(citizen, "chat")
    await citizen.get_by_test_id("chat-field").fill("Guten Tag zusammen")
    await citizen.keyboard.press("Enter")
    for page in others:
        await open_panel(page, "chat")
        await expect(page.get_by_test_id("message")).to_contain_text("Guten Tag zusammen")
    await open_panel(interpreter, "text")
    await interpreter.get_by_test_id("text-field").fill("Die Sachbearbeiterin grüßt Sie")
    captions = citizen.get_by_test_id("captions")
    await expect(captions).to_contain_text("Gabi Gebärde (Gebärdensprache): Die Sachbearbeiterin grüßt Sie")


@pytest.mark.criterion("C20", "C21", "C28")
async def test_four_people_meet_and_a_colleague_takes_over(served_city: ServedCity, browser: Browser) -> None:
    room = await booked(browser, served_city)
    await room.meet()
    citizen, clerk = room.citizen.page, room.clerk.page

    await clerk.evaluate(TITLES)
    hands = await room.newcomer("Gabi Gebärde", "guest", "sign", "subject-sign")
    await expect(clerk.locator("[data-guest]")).to_contain_text("Dolmetscher:in für Gebärdensprache")
    await clerk.wait_for_function("() => window.titles.some((one) => one.includes('Gabi Gebärde'))")
    await sees(citizen, 1)
    await room.admit()
    friend = await room.newcomer("Fritz Freund", "guest", "support", "subject-friend")
    await room.admit()
    everybody = (citizen, clerk, hands, friend)
    for page in everybody:
        await sees(page, 3)
    await expect(citizen.locator(".sz-tile--large")).to_contain_text("Gabi Gebärde")
    await expect(citizen.get_by_test_id("remote-video")).to_have_count(3)
    await all_can_be_written_to(citizen, hands, (clerk, hands, friend))

    await clerk.get_by_role("button", name="Fritz Freund zurück in den Warteraum").click()
    await clerk.get_by_test_id("sendback-confirm").click()
    await expect(friend.get_by_test_id("position")).to_be_visible()
    await expect(friend.get_by_test_id("remote-video")).to_have_count(0)
    await expect(clerk.locator("[data-guest]")).to_contain_text("Fritz Freund")
    await room.admit()
    await sees(friend, 3)
    await clerk.get_by_role("button", name="Fritz Freund entfernen").click()
    await clerk.get_by_test_id("remove-confirm").click()
    await expect(friend.get_by_test_id("room-state")).to_contain_text("Teilnahme")
    await expect(friend.get_by_test_id("again")).to_have_count(0)
    await expect(citizen.get_by_test_id("remote-video")).to_have_count(2)

    colleague = await room.newcomer("Karl Kollege", "host", "colleague", "subject-colleague")
    await sees(colleague, 2)
    await expect(clerk.get_by_test_id("room-state")).to_contain_text("führt das Gespräch weiter")
    await expect(citizen.get_by_test_id("remote-video")).to_have_count(2)
    await expect(citizen.locator(".sz-tile--remote", has_text="Karl Kollege")).to_be_visible()
    await sees(citizen, 2)
    assert await room_state(citizen) == "call"

    await colleague.get_by_test_id("end").click()
    await colleague.get_by_test_id("end-confirm").click()
    for page in (citizen, hands):
        await expect(page.get_by_test_id("room-state")).to_have_attribute("data-state", "over")
        await page.reload()
        await expect(page.get_by_text("Dieser Raum ist geschlossen")).to_be_visible()
