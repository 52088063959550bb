"""In the call: somebody is invited, a time on site is booked, the meeting goes to a colleague, or ends at once."""

import re
import sqlite3
from dataclasses import dataclass
from functools import partial

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.people import Citizen, Clerk, figure, new_person, room_state
from tests.browser.seat import rises, until
from tests.office.served import ServeCity, ServedCity

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"])]
NAME = "Erika Musterfrau"
NOTE = "Die Statik fehlt noch."
# Faster than a browser draws: only then does it say that something was closed.
CLOSED_AND_OPENED = """() => {
  for (const one of ["tool-close", "tool-invite"]) document.querySelector(`[data-testid=${one}]`).click();
}"""
SAME_SPAN = """
    INSERT INTO duty (staff_id, place, starts_at, ends_at, takes_video, step_minutes, demo)
    SELECT 4, 'home', starts_at, ends_at, takes_video, step_minutes, demo FROM duty WHERE demo = 1 AND staff_id = 1
"""


@pytest.fixture
def served(serve_city: ServeCity) -> ServedCity:
    return serve_city()


@dataclass
class Meeting:
    """Citizen and clerk1 in the call, with a document sent ahead."""

    city: ServedCity
    citizen: Citizen
    clerk: Clerk

    async def say(self, *names: str) -> None:
        """Presses the buttons with these test ids, one after the other."""
        for name in names:
            await self.clerk.page.get_by_test_id(name).first.click()


@pytest.fixture
async def meeting(served: ServedCity, browser: Browser) -> Meeting:
    citizen = Citizen(await new_person(browser, phone=True), served.url)
    clerk = Clerk(await new_person(browser), served.url)
    await citizen.book_video("Bauberatung", NAME)
    await citizen.send(served.folder, "Lageplan", "lageplan.pdf")
    await clerk.sign_in("clerk1")
    await citizen.enter()
    await clerk.open_room(NAME)
    await clerk.admit()
    for page in (citizen.page, clerk.page):
        await pictures_come(page)
    return Meeting(served, citizen, clerk)


def on_duty_now(city: ServedCity) -> None:
    """Clerk4, who can advise on building too, has a duty of the same hours as clerk1."""
    path = city.environments[0]["SPRECHZEIT_DATABASE_URL"].partition(":///")[2]
    with sqlite3.connect(path, timeout=30) as connection:
        connection.execute(SAME_SPAN)
    connection.close()


async def pictures_come(page: Page) -> None:
    """More of them than now, however slow the machine is."""
    await rises(partial(figure, page, "framesDecoded"), by=5)


async def state_is(page: Page, wanted: str) -> None:
    async def reached() -> bool:
        return await room_state(page) == wanted

    await until(reached)


@pytest.mark.criterion("C21")
async def test_a_colleague_takes_over_in_the_same_call(meeting: Meeting, browser: Browser) -> None:
    first, citizen = meeting.clerk.page, meeting.citizen.page
    on_duty_now(meeting.city)
    colleague = Clerk(await new_person(browser), meeting.city.url)
    await colleague.sign_in("clerk4")
    await expect(colleague.page.get_by_test_id("arrivals")).to_have_attribute("data-count", "0")
    address = citizen.url
    await meeting.say("tool-transfer")
    dialog = first.get_by_role("dialog")
    await expect(dialog.get_by_role("radio", name=re.compile("Clerk4.*frei"))).to_be_checked()
    await expect(dialog.get_by_role("radio")).to_be_focused()
    await dialog.get_by_label(re.compile("Notiz")).fill(NOTE)
    await dialog.get_by_test_id("transfer-make").click()
    await expect(first.get_by_test_id("handing-over")).to_contain_text("Clerk4")
    await expect(citizen.get_by_test_id("notice")).to_contain_text("Clerk4")
    handed = colleague.page.get_by_test_id("arrival")
    await expect(handed).to_have_attribute("data-state", "handover")
    await expect(handed).to_contain_text(NAME)
    await expect(colleague.page.get_by_test_id("arrival-note")).to_have_text(NOTE)
    await handed.click()
    await expect(colleague.page.get_by_text(NOTE)).to_be_visible()
    await state_is(colleague.page, "call")
    await pictures_come(colleague.page)
    await pictures_come(citizen)
    await expect(first.get_by_test_id("clerk-said")).to_contain_text("übergeben")
    assert await room_state(first) == "over"
    assert citizen.url == address
    await first.reload()
    await expect(first.get_by_text("Dieses Gespräch führt jetzt jemand anderes: Clerk4.")).to_be_visible()


@pytest.mark.criterion("C22")
async def test_a_time_on_site_is_booked_in_the_call_and_the_document_is_there(
    meeting: Meeting, browser: Browser
) -> None:
    clerk, citizen = meeting.clerk.page, meeting.citizen.page
    await meeting.say("tool-onsite")
    # The last of the day: the first may be about to go.
    await expect(clerk.get_by_test_id("onsite-slot").first).to_be_visible()
    await clerk.get_by_test_id("onsite-slot").last.click()
    await meeting.say("onsite-book")
    booked = clerk.get_by_test_id("onsite-booked")
    await expect(booked).to_contain_text("Bürger-Service-Bauen")
    number = re.search(r"Nummer ([\w-]+)", await booked.inner_text())
    assert number
    await meeting.say("tool-close")
    says = citizen.get_by_test_id("notice")
    await expect(says).to_contain_text(number[1])
    await expect(says).to_contain_text("Kronenstraße 8")
    await pictures_come(citizen)
    await citizen.goto(meeting.citizen.manage)
    await expect(citizen.get_by_text(number[1])).to_be_visible()
    await citizen.get_by_role("link", name="Termin vor Ort ansehen").click()
    await expect(citizen.get_by_text("lageplan.pdf", exact=True)).to_be_visible()
    desk = Clerk(await new_person(browser), meeting.city.url)
    await desk.sign_in("clerk4")
    await desk.page.goto(f"{meeting.city.url}/office/appointments/{of_number(meeting.city, number[1])}")
    await expect(desk.page.get_by_text("lageplan.pdf", exact=True)).to_be_visible()
    await desk.page.get_by_role("link", name="lageplan.pdf").click()
    await expect(desk.page.get_by_role("img", name="Seite 1 von 1")).to_be_visible()
    await desk.page.get_by_text("Ich brauche die Originaldatei").click()
    async with desk.page.expect_download() as waiting:
        await desk.page.get_by_role("link", name="lageplan.pdf").click()
    assert (await waiting.value).suggested_filename == "lageplan.pdf"


def of_number(city: ServedCity, number: str) -> str:
    path = city.environments[0]["SPRECHZEIT_DATABASE_URL"].partition(":///")[2]
    connection = sqlite3.connect(path)
    [(id_,)] = connection.execute("SELECT id FROM appointment WHERE number = ?", (number,)).fetchall()
    connection.close()
    return str(id_)


@pytest.mark.criterion("C20")
async def test_an_interpreter_comes_by_an_own_link_and_is_out_when_it_is_taken_back(
    meeting: Meeting, browser: Browser
) -> None:
    clerk, citizen = meeting.clerk.page, meeting.citizen.page
    await meeting.say("tool-invite", "invite-make")
    link = await clerk.get_by_test_id("invite-url").input_value()
    await clerk.evaluate(CLOSED_AND_OPENED)
    await expect(clerk.get_by_test_id("invite-url")).to_have_value(link)
    await meeting.say("tool-close")
    third = await new_person(browser, phone=True)
    await third.goto(link)
    assert NAME not in await third.content()
    await third.get_by_label("Ihr Name").fill("Ayşe Yılmaz")
    await third.get_by_role("button", name="Warteraum betreten").click()
    await expect(clerk.get_by_test_id("guests")).to_contain_text("Ayşe Yılmaz")
    await expect(third.get_by_test_id("room-state")).to_have_attribute("data-state", "waiting")
    await meeting.clerk.admit()
    await pictures_come(third)
    for page in (clerk, citizen, third):
        await expect(page.get_by_test_id("remote-video")).to_have_count(2)
    await meeting.say("tool-invite", "invite-revoke")
    await state_is(third, "over")
    for page in (clerk, citizen):
        await expect(page.get_by_test_id("remote-video")).to_have_count(1)
    await third.reload()
    await expect(third.get_by_text("Diese Einladung gilt nicht mehr")).to_be_visible()


@pytest.mark.criterion("C27")
async def test_with_the_keyboard_alone_the_call_ends_at_once_and_the_incident_is_filed(
    meeting: Meeting,
) -> None:
    clerk, citizen = meeting.clerk.page, meeting.citizen.page
    await clerk.get_by_test_id("tool-end").focus()
    await clerk.keyboard.press("Enter")
    await expect(clerk.get_by_test_id("end-now")).to_be_focused()
    await clerk.keyboard.press("Enter")
    await state_is(clerk, "over")
    await state_is(citizen, "over")
    assert await figure(clerk, "framesDecoded") == 0
    live = "[...document.querySelectorAll('video')].some((v) => v.srcObject?.active)"
    assert not await clerk.evaluate(live)
    dialog = clerk.get_by_role("dialog")
    await expect(dialog.get_by_role("radio", name="Beleidigung")).to_be_checked()
    await dialog.get_by_role("radio", name="Beleidigung").focus()
    await clerk.keyboard.press("ArrowDown")
    await expect(dialog.get_by_label(re.compile("^Notiz"))).to_have_value("Die Person hat mir gedroht.")
    await dialog.get_by_label(re.compile("sperren")).select_option(label="30 Tage")
    await dialog.get_by_test_id("incident-file").focus()
    await clerk.keyboard.press("Enter")
    await expect(clerk.get_by_test_id("incident-filed")).to_be_visible()
    await citizen.goto(f"{meeting.citizen.manage}/room")
    await expect(citizen.get_by_text("Zurzeit können Sie nicht per Video mit uns sprechen.")).to_be_visible()
    await clerk.goto(f"{meeting.city.url}/office/incidents")
    await expect(clerk.get_by_role("heading", name=f"Bedrohung: {NAME}")).to_be_visible()
